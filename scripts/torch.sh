#!/bin/sh
# The plug-in for libtorch with the current wheel of PyPI, by hand: fetches torch (with its libraries of CUDA, 6 GB),
# builds, and runs the tests of the engine. Then tries it in a Python that imports torch before and after it.
# usage: torch.sh FOLDER [VERSION]
set -eu
cd "$(dirname "$0")/.."
folder=$1 version=${2:+==$2}
mkdir -p "$folder"
[ -x "$folder/venv/bin/python" ] || python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -c 'import torch' 2>/dev/null || "$folder/venv/bin/pip" install -q "torch$version" numpy
torch=$("$folder/venv/bin/python" -c 'import os, torch; print(os.path.dirname(torch.__file__))')

cmake -S . -B "$folder/build" -G Ninja -DINSPYR_WERROR=ON -DINSPYR_TORCH=ON -DINSPYR_TORCH_DIR="$torch"
cmake --build "$folder/build"
ctest --test-dir "$folder/build" --output-on-failure -R torch
for order in before after; do
    INSPYR_PLUGIN_PATH=$PWD/$folder/build "$folder/venv/bin/python" tests/torch_host.py "$order" \
        "$folder/build/libinspyr.so"
done

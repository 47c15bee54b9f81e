#!/bin/sh
# Fetches nvcc and the runtime of CUDA 13 from PyPI into a folder, where the build looks for it, too, if the folder is
# build/cuda: enough to compile the plug-in, without a driver or a device.
# usage: cuda13.sh folder
set -eu
folder=$1
release=13.0

for part in cuda-nvcc cuda-runtime cuda-crt nvvm cuda-cccl; do
    python3 -m pip download -q --no-deps --only-binary :all: -d "$folder/wheels" "nvidia-$part==$release.*"
done
for wheel in "$folder"/wheels/*.whl; do
    python3 -m zipfile -e "$wheel" "$folder"
done
chmod +x "$folder"/nvidia/cu13/bin/* "$folder"/nvidia/cu13/nvvm/bin/*
rm -rf "$folder/wheels"

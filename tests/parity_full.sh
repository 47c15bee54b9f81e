#!/bin/sh
# A full-size Swin-B with random weights against the reference package, by hand: makes a Python environment with the
# package, lets it write a checkpoint (367 MB) with one input and its outputs, runs the network here on the same, and
# says how far the two are apart, and how far the package's float32 is from its own float64. 384 takes 5 GB of disk
# and 3 minutes; 1024 also 20 GB of memory and 10 minutes.
# usage: parity_full.sh 384|1024 FOLDER          build folder: $BUILD, or build
set -eu
base=$1 folder=$2 build=${BUILD:-build}
shared=${INSPYR_SHARED:-../shared}
fixtures=$shared/parity/make_fixtures.py
[ -f "$fixtures" ] || { echo "skipped: there is no $fixtures"; exit 77; }
mkdir -p "$folder"

if [ ! -x "$folder/venv/bin/python" ]; then
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install -q torch torchvision transparent-background safetensors
fi
[ -f "$folder/swinb_$base.safetensors" ] || "$folder/venv/bin/python" "$fixtures" "$folder" --full "$base"
[ -f "$folder/double_$base.safetensors" ] || "$folder/venv/bin/python" tests/parity_double.py "$folder" "$base"
cmake --build "$build" --target parity_full >/dev/null

echo "== ours against the reference in float32"
"$build/tests/parity_full" "$folder/swinb_$base.pth" "$folder/swinb_$base.safetensors"
echo "== ours against the reference in float64"
"$build/tests/parity_full" "$folder/swinb_$base.pth" "$folder/double_$base.safetensors"
echo "== the reference in float32 against itself in float64, and its time"
"$folder/venv/bin/python" tests/parity_double.py "$folder" "$base"

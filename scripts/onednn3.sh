#!/bin/sh
# Fetches oneDNN 3.x from PyPI into a folder, for builds against it:
#     scripts/onednn3.sh build/onednn3
#     cmake ... -DONEDNN_INCLUDE=$PWD/build/onednn3/include -DONEDNN_LIBRARY=$PWD/build/onednn3/lib/libdnnl.so.3
# It is the build for GNU's OpenMP (3.2). The packages onednn and onednn-devel, which are newer, are built for SYCL and
# TBB, and want a compiler's run-time libraries of some hundred MB; "headers" as a second argument adds theirs as
# include-new, to compile against.
# usage: onednn3.sh folder [headers]
set -eu
folder=$1
release=2023.2.0
newest=2026.1.0

fetch() { # package==version: its data folder goes to stdout
    python3 -m pip download -q --no-deps --only-binary :all: -d "$folder/wheels" "$1"
    python3 - "$folder/wheels" "$1" "$folder/unpacked" <<'PYTHON'
import pathlib, sys, zipfile
wheels, wanted, to = sys.argv[1:]
name = wanted.replace("-", "_").replace("==", "-")
wheel = next(pathlib.Path(wheels).glob(name + "-*.whl"))
zipfile.ZipFile(wheel).extractall(to)
print(f"{to}/{name}.data/data")
PYTHON
}

mkdir -p "$folder/include" "$folder/lib"
cp -r "$(fetch onednn-devel-cpu-gomp==$release)/include/." "$folder/include"
cp "$(fetch onednn-cpu-gomp==$release)/lib/libdnnl.so.3" "$folder/lib"
if [ "${2:-}" = headers ]; then
    mkdir -p "$folder/include-new"
    cp -r "$(fetch onednn-devel==$newest)/include/." "$folder/include-new"
fi
rm -rf "$folder/unpacked" "$folder/wheels"

#!/bin/sh
# Builds the fuzz targets with clang, libFuzzer, ASan and UBSan and runs each for some seconds. What it learns stays
# in <build>/corpus/<target>; what it finds is written to <build>/findings and ends the run with a failure.
# usage: fuzz.sh build-folder seconds
set -eu
build=$1 seconds=$2
shared=${INSPYR_SHARED:-../shared}

heif=OFF
! pkg-config --exists libheif || heif=ON
cmake -S . -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DINSPYR_FUZZ=ON -DINSPYR_HEIF=$heif -DINSPYR_TESTS=OFF \
    -DINSPYR_COMMAND=OFF -DINSPYR_SANITIZE=address,undefined >/dev/null
cmake --build "$build"
mkdir -p "$build/findings"
for target in "$build"/tests/fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=$(basename "$target")
    mkdir -p "$build/corpus/$name"
    set -- "$build/corpus/$name" tests/data
    [ ! -d "$shared/data/decode" ] || set -- "$@" "$shared/data/decode"
    # Of HEIC and AVIF what leaks is dav1d's and libheif's own. libFuzzer's flag of that name leaves out the look at the end.
    leaks=1
    [ "$name" != fuzz_heif ] || leaks=0
    echo "== $name, $seconds s"
    # -rss_limit_mb: the limits of the library, not the machine's memory, must keep a hostile header small.
    ASAN_OPTIONS=detect_leaks=$leaks "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$build/findings/$name-" "$@"
done

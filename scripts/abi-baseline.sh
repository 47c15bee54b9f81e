#!/bin/sh
# Stores what the ABI gate compares with: tests/abi/VERSION.abi and the headers in tests/abi/VERSION, for the version in
# inspyr.h, and refreshes the table of names in docs/abi.md. To be run when a minor version's header is final.
# usage: abi-baseline.sh                                       builds the library and stores its baseline
#        abi-baseline.sh --only library headers baseline.abi   only writes a baseline (for tests/abi/gate.py)
set -eu
cd "$(dirname "$0")/.."

# Locations stay in, as the comparison selects types by the header they come from.
write_baseline() {
    abidw --exported-interfaces-only --drop-private-types --headers-dir "$2" \
        --suppressions tests/abi/experimental.suppr --no-corpus-path --no-comp-dir-path --out-file "$3" "$1"
}

if [ "${1:-}" = --only ]; then
    write_baseline "$2" "$3" "$4"
    exit
fi

build=${BUILD:-build}/abi
number() { sed -n "s/^#define INSPYR_VERSION_$1 //p" include/inspyr.h; }
version=$(number MAJOR).$(number MINOR)

# The prefix map keeps this machine's paths out of the baseline.
cmake -S . -B "$build" -G Ninja -DCMAKE_C_FLAGS="-ffile-prefix-map=$PWD/=" -DINSPYR_COMMAND=OFF -DINSPYR_TESTS=OFF -DINSPYR_BUILTIN=OFF >/dev/null
cmake --build "$build" --target inspyr
mkdir -p "tests/abi/$version"
cp include/inspyr.h include/inspyr_cache.h include/inspyr_context.h include/inspyr_metrics.h "tests/abi/$version"
write_baseline "$build/libinspyr.so" include "tests/abi/$version.abi"
tests/exports.py --write || echo "(faults above are for the test; the table is written)"
tests/abi/diff.sh "$build/libinspyr.so" include "tests/abi/$version.abi"
echo "stored tests/abi/$version.abi and the headers in tests/abi/$version; read the difference before committing it"

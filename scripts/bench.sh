#!/bin/sh
# Runs every benchmark that was built; docs/numbers.md quotes what they print. usage: bench.sh build-folder
set -eu
found=0
for program in "$1"/tests/bench/bench_*; do
    [ -x "$program" ] && [ -f "$program" ] || continue
    found=1
    echo "== $(basename "$program")"
    "$program"
done
[ $found = 1 ] || echo "there is no benchmark in tests/bench yet"

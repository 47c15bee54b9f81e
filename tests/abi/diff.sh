#!/bin/sh
# Holds a library against a baseline of abidw; any difference but added names is a failure.
# usage: diff.sh libinspyr.so folder-of-the-headers baseline.abi
library=$1 headers=$2 baseline=$3

for tool in abidiff readelf; do
    command -v $tool >/dev/null || { echo "skipped: no $tool here (abigail-tools, binutils)"; exit 77; }
done
if [ "$(uname -m)" != x86_64 ]; then
    echo "skipped: the baseline is for x86_64"
    exit 77
fi
# Without debug information abidiff compares names alone and finds every change of a type in order.
if ! readelf -S -W "$library" | grep -q '\.debug_info'; then
    echo "$library has no debug information: build it with -g"
    exit 1
fi
# No suppressions for structs: those for a field at the end also hide a field in the middle. A field that was
# appended to a sized struct is accepted by storing a new baseline; layout.c proves on its own that nothing moved.
exec abidiff --suppressions "$(dirname "$0")/experimental.suppr" --no-added-syms --headers-dir2 "$headers" "$baseline" "$library"

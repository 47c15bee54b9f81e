#!/bin/sh
# Checks that every C file is formatted as .clang-format says; with -i, formats them.
set -eu
cd "$(dirname "$0")/.."
how="--dry-run -Werror"
[ "${1:-}" != -i ] || how=-i
# Kept copies of released headers stay as they were released.
find include src bindings kernels shim tests docs \( -name '*.[ch]' -o -name '*.cpp' \) ! -path 'tests/abi/[0-9]*' 2>/dev/null |
    sort | xargs clang-format $how

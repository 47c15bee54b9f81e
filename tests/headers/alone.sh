#!/bin/sh
# Compiles each public header alone, as every standard of C and C++ that callers use, with every compiler that
# is here; a warning is an error. usage: alone.sh [folder of the headers]
include=${1:-$(dirname "$0")/../../include}
warnings='-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Werror'
passed=0 failed=0

alone() { # compiler, language, standard
    command -v "$1" >/dev/null || return 0
    for header in "$include"/*.h; do
        # Through an including file: as the main file, a compiler takes its inline functions for forgotten ones.
        if printf '#include "%s"\nint unit;\n' "$(basename "$header")" |
            "$1" -x "$2" -std="$3" -I "$include" $warnings -fsyntax-only -; then
            passed=$((passed + 1))
        else
            echo "$header does not compile alone with $1 -std=$3"
            failed=$((failed + 1))
        fi
    done
}

for standard in c99 c11 c17; do
    for compiler in gcc clang; do alone $compiler c $standard; done
done
for standard in c++11 c++14 c++17 c++20; do
    for compiler in g++ clang++; do alone $compiler c++ $standard; done
done
for compiler in gcc clang g++ clang++; do
    command -v $compiler >/dev/null || echo "notice: no $compiler here, so the headers were not tried with it"
done
echo "$passed compilations passed, $failed failed"
[ $failed = 0 ] || exit 1
[ $passed != 0 ] || exit 77

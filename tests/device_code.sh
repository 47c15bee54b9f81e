#!/bin/sh
# The code for devices has no arithmetic that rounds otherwise than the CPU's: nothing fused, nothing approximate,
# no small number taken for zero, and nothing that the assembler may fuse (an addition that does not say .rn).
# usage: device_code.sh nvcc options... source
set -eu
code=$(mktemp)
trap 'rm -f "$code"' EXIT
"$@" -ptx -arch=compute_80 -o "$code"
for needed in '\.entry effect_kernel' 'mul\.rn\.f64' 'div\.rn\.f64' 'sqrt\.rn\.f64' 'div\.rn\.f32'; do
    grep -q "$needed" "$code" || { echo "no $needed: is this the kernel?"; exit 1; }
done
if grep -E '(fma|mad)\.([a-z]+\.)*f(32|64)|(add|sub|mul)\.f(32|64)|\.approx|\.ftz|div\.full' "$code"; then
    echo "these do not round as the CPU does"
    exit 1
fi
echo "$(grep -cE '^\s+(add|sub|mul|div\.rn|sqrt\.rn)\.([a-z]+\.)*f(32|64)' "$code") operations, all of them rounded"

#!/bin/sh
# What the network's kernels take of a processor of a GPU: registers of a thread, bytes that it spills, the block's
# memory, as the assembler of CUDA reports them. Needs no device.
# usage: device-figures.sh nvcc architecture...        device-figures.sh /usr/local/cuda/bin/nvcc 80 90
set -eu
nvcc=$1
shift
root=$(dirname "$0")/..
for architecture; do
    printf '%-22s%10s%8s%9s   sm_%s\n' kernel registers spilled memory "$architecture"
    "$nvcc" -std=c++17 -O3 -fmad=false -I "$root" -I "$root/include" -arch="sm_$architecture" -Xptxas -v -cubin \
        -o /dev/null "$root/kernels/net_blocks.cu" 2>&1 |
        awk '/Compiling entry/ { match($0, /net_[a-z0-9_]*_kernel/); name = substr($0, RSTART + 4, RLENGTH - 11) }
             /spill stores/ { spilled = $5 }
             /Used/ {
                 memory = 0
                 for (i = 2; i <= NF; i++) if ($i ~ /^smem/) memory = $(i - 2)
                 printf "%-22s%10d%8d%9d\n", name, $5, spilled, memory
             }' | sort
done

/* net_block.h - a device's block of threads for the network's kernels, written so that one thread can play it.
 *
 * As effect_block.h, for blocks of any number of threads: NET_EACH and NET_WARPS begin with a barrier, and
 * nothing else does, so what one loop writes the next one reads, and no element of a loop may read what another
 * one writes. Inside NET_WARPS a warp works together: NET_LANES is each of its 32 lanes once, and what a lane
 * keeps in registers is an array of NET_PLACES, its own at NET_PLACE(lane). tests/support/net_alone.h has the
 * macros for one thread, and is included first there. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_BLOCK_H
#define INSPYR_KERNELS_NET_BLOCK_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernels/net_device.h"

#define NET_LANE_COUNT 32

#if defined(__CUDACC__)
#define NET_BLOCK static __device__ __forceinline__

/* i: from 0 to count - 1, shared out. All threads come here, with the same count. */
#define NET_EACH(i, count)                                                                                     \
    for (int32_t i = (__syncthreads(), (int32_t)threadIdx.x); i < (count); i += (int32_t)blockDim.x)
/* The same for whole warps. */
#define NET_WARPS(warp, count)                                                                                 \
    for (int32_t warp = (__syncthreads(), (int32_t)threadIdx.x / NET_LANE_COUNT); warp < (count);              \
         warp += (int32_t)blockDim.x / NET_LANE_COUNT)
#define NET_LANES(lane)                                                                                        \
    for (int32_t lane = (int32_t)threadIdx.x % NET_LANE_COUNT, lane##_ = 1; lane##_; lane##_ = 0)
#define NET_PLACES 1
#define NET_PLACE(lane) (0 * (lane))
/* What a warp keeps from one NET_WARPS to the next, of at most as many as the block has. */
#define NET_WARP_PLACES(count) 1
#define NET_WARP_PLACE(warp) (0 * (warp))
#define NET_UNROLL _Pragma("unroll")

/* 2 units in the last place, and 1 instruction of 4 cycles beside the multiplication. */
#define NET_EXP(x) __expf(x)
#else
#define NET_EXP(x) expf(x)
#endif

/* v of each lane becomes the sum, or the largest, of those of its `span` neighbours, a power of two; all get
 * the same bits, on every device. */
#if defined(__CUDACC__)
NET_BLOCK void net_warp_sum(float v[NET_PLACES], int32_t span)
{
    for (int32_t step = 1; step < span; step *= 2)
        v[0] = v[0] + __shfl_xor_sync(0xFFFFFFFFu, v[0], step);
}

NET_BLOCK void net_warp_most(float v[NET_PLACES], int32_t span)
{
    for (int32_t step = 1; step < span; step *= 2)
        v[0] = fmaxf(v[0], __shfl_xor_sync(0xFFFFFFFFu, v[0], step));
}
#else
NET_BLOCK void net_warp_sum(float v[NET_PLACES], int32_t span)
{
    for (int32_t step = 1; step < span; step *= 2)
        for (int32_t i = 0; i < NET_PLACES; i++)
            if (!(i & step))
                v[i] = v[i + step] = v[i] + v[i + step];
}

NET_BLOCK void net_warp_most(float v[NET_PLACES], int32_t span)
{
    for (int32_t step = 1; step < span; step *= 2)
        for (int32_t i = 0; i < NET_PLACES; i++)
            if (!(i & step))
                v[i] = v[i + step] = fmaxf(v[i], v[i + step]);
}
#endif

#endif

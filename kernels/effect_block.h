/* effect_block.h - a device's block of threads, written so that one thread can play all of them.
 *
 * Every loop over a block's work begins with a barrier, and nothing else does: what one loop writes the next
 * one reads, and no element of a loop may read what another element of it writes. So the loops can be tried
 * without a device, in any order: tests/support/block_alone.h has the same macros for one thread, and is
 * included first there. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_EFFECT_BLOCK_H
#define INSPYR_KERNELS_EFFECT_BLOCK_H

#include <stdbool.h>

#include "kernels/effect_px.h"

#define BLOCK_THREADS 1024

#if defined(__CUDACC__)
#define BLOCK static __device__ __forceinline__

/* i: from 0 to count - 1, shared out. All threads come here, with the same count. */
#define BLOCK_EACH(i, count)                                                                                   \
    for (int32_t i = (__syncthreads(), (int32_t)threadIdx.x); i < (count); i += BLOCK_THREADS)

/* The same for at most BLOCK_THREADS, of which each has a place of its own in arrays of BLOCK_PLACES, from loop
 * to loop: one thread's registers. */
#define BLOCK_ONCE(i, count) for (int32_t i = (__syncthreads(), (int32_t)threadIdx.x); i < (count); i = (count))
#define BLOCK_PLACES 1
#define BLOCK_PLACE(i) 0
#define BLOCK_UNROLL _Pragma("unroll")
#endif

#define BLOCK_TILE 32 /* side of the pixels that a block draws; each is one thread's */

#endif

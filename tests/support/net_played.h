/* net_played.h - the network's kernels, launched on the CPU: one thread plays all blocks, in either order.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_NET_PLAYED_H
#define INSPYR_TESTS_NET_PLAYED_H

#include <stdlib.h>
#include <string.h>

#include "support/net_alone.h"

#include "kernels/net_blocks.h"

/* memory: of the block; each kernel finds garbage in it. */
static inline void net_play_block(net_kernel kernel, const void *job, void *memory, uint32_t block)
{
    switch (kernel) {
#define PLAY(name, job_type)                                                                                   \
    case NET_KERNEL_##name:                                                                                    \
        net_##name##_block(job, block);                                                                        \
        break;
        NET_STREAM_KERNELS(PLAY)
        NET_WARP_KERNELS(PLAY)
#undef PLAY
#define PLAY(name, span, kept)                                                                                 \
    case NET_KERNEL_##name:                                                                                    \
        net_norm_block(job, block, span, kept);                                                                \
        break;
        NET_NORM_KERNELS(PLAY)
#undef PLAY
#define PLAY(name, job_type, shared_type, threads, fit, call)                                                  \
    case NET_KERNEL_##name:                                                                                    \
        memset(memory, 0xEE, sizeof(shared_type));                                                             \
        net_##name##_run(job, memory, block);                                                                  \
        break;
        NET_BLOCK_KERNELS(PLAY)
#undef PLAY
    case NET_KERNEL_COUNT:
        break;
    }
}

#define NET_PLAYED_BYTES 49152 /* of a block, without asking CUDA for more */

static inline void net_play(net_launch launch, const void *job)
{
    void *memory = aligned_alloc(64, NET_PLAYED_BYTES);

    for (int64_t i = 0; memory && i < launch.blocks; i++)
        net_play_block(launch.kernel, job, memory, (uint32_t)(net_falling ? launch.blocks - 1 - i : i));
    free(memory);
}

#endif

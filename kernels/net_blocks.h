/* net_blocks.h - what one block of each of the network's kernels does: net_NAME_run(job, memory, block). Leaf
 * (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_BLOCKS_H
#define INSPYR_KERNELS_NET_BLOCKS_H

#include "kernels/net_any_window_block.h"
#include "kernels/net_attend_block.h"
#include "kernels/net_axial_block.h"
#include "kernels/net_context_block.h"
#include "kernels/net_ends_block.h"
#include "kernels/net_kernels.h"
#include "kernels/net_norm_block.h"
#include "kernels/net_point_block.h"

#define NET_BLOCK_RUN(name, job_type, shared_type, threads, fit, call)                                         \
    NET_BLOCK void net_##name##_run(const job_type *job, shared_type *s, uint32_t block)                       \
    {                                                                                                          \
        call;                                                                                                  \
    }
NET_BLOCK_KERNELS(NET_BLOCK_RUN)

#endif

/* net_kernels.h - the network's kernels by name, and which of them a job starts with how many blocks.
 *
 * A device's launches and the tests that play them both come here. Each kernel has one parameter, the job.
 * Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_NET_KERNELS_H
#define INSPYR_KERNELS_NET_KERNELS_H

#include "kernels/net_shape.h"

/* Kernels that stream, which differ in what makes an element: name, type of job. */
#define NET_STREAM_KERNELS(X)                                                                                  \
    X(picture, net_picture)                                                                                    \
    X(resize, net_resize)                                                                                      \
    X(pair, net_pair)                                                                                          \
    X(merge, net_simple)                                                                                       \
    X(pool, net_pool)                                                                                          \
    X(softmax, net_simple)                                                                                     \
    X(transition, net_simple)                                                                                  \
    X(expand, net_expand)                                                                                      \
    X(sica_maps, net_sica_maps)

/* Norms: name, lanes of a pixel, groups of 8 channels that each of them keeps. */
#define NET_NORM_KERNELS(X)                                                                                    \
    X(norm_128, 16, 1)                                                                                         \
    X(norm_256, 32, 1)                                                                                         \
    X(norm_512, 32, 2)                                                                                         \
    X(norm_1024, 32, 4)                                                                                        \
    X(norm_2048, 32, 8)                                                                                        \
    X(norm_4096, 32, NET_NORM_KEPT)

/* name, type of job, type of the block's memory, threads, blocks that are to fit a processor, the block. */
#define NET_BLOCK_KERNELS(X)                                                                                   \
    X(window_half, net_window, net_window_shared, NET_WINDOW_THREADS, 2,                                       \
      net_window_block(job, s, block, NET_HALF))                                                               \
    X(window_bf16, net_window, net_window_shared, NET_WINDOW_THREADS, 2,                                       \
      net_window_block(job, s, block, NET_BF16))                                                               \
    X(window_any, net_window, net_any_shared, NET_STREAM_THREADS, 2, net_any_window_block(job, s, block))      \
    X(attend, net_attend, net_attend_shared, NET_STREAM_THREADS, 4, net_attend_block(job, s, block))

#define NET_NAME_OF(name, ...) NET_KERNEL_##name,
typedef enum net_kernel {
    NET_STREAM_KERNELS(NET_NAME_OF) NET_NORM_KERNELS(NET_NAME_OF) NET_BLOCK_KERNELS(NET_NAME_OF)
        NET_KERNEL_COUNT
} net_kernel;
#undef NET_NAME_OF

typedef struct net_launch {
    net_kernel kernel;
    int32_t threads;
    int64_t blocks;
} net_launch;

#define NET_STREAM_LAUNCH(name, job_type)                                                                      \
    NET_SHAPE net_launch net_##name##_launch(const job_type *job)                                              \
    {                                                                                                          \
        net_launch l = { NET_KERNEL_##name, NET_STREAM_THREADS,                                                \
                         net_parts(net_##name##_elements(job), NET_STREAM_CHUNK) };                            \
                                                                                                               \
        return l;                                                                                              \
    }
NET_STREAM_KERNELS(NET_STREAM_LAUNCH)

NET_SHAPE net_launch net_norm_launch(const net_norm *job)
{
    net_launch l = { NET_KERNEL_norm_128, NET_NORM_WARPS * NET_WARP_THREADS, net_norm_blocks(job) };

    for (int32_t most = 128; most < job->in.c; most *= 2)
        l.kernel = (net_kernel)(l.kernel + 1);
    return l;
}

NET_SHAPE net_launch net_window_launch(const net_window *job)
{
    net_launch l = { NET_KERNEL_window_any, NET_STREAM_THREADS, net_window_blocks(job) };

    if (net_window_is_fast(job)) {
        l.kernel = job->in.type == NET_BF16 ? NET_KERNEL_window_bf16 : NET_KERNEL_window_half;
        l.threads = NET_WINDOW_THREADS;
    }
    return l;
}

NET_SHAPE net_launch net_attend_launch(const net_attend *job)
{
    net_launch l = { NET_KERNEL_attend, NET_STREAM_THREADS, net_attend_blocks(job) };

    return l;
}

#endif

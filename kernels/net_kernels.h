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
    X(sica_maps, net_sica_maps)                                                                                \
    X(matte, net_matte)

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
    X(attend, net_attend, net_attend_shared, NET_STREAM_THREADS, 4, net_attend_block(job, s, block))           \
    X(context_tile, net_context, net_context_shared, NET_STREAM_THREADS, 2,                                    \
      net_context_tile_block(job, s, block))                                                                   \
    X(context_any, net_context, net_context_shared, NET_STREAM_THREADS, 3,                                     \
      net_context_any_block(job, s, block))                                                                    \
    X(axial_scores_half, net_axial, net_axial_shared, NET_AXIAL_THREADS, 5,                                    \
      net_axial_scores_block(job, s, block, NET_HALF))                                                         \
    X(axial_scores_bf16, net_axial, net_axial_shared, NET_AXIAL_THREADS, 5,                                    \
      net_axial_scores_block(job, s, block, NET_BF16))                                                         \
    X(axial_apply_half, net_axial, net_axial_shared, NET_AXIAL_THREADS, 5,                                     \
      net_axial_apply_block(job, s, block, NET_HALF))                                                          \
    X(axial_apply_bf16, net_axial, net_axial_shared, NET_AXIAL_THREADS, 5,                                     \
      net_axial_apply_block(job, s, block, NET_BF16))

/* Warps that need no block's memory: name, type of job. */
#define NET_WARP_KERNELS(X)                                                                                    \
    X(context_sum, net_context)                                                                                \
    X(axial_softmax, net_axial)                                                                                \
    X(mean_part, net_simple)                                                                                   \
    X(mean_sum, net_simple)                                                                                    \
    X(extremes_part, net_extremes)                                                                             \
    X(extremes_sum, net_extremes)

#define NET_NAME_OF(name, ...) NET_KERNEL_##name,
typedef enum net_kernel {
    NET_STREAM_KERNELS(NET_NAME_OF) NET_NORM_KERNELS(NET_NAME_OF) NET_BLOCK_KERNELS(NET_NAME_OF)
        NET_WARP_KERNELS(NET_NAME_OF) NET_KERNEL_COUNT
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

#define NET_CONTEXT_STEPS 2

NET_SHAPE net_launch net_context_launch(const net_context *job, int32_t step)
{
    net_launch l = { net_context_is_fast(job) ? NET_KERNEL_context_tile : NET_KERNEL_context_any,
                     NET_STREAM_THREADS, (int64_t)job->out.n * net_context_parts(job) };

    if (step) {
        l.kernel = NET_KERNEL_context_sum;
        l.blocks = net_parts((int64_t)job->out.n * job->maps.c * job->out.c, NET_NORM_WARPS);
    }
    return l;
}

#define NET_AXIAL_STEPS 6

/* Of each axis, three; job->axis is step / 3. */
NET_SHAPE net_launch net_axial_launch(const net_axial *job, int32_t step)
{
    int64_t lines = (int64_t)job->out.n * net_axial_lines(job), length = net_axial_length(job);
    int64_t down = net_axial_tiles((int32_t)length), across = net_axial_tiles(net_axial_rows(job, job->out.c));
    int32_t bf16 = job->stacked.type == NET_BF16;
    net_launch l = { bf16 ? NET_KERNEL_axial_scores_bf16 : NET_KERNEL_axial_scores_half, NET_AXIAL_THREADS,
                     lines * net_axial_splits(job) * down * down };

    if (step % 3 == 1) {
        l.kernel = NET_KERNEL_axial_softmax;
        l.threads = NET_NORM_WARPS * NET_WARP_THREADS;
        l.blocks = net_parts(lines * length, NET_NORM_WARPS);
    } else if (step % 3 == 2) {
        l.kernel = bf16 ? NET_KERNEL_axial_apply_bf16 : NET_KERNEL_axial_apply_half;
        l.blocks = lines * down * across;
    }
    return l;
}

#define NET_MEAN_STEPS 2

NET_SHAPE net_launch net_mean_launch(const net_simple *job, int32_t step)
{
    net_launch l = { NET_KERNEL_mean_part, NET_MEAN_SLICE,
                     (int64_t)job->in.n * net_mean_parts(job) * net_parts(job->in.c, NET_MEAN_SLICE) };

    if (step) {
        l.kernel = NET_KERNEL_mean_sum;
        l.blocks = net_parts((int64_t)job->in.n * job->in.c, NET_NORM_WARPS);
    }
    return l;
}

#define NET_EXTREMES_STEPS 2

NET_SHAPE net_launch net_extremes_launch(const net_extremes *job, int32_t step)
{
    net_launch l = { NET_KERNEL_extremes_part, NET_NORM_WARPS * NET_WARP_THREADS,
                     (int64_t)job->logits.n * net_extremes_parts(job) / NET_NORM_WARPS };

    if (step) {
        l.kernel = NET_KERNEL_extremes_sum;
        l.threads = NET_WARP_THREADS;
        l.blocks = job->logits.n;
    }
    return l;
}

#endif

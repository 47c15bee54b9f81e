/* net_shape.h - into how many blocks of how many threads the network's kernels are cut, and what scratch they
 * need. Launches and blocks both ask here. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_NET_SHAPE_H
#define INSPYR_KERNELS_NET_SHAPE_H

#include "kernels/net_device.h"

#if defined(__CUDACC__)
#define NET_SHAPE static __host__ __device__ __forceinline__
#else
#define NET_SHAPE static inline
#endif

/* Kernels that stream: 256 threads with four elements each, so that a block has 16 KiB of halves on its way;
 * at up to 64 registers four blocks, 1024 threads, fit every processor from sm_75 on. */
#define NET_STREAM_THREADS 256
#define NET_STREAM_CHUNK 1024

#define NET_WARP_THREADS 32

/* Norms: eight warps, each with one pixel, or with two of up to 128 channels. */
#define NET_NORM_WARPS 8
#define NET_NORM_KEPT 16 /* times 8 channels that a lane keeps, at most */
#define NET_NORM_MOST (NET_NORM_KEPT * 8 * NET_WARP_THREADS)

#define NET_WINDOW_SIDE 12
#define NET_WINDOW_HEAD 32
#define NET_WINDOW_THREADS (NET_WINDOW_SIDE * NET_WINDOW_SIDE / 16 * NET_WARP_THREADS)
/* Other windows and heads: a warp for each query. */
#define NET_ANY_QUERIES 8
#define NET_ANY_SIDE 24 /* the largest side */

/* SICA's attention: 256 threads, and 256 pixels of one sample. */
#define NET_ATTEND_PIXELS 256
#define NET_ATTEND_CHANNELS 128 /* most */

NET_SHAPE int64_t net_pixels(const net_map *m)
{
    return (int64_t)m->n * m->h * m->w;
}

NET_SHAPE int64_t net_parts(int64_t count, int64_t part)
{
    return (count + part - 1) / part;
}

/* Groups of eight channels, each of which is one element of a kernel that streams. */
NET_SHAPE int64_t net_elements(const net_map *m)
{
    return net_pixels(m) * net_parts(m->c, 8);
}

NET_SHAPE int64_t net_picture_elements(const net_picture *job)
{
    return net_pixels(&job->out);
}

NET_SHAPE int32_t net_resize_groups(const net_resize *job)
{
    int32_t groups = 0;

    for (int32_t i = 0; i < job->count; i++)
        groups += (int32_t)net_parts(job->in[i].c, 8);
    return groups;
}

NET_SHAPE int64_t net_resize_elements(const net_resize *job)
{
    return net_pixels(&job->out) * net_resize_groups(job);
}

NET_SHAPE int64_t net_pair_elements(const net_pair *job)
{
    return net_elements(&job->out);
}

NET_SHAPE int64_t net_merge_elements(const net_simple *job)
{
    return net_pixels(&job->out) * net_parts(job->in.c, 8) * 4;
}

NET_SHAPE int64_t net_pool_elements(const net_pool *job)
{
    return net_elements(&job->out);
}

NET_SHAPE int64_t net_softmax_elements(const net_simple *job)
{
    return net_pixels(&job->out);
}

NET_SHAPE int64_t net_transition_elements(const net_simple *job)
{
    return net_pixels(&job->out);
}

NET_SHAPE int64_t net_expand_elements(const net_expand *job)
{
    return net_pixels(&job->out);
}

NET_SHAPE int64_t net_sica_maps_elements(const net_sica_maps *job)
{
    return net_pixels(&job->out);
}

NET_SHAPE int64_t net_matte_elements(const net_matte *job)
{
    return (int64_t)job->width * job->height;
}

NET_SHAPE int32_t net_norm_span(const net_norm *job)
{
    return job->in.c <= 128 ? 16 : NET_WARP_THREADS;
}

NET_SHAPE int64_t net_norm_blocks(const net_norm *job)
{
    return net_parts(net_pixels(&job->in), NET_NORM_WARPS * (NET_WARP_THREADS / net_norm_span(job)));
}

/* Two bytes a number, and all that a thread reads or writes at once in one piece. */
NET_SHAPE int32_t net_is_wide(const net_map *m)
{
    return m->type != NET_FLOAT && (uintptr_t)m->data % 16 == 0 && m->step % 8 == 0;
}

NET_SHAPE int32_t net_window_is_fast(const net_window *job)
{
    return job->window == NET_WINDOW_SIDE && job->out.c == job->heads * NET_WINDOW_HEAD &&
           net_is_wide(&job->in) && net_is_wide(&job->out) && job->in.type == job->out.type;
}

NET_SHAPE int64_t net_window_blocks(const net_window *job)
{
    int64_t blocks =
        job->in.n * net_parts(job->in.h, job->window) * net_parts(job->in.w, job->window) * (int64_t)job->heads;

    return net_window_is_fast(job) ? blocks : blocks * net_parts(job->window * job->window, NET_ANY_QUERIES);
}

NET_SHAPE int64_t net_attend_blocks(const net_attend *job)
{
    return job->query.n * net_parts((int64_t)job->query.h * job->query.w, NET_ATTEND_PIXELS);
}

NET_SHAPE int64_t net_stream_blocks(int64_t elements)
{
    return net_parts(elements, NET_STREAM_CHUNK);
}

#endif

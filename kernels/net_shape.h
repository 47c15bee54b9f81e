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

/* SICA's context: 256 threads; of each sample at most so many parts, each a block. */
#define NET_CONTEXT_PARTS 256
#define NET_CONTEXT_MAPS 5    /* most */
#define NET_CONTEXT_MOST 1023 /* channels */
#define NET_CONTEXT_TILE 256  /* most channels where 16 bytes are read at once */

/* Products of tiles for axial attention: 64 x 64 results of a block, 16 rows of each warp. */
#define NET_AXIAL_THREADS 128
#define NET_AXIAL_TILE 64
#define NET_AXIAL_SPLIT 256 /* products of a result in one block; more go to several */

#define NET_MEAN_PIXELS 1024 /* of a part */
#define NET_MEAN_SLICE 256   /* channels, one of each thread */

#define NET_EXTREMES_PIXELS 1024 /* of a warp */

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

/* Channels are 8 to 256, a power of two, so that those of a pixel are a warp's neighbours. */
NET_SHAPE int32_t net_context_is_fast(const net_context *job)
{
    int32_t fast = job->raw && !job->mass_plus_one && job->out.c >= 8 && job->out.c <= NET_CONTEXT_TILE &&
                   (job->out.c & (job->out.c - 1)) == 0 && (int64_t)job->h * job->w % job->out.c == 0;

    for (int32_t i = 0; i < job->count; i++)
        fast = fast && job->features[i].c % 8 == 0;
    return fast;
}

NET_SHAPE int32_t net_context_parts(const net_context *job)
{
    int64_t lines = (int64_t)job->h * job->w / (net_context_is_fast(job) ? job->out.c : 16);

    return (int32_t)(lines < 1 ? 1 : lines < NET_CONTEXT_PARTS ? lines : NET_CONTEXT_PARTS);
}

NET_SHAPE size_t net_context_bytes(const net_context *job)
{
    return (size_t)job->out.n * (size_t)net_context_parts(job) * (size_t)job->maps.c *
           ((size_t)job->out.c + 1) * sizeof(float);
}

/* Of one axis: positions that see each other, lines of them, and products of one of their logits. */
NET_SHAPE int32_t net_axial_length(const net_axial *job)
{
    return job->axis ? job->out.w : job->out.h;
}

NET_SHAPE int32_t net_axial_lines(const net_axial *job)
{
    return job->raw ? 1 : job->axis ? job->out.h : job->out.w;
}

NET_SHAPE int32_t net_axial_rows(const net_axial *job, int32_t channels)
{
    return job->raw ? channels * (job->axis ? job->out.h : job->out.w) : channels;
}

NET_SHAPE int32_t net_axial_splits(const net_axial *job)
{
    return (int32_t)net_parts(net_axial_rows(job, job->qk), NET_AXIAL_SPLIT);
}

NET_SHAPE int32_t net_axial_tiles(int32_t count)
{
    return (int32_t)net_parts(count, NET_AXIAL_TILE);
}

/* Logits of all lines as floats, then their shares as halves. */
NET_SHAPE size_t net_axial_logits(const net_axial *job)
{
    size_t length = (size_t)net_axial_length(job);

    return (size_t)job->out.n * (size_t)net_axial_lines(job) * length * length;
}

NET_SHAPE size_t net_axial_bytes(const net_axial *job)
{
    net_axial h = *job, w = *job;
    size_t high, wide;

    h.axis = 0;
    w.axis = 1;
    high = net_axial_logits(&h) * ((size_t)net_axial_splits(&h) * sizeof(float) + 2);
    wide = net_axial_logits(&w) * ((size_t)net_axial_splits(&w) * sizeof(float) + 2);
    return high > wide ? high : wide;
}

NET_SHAPE int32_t net_mean_parts(const net_simple *job)
{
    return (int32_t)net_parts((int64_t)job->in.h * job->in.w, NET_MEAN_PIXELS);
}

NET_SHAPE size_t net_mean_bytes(const net_simple *job)
{
    return (size_t)job->in.n * (size_t)net_mean_parts(job) * (size_t)job->in.c * sizeof(float);
}

/* A whole number of blocks for each picture. */
NET_SHAPE int32_t net_extremes_parts(const net_extremes *job)
{
    return (int32_t)net_parts((int64_t)job->logits.h * job->logits.w, NET_EXTREMES_PIXELS * NET_NORM_WARPS) *
           NET_NORM_WARPS;
}

NET_SHAPE size_t net_extremes_bytes(const net_extremes *job)
{
    return (size_t)job->logits.n * (size_t)net_extremes_parts(job) * 2 * sizeof(float);
}

#endif

/* net_stream_block.h - operations in which each group of channels of the result is made by itself: the
 * picture, resizes and concatenations, sums and products, merging, pooling.
 *
 * One thread makes four groups, and neighbours in a warp make neighbours in memory. Leaf (kernels). Threads:
 * one block. */
#ifndef INSPYR_KERNELS_NET_STREAM_BLOCK_H
#define INSPYR_KERNELS_NET_STREAM_BLOCK_H

#include "kernels/net_maps.h"
#include "kernels/net_shape.h"

/* A pixel of a map by its place in memory. */
typedef struct net_at {
    int32_t n, y, x;
} net_at;

NET_BLOCK net_at net_at_pixel(const net_map *m, int32_t pixel)
{
    uint32_t row = (uint32_t)pixel / (uint32_t)m->w;
    net_at at;

    at.x = (int32_t)((uint32_t)pixel - row * (uint32_t)m->w);
    at.n = (int32_t)(row / (uint32_t)m->h);
    at.y = (int32_t)(row - (uint32_t)at.n * (uint32_t)m->h);
    return at;
}

/* Makes net_NAME_block() of what makes one element; elements are fewer than 2^31. */
#define NET_STREAM(name, job_type)                                                                             \
    NET_BLOCK void net_##name##_block(const job_type *job, uint32_t block)                                     \
    {                                                                                                          \
        NET_EACH(i, NET_STREAM_CHUNK)                                                                          \
        {                                                                                                      \
            int64_t element = (int64_t)block * NET_STREAM_CHUNK + i;                                           \
                                                                                                               \
            if (element < net_##name##_elements(job))                                                          \
                net_##name##_one(job, (int32_t)element);                                                       \
        }                                                                                                      \
    }

/* Over grey of 128, rounded. */
NET_BLOCK int32_t net_over_grey(int32_t value, int32_t alpha)
{
    int32_t product = value * alpha + 128 * (255 - alpha) + 128;

    return (product + (product >> 8)) >> 8;
}

NET_BLOCK void net_picture_one(const net_picture *job, int32_t pixel)
{
    net_at at = net_at_pixel(&job->out, pixel);
    const unsigned char *p = job->data + at.n * job->sample + at.y * job->pitch + (int64_t)at.x * job->bytes;
    float v[NET_GROUP] = { 0, 0, 0, 0, 0, 0, 0, 0 };

    NET_UNROLL
    for (int32_t c = 0; c < 3; c++) {
        int32_t value = job->bytes == 4 ? net_over_grey(p[c], p[3]) : p[c];

        v[c] = ((float)value - job->mean[c]) * job->scale[c];
    }
    net_store(&job->out, pixel, 0, v);
}

NET_STREAM(picture, net_picture)

NET_BLOCK void net_resize_one(const net_resize *job, int32_t element)
{
    int32_t groups = net_resize_groups(job), pixel = element / groups, group = element % groups, i = 0;
    net_at at = net_at_pixel(&job->out, pixel);
    net_map part = job->out;
    net_sample from;
    float v[NET_GROUP];

    for (part.c = 0; group >= net_groups(job->in[i].c); i++) {
        group -= net_groups(job->in[i].c);
        part.c += job->in[i].c;
    }
    from = net_sample_at(&job->in[i], at.n, at.y, at.x, part.h, part.w, job->sampling[i]);
    net_load_sample(v, &job->in[i], &from, group * NET_GROUP);
    part.c += job->in[i].c; /* what follows is another input's */
    net_store(&part, pixel, part.c - job->in[i].c + group * NET_GROUP, v);
}

NET_STREAM(resize, net_resize)

NET_BLOCK void net_pair_one(const net_pair *job, int32_t element)
{
    int32_t groups = net_groups(job->out.c), pixel = element / groups, c = element % groups * NET_GROUP;
    net_at at = net_at_pixel(&job->out, pixel);
    net_sample from = net_sample_at(&job->b, at.n, at.y, at.x, job->out.h, job->out.w, job->sampling);
    float a[NET_GROUP], b[NET_GROUP];

    net_load(a, &job->a, pixel, c);
    net_load_sample(b, &job->b, &from, c);
    NET_UNROLL
    for (int32_t i = 0; i < NET_GROUP; i++)
        a[i] = job->product ? a[i] * b[i] : a[i] + b[i];
    net_store(&job->out, pixel, c, a);
}

NET_STREAM(pair, net_pair)

/* Quarters: (even row, even column), (odd, even), (even, odd), (odd, odd). */
NET_BLOCK void net_merge_one(const net_simple *job, int32_t element)
{
    int32_t groups = net_groups(job->in.c), pixel = element / (4 * groups), rest = element % (4 * groups);
    int32_t quarter = rest / groups, c = rest % groups * NET_GROUP;
    net_at at = net_at_pixel(&job->out, pixel);
    int32_t y = 2 * at.y + quarter % 2, x = 2 * at.x + quarter / 2;
    net_map part = job->out;
    float v[NET_GROUP] = { 0, 0, 0, 0, 0, 0, 0, 0 };

    if (y < job->in.h && x < job->in.w)
        net_load(v, &job->in, ((int64_t)at.n * job->in.h + y) * job->in.w + x, c);
    part.c = (quarter + 1) * job->in.c;
    net_store(&part, pixel, quarter * job->in.c + c, v);
}

NET_STREAM(merge, net_simple)

NET_BLOCK void net_pool_one(const net_pool *job, int32_t element)
{
    int32_t groups = net_groups(job->out.c), pixel = element / groups, c = element % groups * NET_GROUP;
    net_at at = net_at_pixel(&job->out, pixel);
    int32_t top = at.y * job->stride - job->pad, left = at.x * job->stride - job->pad, inside = 0;
    float v[NET_GROUP], all[NET_GROUP];

    for (int32_t y = top < 0 ? 0 : top; y < net_least(top + job->kernel, job->in.h); y++)
        for (int32_t x = left < 0 ? 0 : left; x < net_least(left + job->kernel, job->in.w); x++, inside++) {
            net_load(v, &job->in, ((int64_t)at.n * job->in.h + y) * job->in.w + x, c);
            NET_UNROLL
            for (int32_t i = 0; i < NET_GROUP; i++)
                all[i] = !inside ? v[i] : job->largest ? fmaxf(all[i], v[i]) : all[i] + v[i];
        }
    NET_UNROLL
    for (int32_t i = 0; i < NET_GROUP && !job->largest; i++)
        all[i] = all[i] / (float)(job->inside ? inside : job->kernel * job->kernel);
    net_store(&job->out, pixel, c, all);
}

NET_STREAM(pool, net_pool)

#endif

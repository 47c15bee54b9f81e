/* net_context_block.h - SICA's context: one vector per map, the sum of all pixels by the map.
 *
 * No atomics: each block leaves the sums of its part of the pixels, and a second launch adds those up in one
 * order, so the bits do not depend on what ran when. Where the reference reads the memory of a C x H x W tensor
 * as rows of C numbers and C divides the pixels, row i = c (N / C) + q holds channel c of the pixels q C to
 * q C + C - 1: so C pixels, which lie together, meet C numbers of each map, which the block collects first, and
 * each thread reads 16 bytes at once. All else goes number by number. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_CONTEXT_BLOCK_H
#define INSPYR_KERNELS_NET_CONTEXT_BLOCK_H

#include "kernels/net_stream_block.h"

#define NET_CONTEXT_LINES 1024 /* pixels of which the block has the maps' numbers at a time */

typedef struct net_context_shared {
    float maps[NET_CONTEXT_MAPS][NET_CONTEXT_LINES]; /* or sums, of each column and lane */
    float sums[NET_CONTEXT_MAPS][NET_CONTEXT_TILE];
} net_context_shared;

NET_BLOCK void net_context_maps(const net_context *job, float v[NET_GROUP], int32_t n, int32_t pixel)
{
    net_sample s = net_sample_at(&job->maps, n, pixel / job->w, pixel % job->w, job->h, job->w, NET_HALF_PIXEL);

    net_load_sample(v, &job->maps, &s, 0);
}

/* Which of the features has channel c, which becomes one of its own. */
NET_BLOCK const net_map *net_context_feature(const net_context *job, int32_t *c)
{
    const net_map *m = job->features;

    while (*c >= m->c) {
        *c -= m->c;
        m++;
    }
    return m;
}

/* 32 groups of channels of the pixels q C to q C + C - 1, each group of a lane, for all q from first to end. */
NET_BLOCK void net_context_lines(const net_context *job, net_context_shared *s, int32_t n, int32_t first,
                                 int32_t end, int32_t warp)
{
    int32_t channels = job->out.c, groups = channels / NET_GROUP;
    float sums[NET_CONTEXT_MAPS][NET_PLACES];

    NET_LANES(lane)
    {
        int32_t item = warp * NET_LANE_COUNT + lane, c = item % groups * NET_GROUP, own = c;
        const net_map *m = net_context_feature(job, &own);

        NET_UNROLL
        for (int32_t k = 0; k < NET_CONTEXT_MAPS; k++)
            sums[k][NET_PLACE(lane)] = 0;
        for (int32_t q = first; q < end && item < channels * groups; q++) {
            int32_t pixel = q * channels + item / groups, at = (q - first) * channels + c;
            net_sample from =
                net_sample_at(m, n, pixel / job->w, pixel % job->w, job->h, job->w, NET_HALF_PIXEL);
            float v[NET_GROUP];

            net_load_sample(v, m, &from, own);
            NET_UNROLL
            for (int32_t k = 0; k < NET_CONTEXT_MAPS; k++)
                NET_UNROLL
            for (int32_t i = 0; i < NET_GROUP; i++)
                sums[k][NET_PLACE(lane)] = sums[k][NET_PLACE(lane)] + v[i] * s->maps[k][at + i];
        }
    }
    NET_UNROLL
    for (int32_t k = 0; k < NET_CONTEXT_MAPS; k++)
        net_warp_sum(sums[k], groups);
    NET_LANES(lane)
    {
        int32_t item = warp * NET_LANE_COUNT + lane;

        NET_UNROLL
        for (int32_t k = 0; k < NET_CONTEXT_MAPS; k++)
            if (item % groups == 0 && item < channels * groups)
                s->sums[k][item / groups] = s->sums[k][item / groups] + sums[k][NET_PLACE(lane)];
    }
}

NET_BLOCK void net_context_tile_block(const net_context *job, net_context_shared *s, uint32_t block)
{
    int32_t parts = net_context_parts(job), n = (int32_t)block / parts, part = (int32_t)block % parts;
    int32_t channels = job->out.c, all = job->h * job->w / channels, each = (int32_t)net_parts(all, parts);
    int32_t end = net_least((part + 1) * each, all), step = NET_CONTEXT_LINES / channels;

    NET_EACH(i, NET_CONTEXT_MAPS * NET_CONTEXT_TILE)
    {
        s->sums[i / NET_CONTEXT_TILE][i % NET_CONTEXT_TILE] = 0;
    }
    for (int32_t first = part * each; first < end; first += step) {
        int32_t lines = net_least(step, end - first);

        NET_EACH(i, lines * channels)
        {
            float v[NET_GROUP];

            net_context_maps(job, v, n, i % channels * all + first + i / channels);
            NET_UNROLL
            for (int32_t k = 0; k < NET_CONTEXT_MAPS; k++)
                s->maps[k][i] = v[k]; /* 0 beyond the last map */
        }
        NET_WARPS(warp, (int32_t)net_parts(channels * (channels / NET_GROUP), NET_LANE_COUNT))
        {
            net_context_lines(job, s, n, first, first + lines, warp);
        }
    }
    NET_EACH(i, job->maps.c * channels)
    {
        job->scratch[(int64_t)block * job->maps.c * (channels + 1) + i / channels * (channels + 1) +
                     i % channels] = s->sums[i / channels][i % channels];
    }
}

/* Number c of row i: of what the maps are multiplied with. c beyond the last: 1, for the masses. */
NET_BLOCK float net_context_number(const net_context *job, int32_t n, int32_t i, int32_t c)
{
    int64_t flat = job->raw ? (int64_t)i * job->out.c + c : (int64_t)c * job->h * job->w + i;
    int32_t own = (int32_t)(flat / (job->h * job->w)), pixel = (int32_t)(flat % (job->h * job->w));
    const net_map *m = net_context_feature(job, &own);
    net_sample from = net_sample_at(m, n, pixel / job->w, pixel % job->w, job->h, job->w, NET_HALF_PIXEL);

    return net_sampled_number(m, &from, own);
}

NET_BLOCK void net_context_any_block(const net_context *job, net_context_shared *s, uint32_t block)
{
    int32_t parts = net_context_parts(job), n = (int32_t)block / parts, part = (int32_t)block % parts;
    int32_t columns = job->out.c + 1, lanes = NET_STREAM_THREADS / columns, all = job->h * job->w;
    int32_t each = (int32_t)net_parts(all, parts), end = net_least((part + 1) * each, all);

    if (lanes < 1)
        lanes = 1;
    NET_EACH(item, lanes * columns)
    {
        int32_t c = item % columns;
        float sums[NET_CONTEXT_MAPS] = { 0 };

        for (int32_t i = part * each + item / columns; i < end; i += lanes) {
            float map[NET_GROUP], x = c < job->out.c ? net_context_number(job, n, i, c) : 1.0f;

            net_context_maps(job, map, n, i);
            NET_UNROLL
            for (int32_t k = 0; k < NET_CONTEXT_MAPS; k++)
                sums[k] = sums[k] + (c < job->out.c ? map[k] : fabsf(map[k])) * x;
        }
        NET_UNROLL
        for (int32_t k = 0; k < NET_CONTEXT_MAPS; k++)
            s->maps[k][item] = sums[k];
    }
    NET_EACH(i, job->maps.c * columns)
    {
        float sum = 0;

        for (int32_t lane = 0; lane < lanes; lane++)
            sum = sum + s->maps[i / columns][lane * columns + i % columns];
        job->scratch[(int64_t)block * job->maps.c * columns + i] = sum;
    }
}

/* The sum of column `at` over the parts of sample n, in each lane. */
NET_BLOCK void net_context_total(const net_context *job, float sum[NET_PLACES], int32_t n, int32_t at)
{
    int32_t parts = net_context_parts(job), columns = job->maps.c * (job->out.c + 1);

    NET_LANES(lane)
    {
        sum[NET_PLACE(lane)] = 0;
        for (int32_t part = lane; part < parts; part += NET_LANE_COUNT)
            sum[NET_PLACE(lane)] =
                sum[NET_PLACE(lane)] + job->scratch[((int64_t)n * parts + part) * columns + at];
    }
    net_warp_sum(sum, NET_LANE_COUNT);
}

/* A warp for each number of the vectors. */
NET_BLOCK void net_context_sum_block(const net_context *job, uint32_t block)
{
    int32_t first = (int32_t)block * NET_NORM_WARPS, count = job->out.n * job->maps.c * job->out.c;

    NET_WARPS(warp, net_least(NET_NORM_WARPS, count - first))
    {
        int32_t vector = (first + warp) / job->out.c, c = (first + warp) % job->out.c;
        int32_t n = vector / job->maps.c, row = vector % job->maps.c * (job->out.c + 1);
        float sum[NET_PLACES], mass[NET_PLACES];

        net_context_total(job, sum, n, row + c);
        NET_LANES(lane)
        {
            mass[NET_PLACE(lane)] = 0;
        }
        if (job->mass_plus_one)
            net_context_total(job, mass, n, row + job->out.c);
        NET_LANES(lane)
        {
            if (!lane)
                net_put(&job->out, vector, c, sum[NET_PLACE(lane)] / (mass[NET_PLACE(lane)] + 1.0f));
        }
    }
}

#endif

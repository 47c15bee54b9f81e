/* net_attend_block.h - SICA's attention: each pixel to a handful of vectors, which lie in the block's memory.
 *
 * Eight lanes share a pixel, so that a warp reads the queries of four in whole lines. Leaf (kernels). Threads:
 * one block. */
#ifndef INSPYR_KERNELS_NET_ATTEND_BLOCK_H
#define INSPYR_KERNELS_NET_ATTEND_BLOCK_H

#include "kernels/net_maps.h"
#include "kernels/net_shape.h"

#define NET_ATTEND_SPAN 8

typedef struct net_attend_shared {
    float keys[NET_KEYS][NET_ATTEND_CHANNELS], values[NET_KEYS][NET_ATTEND_CHANNELS];
} net_attend_shared;

NET_BLOCK float net_attend_dot(const float v[NET_GROUP], const float *key)
{
    float dot = 0;

    NET_UNROLL
    for (int32_t i = 0; i < NET_GROUP; i++)
        dot = dot + v[i] * key[i];
    return dot;
}

NET_BLOCK void net_attend_more(float v[NET_GROUP], float share, const float *value)
{
    NET_UNROLL
    for (int32_t i = 0; i < NET_GROUP; i++)
        v[i] = v[i] + share * value[i];
}

/* dots: of each key; all lanes of a pixel get the same. */
NET_BLOCK void net_attend_dots(const net_attend *job, const net_attend_shared *s,
                               float dots[NET_KEYS][NET_PLACES], int64_t first, int64_t end)
{
    NET_LANES(lane)
    {
        int64_t pixel = first + lane / NET_ATTEND_SPAN;

        NET_UNROLL
        for (int32_t k = 0; k < NET_KEYS; k++)
            dots[k][NET_PLACE(lane)] = 0;
        for (int32_t c = lane % NET_ATTEND_SPAN * NET_GROUP; c < job->query.c && pixel < end;
             c += NET_ATTEND_SPAN * NET_GROUP) {
            float v[NET_GROUP];

            net_load(v, &job->query, pixel, c);
            NET_UNROLL
            for (int32_t k = 0; k < NET_KEYS; k++)
                if (k < job->keys.w)
                    dots[k][NET_PLACE(lane)] = dots[k][NET_PLACE(lane)] + net_attend_dot(v, s->keys[k] + c);
        }
    }
    NET_UNROLL
    for (int32_t k = 0; k < NET_KEYS; k++)
        net_warp_sum(dots[k], NET_ATTEND_SPAN);
}

NET_BLOCK void net_attend_softmax(const net_attend *job, float dots[NET_KEYS][NET_PLACES])
{
    NET_LANES(lane)
    {
        float most = -HUGE_VALF, sum = 0;

        NET_UNROLL
        for (int32_t k = 0; k < NET_KEYS; k++)
            if (k < job->keys.w)
                most = fmaxf(most, dots[k][NET_PLACE(lane)] * job->scale);
        NET_UNROLL
        for (int32_t k = 0; k < NET_KEYS; k++) {
            float *x = &dots[k][NET_PLACE(lane)];

            *x = k < job->keys.w ? NET_EXP(*x * job->scale - most) : 0.0f;
            sum = sum + *x;
        }
        NET_UNROLL
        for (int32_t k = 0; k < NET_KEYS; k++)
            dots[k][NET_PLACE(lane)] = dots[k][NET_PLACE(lane)] / sum;
    }
}

NET_BLOCK void net_attend_write(const net_attend *job, const net_attend_shared *s,
                                float shares[NET_KEYS][NET_PLACES], int64_t first, int64_t end)
{
    NET_LANES(lane)
    {
        int64_t pixel = first + lane / NET_ATTEND_SPAN;

        for (int32_t c = lane % NET_ATTEND_SPAN * NET_GROUP; c < job->out.c && pixel < end;
             c += NET_ATTEND_SPAN * NET_GROUP) {
            float v[NET_GROUP] = { 0, 0, 0, 0, 0, 0, 0, 0 };

            NET_UNROLL
            for (int32_t k = 0; k < NET_KEYS; k++)
                if (!job->values.data)
                    v[k] = shares[k][NET_PLACE(lane)];
                else if (k < job->keys.w)
                    net_attend_more(v, shares[k][NET_PLACE(lane)], s->values[k] + c);
            net_store(&job->out, pixel, c, v);
        }
    }
}

/* A block works on pixels of one sample. */
NET_BLOCK void net_attend_block(const net_attend *job, net_attend_shared *s, uint32_t block)
{
    int32_t pixels = job->query.h * job->query.w;
    uint32_t parts = (uint32_t)net_parts(pixels, NET_ATTEND_PIXELS);
    int32_t n = (int32_t)(block / parts);
    int64_t first = (int64_t)n * pixels + (int64_t)(block % parts) * NET_ATTEND_PIXELS;
    int64_t end = (int64_t)(n + 1) * pixels;

    NET_EACH(i, job->keys.w * NET_ATTEND_CHANNELS)
    {
        int32_t k = i / NET_ATTEND_CHANNELS, c = i % NET_ATTEND_CHANNELS;
        int64_t vector = (int64_t)n * job->keys.w + k;

        s->keys[k][c] = c < job->query.c ? net_number(&job->keys, vector, c) : 0.0f;
        s->values[k][c] = job->values.data && c < job->out.c ? net_number(&job->values, vector, c) : 0.0f;
    }
    NET_WARPS(warp, NET_ATTEND_PIXELS / (NET_LANE_COUNT / NET_ATTEND_SPAN))
    {
        int64_t pixel = first + warp * (NET_LANE_COUNT / NET_ATTEND_SPAN);
        float shares[NET_KEYS][NET_PLACES];

        net_attend_dots(job, s, shares, pixel, end);
        net_attend_softmax(job, shares);
        net_attend_write(job, s, shares, pixel, end);
    }
}

#endif

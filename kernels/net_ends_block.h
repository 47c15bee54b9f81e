/* net_ends_block.h - what is one number for a whole picture, and what comes after the network: means, extremes
 * of logits, mattes.
 *
 * Means and extremes are made in two launches, in one order, without atomics. A matte is src/matte/alpha.c's,
 * to the bit: a thread makes one pixel of it from four logits. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_ENDS_BLOCK_H
#define INSPYR_KERNELS_NET_ENDS_BLOCK_H

#include "kernels/logistic.h"
#include "kernels/net_stream_block.h"

/* A thread for each channel of a slice, down a part of the pixels. */
NET_BLOCK void net_mean_part_block(const net_simple *job, uint32_t block)
{
    int32_t slices = (int32_t)net_parts(job->in.c, NET_MEAN_SLICE), parts = net_mean_parts(job);
    int32_t slice = (int32_t)block % slices, row = (int32_t)block / slices, pixels = job->in.h * job->in.w;
    int32_t first = row % parts * NET_MEAN_PIXELS, end = net_least(first + NET_MEAN_PIXELS, pixels);
    int64_t sample = (int64_t)(row / parts) * pixels;

    NET_EACH(i, net_least(NET_MEAN_SLICE, job->in.c - slice * NET_MEAN_SLICE))
    {
        int32_t c = slice * NET_MEAN_SLICE + i;
        float sum = 0;

        for (int32_t pixel = first; pixel < end; pixel++)
            sum = sum + net_number(&job->in, sample + pixel, c);
        job->scratch[(int64_t)row * job->in.c + c] = sum;
    }
}

NET_BLOCK void net_mean_sum_block(const net_simple *job, uint32_t block)
{
    int32_t first = (int32_t)block * NET_NORM_WARPS, parts = net_mean_parts(job);

    NET_WARPS(warp, net_least(NET_NORM_WARPS, job->in.n * job->in.c - first))
    {
        int32_t n = (first + warp) / job->in.c, c = (first + warp) % job->in.c;
        float sum[NET_PLACES];

        NET_LANES(lane)
        {
            sum[NET_PLACE(lane)] = 0;
            for (int32_t part = lane; part < parts; part += NET_LANE_COUNT)
                sum[NET_PLACE(lane)] =
                    sum[NET_PLACE(lane)] + job->scratch[((int64_t)n * parts + part) * job->in.c + c];
        }
        net_warp_sum(sum, NET_LANE_COUNT);
        NET_LANES(lane)
        {
            if (!lane)
                net_put(&job->out, n, c, sum[NET_PLACE(lane)] / (float)(job->in.h * job->in.w));
        }
    }
}

/* The least is the largest of what has the other sign. */
NET_BLOCK void net_extremes_end(float *to, float low[NET_PLACES], float high[NET_PLACES])
{
    net_warp_most(low, NET_LANE_COUNT);
    net_warp_most(high, NET_LANE_COUNT);
    NET_LANES(lane)
    {
        if (!lane) {
            to[0] = -low[NET_PLACE(lane)];
            to[1] = high[NET_PLACE(lane)];
        }
    }
}

NET_BLOCK void net_extremes_part_block(const net_extremes *job, uint32_t block)
{
    int32_t parts = net_extremes_parts(job), pixels = job->logits.h * job->logits.w;
    int32_t n = (int32_t)block * NET_NORM_WARPS / parts;

    NET_WARPS(warp, NET_NORM_WARPS)
    {
        int32_t first = ((int32_t)block * NET_NORM_WARPS - n * parts + warp) * NET_EXTREMES_PIXELS;
        float low[NET_PLACES], high[NET_PLACES];

        NET_LANES(lane)
        {
            low[NET_PLACE(lane)] = high[NET_PLACE(lane)] = -HUGE_VALF;
            for (int32_t i = first + lane; i < net_least(first + NET_EXTREMES_PIXELS, pixels);
                 i += NET_LANE_COUNT) {
                float x = net_number(&job->logits, (int64_t)n * pixels + i, 0);

                low[NET_PLACE(lane)] = fmaxf(low[NET_PLACE(lane)], -x);
                high[NET_PLACE(lane)] = fmaxf(high[NET_PLACE(lane)], x);
            }
        }
        net_extremes_end(job->scratch + 2 * ((int64_t)block * NET_NORM_WARPS + warp), low, high);
    }
}

/* One warp for each picture. */
NET_BLOCK void net_extremes_sum_block(const net_extremes *job, uint32_t block)
{
    int32_t parts = net_extremes_parts(job);

    NET_WARPS(warp, 1)
    {
        const float *from = job->scratch + 2 * (int64_t)(block + (uint32_t)warp) * parts;
        float low[NET_PLACES], high[NET_PLACES];

        NET_LANES(lane)
        {
            low[NET_PLACE(lane)] = high[NET_PLACE(lane)] = -HUGE_VALF;
            for (int32_t i = lane; i < parts; i += NET_LANE_COUNT) {
                low[NET_PLACE(lane)] = fmaxf(low[NET_PLACE(lane)], -from[2 * i]);
                high[NET_PLACE(lane)] = fmaxf(high[NET_PLACE(lane)], from[2 * i + 1]);
            }
        }
        net_extremes_end(job->out + 2 * (int64_t)block, low, high);
    }
}

NET_BLOCK float net_matte_sample(const net_matte *job, int64_t pixel, float low, float range)
{
    float p = logistic(net_number(&job->logits, pixel, 0));

    return job->extremes ? (p - low) / range : p;
}

NET_BLOCK void net_matte_one(const net_matte *job, int32_t pixel)
{
    int32_t y = pixel / job->width, x = pixel % job->width;
    const unsigned char *own =
        job->picture ? job->picture + y * job->picture_pitch + (int64_t)x * job->picture_bytes : NULL;
    net_sample s = net_sample_at(&job->logits, job->index, y, x, job->height, job->width, NET_CORNERS);
    float low = job->extremes ? logistic(job->extremes[2 * job->index]) : 0.0f;
    float range = job->extremes ? logistic(job->extremes[2 * job->index + 1]) - low + 1e-8f : 1.0f;
    float a = net_matte_sample(job, s.pixel[0], low, range);
    unsigned char alpha;

    if (!s.same)
        a = net_between(&s, a, net_matte_sample(job, s.pixel[1], low, range),
                        net_matte_sample(job, s.pixel[2], low, range),
                        net_matte_sample(job, s.pixel[3], low, range));
    a = a < 1.0f ? a : 1.0f;
    if (own && job->picture_bytes == 4)
        a = a * ((float)own[3] * (1.0f / 255.0f));
    alpha = (unsigned char)(int32_t)(a * 255.0f + 0.5f);
    if (own && job->rgba) {
        unsigned char *to = job->rgba + y * job->pitch + (int64_t)x * 4;

        to[0] = own[0];
        to[1] = own[1];
        to[2] = own[2];
        to[3] = alpha;
    } else {
        job->alpha[y * job->pitch + x] = alpha;
    }
}

NET_STREAM(matte, net_matte)

#endif

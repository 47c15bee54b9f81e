/* net_norm_block.h - layer norm over channels, behind a sum if there is one to make.
 *
 * `span` lanes share a pixel and keep it in registers, so that it is read once: 8 channels each, `kept` times.
 * The statistics are those of the unrounded sum, the variance that of the differences from the mean. Leaf
 * (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_NORM_BLOCK_H
#define INSPYR_KERNELS_NET_NORM_BLOCK_H

#include "kernels/net_maps.h"
#include "kernels/net_shape.h"

typedef struct net_norm_lanes {
    float x[NET_PLACES][NET_NORM_KEPT][NET_GROUP];
    float sum[NET_PLACES];
} net_norm_lanes;

NET_BLOCK net_map net_vector(const float *data, int32_t count)
{
    net_map m = { (void *)(uintptr_t)data, NET_FLOAT, 1, 1, 1, count, count };

    return m;
}

NET_BLOCK void net_norm_read(const net_norm *job, net_norm_lanes *l, int32_t lane, int64_t pixel, int32_t c,
                             int32_t k)
{
    float *x = l->x[NET_PLACE(lane)][k], more[NET_GROUP];

    net_load(x, &job->in, pixel, c);
    if (job->add.data) {
        net_load(more, &job->add, pixel, c);
        NET_UNROLL
        for (int32_t i = 0; i < NET_GROUP; i++)
            x[i] = x[i] + more[i];
    }
    if (job->sum.data)
        net_store(&job->sum, pixel, c, x);
    NET_UNROLL
    for (int32_t i = 0; i < NET_GROUP; i++)
        l->sum[NET_PLACE(lane)] = l->sum[NET_PLACE(lane)] + x[i];
}

NET_BLOCK void net_norm_write(const net_norm *job, const float x[NET_GROUP], int64_t pixel, int32_t c,
                              float mean, float part)
{
    net_map weights = net_vector(job->weight, job->in.c), biases = net_vector(job->bias, job->in.c);
    float weight[NET_GROUP], bias[NET_GROUP];

    net_load(weight, &weights, 0, c);
    net_load(bias, &biases, 0, c);
    NET_UNROLL
    for (int32_t i = 0; i < NET_GROUP; i++)
        weight[i] = (x[i] - mean) * part * weight[i] + bias[i];
    net_store(&job->out, pixel, c, weight);
}

/* span, kept: constants of the kernel. */
NET_BLOCK void net_norm_block(const net_norm *job, uint32_t block, int32_t span, int32_t kept)
{
    int64_t first = (int64_t)block * NET_NORM_WARPS * (NET_LANE_COUNT / span), pixels = net_pixels(&job->in);

    NET_WARPS(warp, NET_NORM_WARPS)
    {
        net_norm_lanes l;
        float mean[NET_PLACES];

        NET_LANES(lane)
        {
            int64_t pixel = first + (warp * NET_LANE_COUNT + lane) / span;

            l.sum[NET_PLACE(lane)] = 0;
            NET_UNROLL
            for (int32_t k = 0; k < kept; k++)
                if (pixel < pixels && NET_GROUP * (lane % span + k * span) < job->in.c)
                    net_norm_read(job, &l, lane, pixel, NET_GROUP * (lane % span + k * span), k);
        }
        net_warp_sum(l.sum, span);
        NET_LANES(lane)
        {
            float squares = 0;

            mean[NET_PLACE(lane)] = l.sum[NET_PLACE(lane)] / (float)job->in.c;
            NET_UNROLL
            for (int32_t k = 0; k < kept; k++) {
                int32_t c = NET_GROUP * (lane % span + k * span);

                NET_UNROLL
                for (int32_t i = 0; i < NET_GROUP; i++) {
                    float d = c + i < job->in.c ? l.x[NET_PLACE(lane)][k][i] - mean[NET_PLACE(lane)] : 0.0f;

                    squares = squares + d * d;
                }
            }
            l.sum[NET_PLACE(lane)] = squares;
        }
        net_warp_sum(l.sum, span);
        NET_LANES(lane)
        {
            int64_t pixel = first + (warp * NET_LANE_COUNT + lane) / span;
            float part = 1.0f / sqrtf(l.sum[NET_PLACE(lane)] / (float)job->in.c + 1e-5f);

            NET_UNROLL
            for (int32_t k = 0; k < kept; k++)
                if (pixel < pixels && NET_GROUP * (lane % span + k * span) < job->in.c)
                    net_norm_write(job, l.x[NET_PLACE(lane)][k], pixel, NET_GROUP * (lane % span + k * span),
                                   mean[NET_PLACE(lane)], part);
        }
    }
}

#endif

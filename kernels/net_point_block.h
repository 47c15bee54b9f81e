/* net_point_block.h - operations of which one thread makes one pixel: softmax, transition, the pyramid, SICA's
 * maps. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_POINT_BLOCK_H
#define INSPYR_KERNELS_NET_POINT_BLOCK_H

#include "kernels/net_stream_block.h"

NET_BLOCK float net_sigmoid(float x)
{
    return 1.0f / (1.0f + NET_EXP(-x));
}

NET_BLOCK void net_softmax_one(const net_simple *job, int32_t pixel)
{
    float largest = -HUGE_VALF, sum = 0;

    for (int32_t c = 0; c < job->in.c; c++)
        largest = fmaxf(largest, job->scale * net_number(&job->in, pixel, c));
    for (int32_t c = 0; c < job->in.c; c++)
        sum = sum + NET_EXP(job->scale * net_number(&job->in, pixel, c) - largest);
    for (int32_t c = 0; c < job->in.c; c++)
        net_put(&job->out, pixel, c, NET_EXP(job->scale * net_number(&job->in, pixel, c) - largest) / sum);
}

NET_STREAM(softmax, net_simple)

/* Half the width of row dy of the ellipse is sqrt(r^2 - dy^2), rounded; it never lies half way. */
NET_BLOCK bool net_within(int32_t r, int32_t dy, int32_t dx)
{
    int32_t twice = 2 * (dx < 0 ? -dx : dx) - 1;

    return twice < 0 || twice * twice < 4 * (r * r - dy * dy);
}

NET_BLOCK void net_transition_one(const net_simple *job, int32_t pixel)
{
    net_at at = net_at_pixel(&job->out, pixel);
    int32_t r = job->window / 2;
    float low = net_number(&job->in, pixel, 0), high = low;

    for (int32_t dy = -r; dy <= r; dy++)
        for (int32_t dx = -r; dx <= r; dx++) {
            float x;

            if (at.y + dy < 0 || at.y + dy >= job->in.h || at.x + dx < 0 || at.x + dx >= job->in.w ||
                !net_within(r, dy, dx))
                continue;
            x = net_number(&job->in, (int64_t)pixel + (int64_t)dy * job->in.w + dx, 0);
            low = fminf(low, x);
            high = fmaxf(high, x);
        }
    net_put(&job->out, pixel, 0, net_sigmoid(high) - net_sigmoid(low) > 0.5f ? 1.0f : 0.0f);
}

NET_STREAM(transition, net_simple)

/* Of the doubled grid only even places hold something: tap k of 4 of place i, its weight, and the coarse place
 * that it meets, mirrored on the doubled grid. */
NET_BLOCK float net_pyramid_weight(int32_t i, int32_t k)
{
    if (i % 2)
        return k == 0 || k == 3 ? 2 * 0.004433048175243746f : 2 * 0.2420362293761143f;
    return k == 3 ? 0.0f : k == 1 ? 2 * 0.3990502796524549f : 2 * 0.05400558262241448f;
}

NET_BLOCK int32_t net_pyramid_place(int32_t i, int32_t k, int32_t coarse)
{
    int32_t at = (i % 2 ? i - 3 : i - 2) + 2 * k, last = 2 * coarse - 1;

    at = at < 0 ? -at : at > last ? 2 * last - at : at;
    return net_least(at / 2, coarse - 1);
}

NET_BLOCK void net_expand_one(const net_expand *job, int32_t pixel)
{
    net_at at = net_at_pixel(&job->out, pixel);
    net_sample from = net_sample_at(&job->residual, at.n, at.y, at.x, job->out.h, job->out.w, NET_CORNERS);
    float sum = 0;

    NET_UNROLL
    for (int32_t i = 0; i < 4; i++) {
        int64_t row = (int64_t)at.n * job->coarse.h + net_pyramid_place(at.y, i, job->coarse.h);
        float across = 0;

        NET_UNROLL
        for (int32_t j = 0; j < 4; j++)
            across =
                across + net_pyramid_weight(at.x, j) *
                             net_number(&job->coarse,
                                        row * job->coarse.w + net_pyramid_place(at.x, j, job->coarse.w), 0);
        sum = sum + net_pyramid_weight(at.y, i) * across;
    }
    net_put(&job->out, pixel, 0, sum + net_sampled_number(&job->residual, &from, 0));
}

NET_STREAM(expand, net_expand)

NET_BLOCK float net_clipped(float x)
{
    return fminf(fmaxf(x, 0.0f), 1.0f);
}

NET_BLOCK float net_logit_at(const net_map *logits, const net_map *grid, net_at at)
{
    net_sample from = net_sample_at(logits, at.n, at.y, at.x, grid->h, grid->w, NET_HALF_PIXEL);

    return net_sampled_number(logits, &from, 0);
}

NET_BLOCK void net_sica_maps_one(const net_sica_maps *job, int32_t pixel)
{
    net_at at = net_at_pixel(&job->out, pixel);
    float p = net_sigmoid(net_logit_at(&job->saliency, &job->out, at)) - job->thresholds[0];
    float map[NET_GROUP] = { net_clipped(p), net_clipped(-p), job->thresholds[0] - fabsf(p), 0, 0, 0, 0, 0 };

    if (job->laplacian.data) {
        float q = net_sigmoid(net_logit_at(&job->laplacian, &job->out, at)) - job->thresholds[1];

        map[3] = net_clipped(q);
        map[4] = net_clipped(-q);
    }
    net_store(&job->out, pixel, 0, map);
}

NET_STREAM(sica_maps, net_sica_maps)

#endif

/* net_any_window_block.h - attention within windows of any side, with heads of any size, for maps of any type:
 * a warp for each query, without the tensor cores. For small networks and for tests; Swin's windows of 12 have
 * net_window_block.h.
 *
 * Keys and values are read from the cache, again for each query. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_ANY_WINDOW_BLOCK_H
#define INSPYR_KERNELS_NET_ANY_WINDOW_BLOCK_H

#include "kernels/net_window_block.h"

typedef struct net_any_shared {
    float shares[NET_ANY_QUERIES][NET_ANY_SIDE * NET_ANY_SIDE];
    float sum[NET_ANY_QUERIES];
} net_any_shared;

NET_BLOCK float net_any_number(const net_window *job, const net_token *t, int32_t c)
{
    return t->pixel < 0 ? job->bias[c] : net_number(&job->in, t->pixel, c);
}

NET_BLOCK float net_any_logit(const net_window *job, const net_window_at *g, int32_t i, int32_t j)
{
    net_token query = net_token_of(job, g, i), key = net_token_of(job, g, j);
    int32_t side = 2 * job->window - 1, entry = query.place - key.place + side * side / 2;
    float sum = 0;

    for (int32_t c = g->head * g->each; c < (g->head + 1) * g->each; c++)
        sum = sum + net_any_number(job, &query, c) * net_any_number(job, &key, job->out.c + c);
    return sum * (1.0f / sqrtf((float)g->each)) + job->table[g->head * side * side + entry] -
           (query.region != key.region ? 100.0f : 0.0f);
}

/* Of query i: exp(logit - largest) of all tokens, and their sum. */
NET_BLOCK void net_any_shares(const net_window *job, const net_window_at *g, float *shares, float *sum,
                              int32_t i)
{
    int32_t tokens = job->window * job->window;
    float most[NET_PLACES], total[NET_PLACES];

    NET_LANES(lane)
    {
        most[NET_PLACE(lane)] = -HUGE_VALF;
        for (int32_t j = lane; j < tokens; j += NET_LANE_COUNT) {
            shares[j] = net_any_logit(job, g, i, j);
            most[NET_PLACE(lane)] = fmaxf(most[NET_PLACE(lane)], shares[j]);
        }
    }
    net_warp_most(most, NET_LANE_COUNT);
    NET_LANES(lane)
    {
        total[NET_PLACE(lane)] = 0;
        for (int32_t j = lane; j < tokens; j += NET_LANE_COUNT) {
            shares[j] = NET_EXP(shares[j] - most[NET_PLACE(lane)]);
            total[NET_PLACE(lane)] = total[NET_PLACE(lane)] + shares[j];
        }
    }
    net_warp_sum(total, NET_LANE_COUNT);
    NET_LANES(lane)
    {
        if (!lane)
            *sum = total[NET_PLACE(lane)];
    }
}

NET_BLOCK void net_any_window_block(const net_window *job, net_any_shared *s, uint32_t block)
{
    int32_t tokens = job->window * job->window;
    uint32_t parts = (uint32_t)net_parts(tokens, NET_ANY_QUERIES);
    int32_t first = (int32_t)(block % parts) * NET_ANY_QUERIES,
            queries = net_least(NET_ANY_QUERIES, tokens - first);
    net_window_at g = net_window_of(job, block / parts);

    NET_WARPS(warp, queries)
    {
        net_any_shares(job, &g, s->shares[warp], &s->sum[warp], first + warp);
    }
    NET_EACH(i, queries * g.each)
    {
        net_token query = net_token_of(job, &g, first + i / g.each);
        int32_t c = g.head * g.each + i % g.each;
        float sum = 0;

        if (query.pixel < 0)
            continue;
        for (int32_t j = 0; j < tokens; j++) {
            net_token key = net_token_of(job, &g, j);

            sum = sum + s->shares[i / g.each][j] * net_any_number(job, &key, 2 * job->out.c + c);
        }
        net_put(&job->out, query.pixel, c, sum / s->sum[i / g.each]);
    }
}

#endif

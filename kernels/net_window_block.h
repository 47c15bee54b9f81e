/* net_window_block.h - attention within windows, one head of one window in a block.
 *
 * Windows of 12 x 12 and heads of 32 channels go through the tensor cores: nine warps, each with 16 queries,
 * whose 144 logits stay in its registers (72 floats of a thread), then their shares as halves (36). Keys lie in
 * the block's memory in rows of 40 halves and values, turned, in rows of 152, so that the 32 words that a warp
 * reads at once lie in 32 banks. Maps have to be as net_window_is_fast() says. With at most 112 registers two
 * blocks, 18 warps, fit a processor of 65 536. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_NET_WINDOW_BLOCK_H
#define INSPYR_KERNELS_NET_WINDOW_BLOCK_H

#include "kernels/mma_tile.h"
#include "kernels/net_maps.h"
#include "kernels/net_shape.h"

#define NET_WINDOW_TOKENS (NET_WINDOW_SIDE * NET_WINDOW_SIDE)
#define NET_WINDOW_KEYS (NET_WINDOW_HEAD / 2 + 4)     /* words of a row of keys: pairs of channels */
#define NET_WINDOW_VALUES (NET_WINDOW_TOKENS / 2 + 4) /* of values: pairs of tokens */
#define NET_WINDOW_TABLE ((2 * NET_WINDOW_SIDE - 1) * (2 * NET_WINDOW_SIDE - 1))

/* A window: its first token in the grid that is moved and filled up to whole windows. */
typedef struct net_window_at {
    int32_t n, y, x, h, w, head, each;
} net_window_at;

typedef struct net_token {
    int32_t pixel;  /* -1: beyond the picture */
    int16_t place;  /* differences of these count in the table */
    int16_t region; /* tokens of different ones do not see each other */
} net_token;

typedef struct net_window_shared {
    uint32_t keys[NET_WINDOW_TOKENS][NET_WINDOW_KEYS];
    uint32_t values[NET_WINDOW_HEAD][NET_WINDOW_VALUES];
    float table[NET_WINDOW_TABLE];
    net_token tokens[NET_WINDOW_TOKENS];
} net_window_shared;

/* Heads of a window follow each other, so that what they read of a pixel is one piece for the cache. */
NET_BLOCK net_window_at net_window_of(const net_window *job, uint32_t block)
{
    uint32_t columns = (uint32_t)net_parts(job->in.w, job->window);
    uint32_t rows = (uint32_t)net_parts(job->in.h, job->window);
    net_window_at g;

    g.head = (int32_t)(block % (uint32_t)job->heads);
    block /= (uint32_t)job->heads;
    g.x = (int32_t)(block % columns) * job->window;
    g.y = (int32_t)(block / columns % rows) * job->window;
    g.n = (int32_t)(block / columns / rows);
    g.w = (int32_t)columns * job->window;
    g.h = (int32_t)rows * job->window;
    g.each = job->out.c / job->heads;
    return g;
}

NET_BLOCK int32_t net_stripe(const net_window *job, int32_t at, int32_t size)
{
    return at < size - job->window ? 0 : at < size - job->shift ? 1 : 2;
}

NET_BLOCK net_token net_token_of(const net_window *job, const net_window_at *g, int32_t i)
{
    int32_t y = g->y + i / job->window, x = g->x + i % job->window;
    int32_t v = y + job->shift < g->h ? y + job->shift : y + job->shift - g->h;
    int32_t u = x + job->shift < g->w ? x + job->shift : x + job->shift - g->w;
    net_token t;

    t.pixel = v < job->in.h && u < job->in.w ? (g->n * job->in.h + v) * job->in.w + u : -1;
    t.place = (int16_t)(i / job->window * (2 * job->window - 1) + i % job->window);
    t.region = (int16_t)(job->shift ? 3 * net_stripe(job, y, g->h) + net_stripe(job, x, g->w) : 0);
    return t;
}

/* Channels c and c + 1 of a token, as a word. */
NET_BLOCK uint32_t net_token_word(const net_window *job, int32_t pixel, int32_t c, int32_t type)
{
    if (pixel < 0)
        return net_pair_of(job->bias[c], job->bias[c + 1], type);
    return *(const net_word *)((const uint16_t *)job->in.data + (int64_t)pixel * job->in.step + c);
}

/* Channels c to c + 7. */
NET_BLOCK net_quad net_token_quad(const net_window *job, int32_t pixel, int32_t c, int32_t type)
{
    net_quad q;

    if (pixel >= 0)
        return *(const net_quad *)((const uint16_t *)job->in.data + (int64_t)pixel * job->in.step + c);
    NET_UNROLL
    for (int32_t i = 0; i < 4; i++)
        q.word[i] = net_token_word(job, pixel, c + 2 * i, type);
    return q;
}

NET_BLOCK void net_window_fetch(const net_window *job, const net_window_at *g, net_window_shared *s,
                                int32_t type)
{
    int32_t key = job->out.c + g->head * NET_WINDOW_HEAD, value = job->out.c + key;

    NET_EACH(i, NET_WINDOW_TOKENS)
    {
        s->tokens[i] = net_token_of(job, g, i);
    }
    NET_EACH(i, NET_WINDOW_TABLE)
    {
        s->table[i] = job->table[g->head * NET_WINDOW_TABLE + i];
    }
    NET_EACH(i, NET_WINDOW_TOKENS * 4)
    {
        net_quad q = net_token_quad(job, s->tokens[i / 4].pixel, key + i % 4 * NET_GROUP, type);

        NET_UNROLL
        for (int32_t k = 0; k < 4; k++)
            s->keys[i / 4][i % 4 * 4 + k] = q.word[k];
    }
    NET_EACH(i, NET_WINDOW_TOKENS * 2)
    {
        int32_t pair = i % (NET_WINDOW_TOKENS / 2), c = i / (NET_WINDOW_TOKENS / 2) * NET_GROUP;
        net_quad low = net_token_quad(job, s->tokens[2 * pair].pixel, value + c, type);
        net_quad high = net_token_quad(job, s->tokens[2 * pair + 1].pixel, value + c, type);

        NET_UNROLL
        for (int32_t k = 0; k < 4; k++) {
            s->values[c + 2 * k][pair] = (low.word[k] & 0xFFFF) | high.word[k] << 16;
            s->values[c + 2 * k + 1][pair] = low.word[k] >> 16 | (high.word[k] & 0xFFFF0000);
        }
    }
}

/* The logits of 16 queries. */
NET_BLOCK void net_window_logits(const net_window *job, const net_window_at *g, const net_window_shared *s,
                                 mma_c logits[NET_WINDOW_TOKENS / 8], int32_t first, int32_t type)
{
    mma_a query[NET_WINDOW_HEAD / 16];

    NET_LANES(lane)
    {
        NET_UNROLL
        for (int32_t i = 0; i < NET_WINDOW_HEAD / 4; i++) {
            int32_t pixel = s->tokens[first + mma_row(lane) + i % 2 * 8].pixel;
            int32_t c = g->head * NET_WINDOW_HEAD + i / 2 * 8 + mma_pair(lane);

            query[i / 4].word[NET_PLACE(lane)][i % 4] = net_token_word(job, pixel, c, type);
        }
    }
    NET_UNROLL
    for (int32_t j = 0; j < NET_WINDOW_TOKENS / 8; j++) {
        mma_clear(&logits[j]);
        NET_UNROLL
        for (int32_t k = 0; k < NET_WINDOW_HEAD / 16; k++) {
            mma_b key;

            NET_LANES(lane)
            {
                const uint32_t *row = s->keys[8 * j + mma_row(lane)] + 8 * k + mma_pair(lane) / 2;

                key.word[NET_PLACE(lane)][0] = row[0];
                key.word[NET_PLACE(lane)][1] = row[4];
            }
            mma_product(&logits[j], &query[k], &key, type);
        }
    }
}

/* Logits become exp(logit - largest); most, sum: of the queries in rows r and r + 8. */
NET_BLOCK void net_window_softmax(const net_window_shared *s, mma_c logits[NET_WINDOW_TOKENS / 8],
                                  int32_t first, float scale, float sum[2][NET_PLACES])
{
    float most[2][NET_PLACES];

    NET_LANES(lane)
    {
        NET_UNROLL
        for (int32_t half = 0; half < 2; half++) {
            net_token query = s->tokens[first + mma_row(lane) + half * 8];

            most[half][NET_PLACE(lane)] = -HUGE_VALF;
            NET_UNROLL
            for (int32_t i = 0; i < NET_WINDOW_TOKENS / 4; i++) {
                net_token key = s->tokens[i / 2 * 8 + mma_pair(lane) + i % 2];
                float *x = &logits[i / 2].at[NET_PLACE(lane)][half * 2 + i % 2];

                *x = *x * scale + s->table[query.place - key.place + NET_WINDOW_TABLE / 2] -
                     (query.region != key.region ? 100.0f : 0.0f);
                most[half][NET_PLACE(lane)] = fmaxf(most[half][NET_PLACE(lane)], *x);
            }
        }
    }
    net_warp_most(most[0], 4);
    net_warp_most(most[1], 4);
    NET_LANES(lane)
    {
        NET_UNROLL
        for (int32_t half = 0; half < 2; half++) {
            sum[half][NET_PLACE(lane)] = 0;
            NET_UNROLL
            for (int32_t i = 0; i < NET_WINDOW_TOKENS / 4; i++) {
                float *x = &logits[i / 2].at[NET_PLACE(lane)][half * 2 + i % 2];

                *x = NET_EXP(*x - most[half][NET_PLACE(lane)]);
                sum[half][NET_PLACE(lane)] = sum[half][NET_PLACE(lane)] + *x;
            }
        }
    }
    net_warp_sum(sum[0], 4);
    net_warp_sum(sum[1], 4);
}

NET_BLOCK void net_window_values(const net_window_shared *s, const mma_c shares[NET_WINDOW_TOKENS / 8],
                                 mma_c out[NET_WINDOW_HEAD / 8], int32_t type)
{
    NET_UNROLL
    for (int32_t j = 0; j < NET_WINDOW_HEAD / 8; j++)
        mma_clear(&out[j]);
    NET_UNROLL
    for (int32_t k = 0; k < NET_WINDOW_TOKENS / 16; k++) {
        mma_a share;

        mma_of_results(&share, &shares[2 * k], &shares[2 * k + 1], type);
        NET_UNROLL
        for (int32_t j = 0; j < NET_WINDOW_HEAD / 8; j++) {
            mma_b value;

            NET_LANES(lane)
            {
                const uint32_t *row = s->values[8 * j + mma_row(lane)] + 8 * k + mma_pair(lane) / 2;

                value.word[NET_PLACE(lane)][0] = row[0];
                value.word[NET_PLACE(lane)][1] = row[4];
            }
            mma_product(&out[j], &share, &value, type);
        }
    }
}

/* type: of in and out, a constant of the kernel. */
NET_BLOCK void net_window_block(const net_window *job, net_window_shared *s, uint32_t block, int32_t type)
{
    net_window_at g = net_window_of(job, block);
    float scale = 1.0f / sqrtf((float)NET_WINDOW_HEAD);

    net_window_fetch(job, &g, s, type);
    NET_WARPS(warp, NET_WINDOW_TOKENS / 16)
    {
        mma_c logits[NET_WINDOW_TOKENS / 8], out[NET_WINDOW_HEAD / 8];
        float sum[2][NET_PLACES];

        net_window_logits(job, &g, s, logits, warp * 16, type);
        net_window_softmax(s, logits, warp * 16, scale, sum);
        net_window_values(s, logits, out, type);
        NET_LANES(lane)
        {
            NET_UNROLL
            for (int32_t i = 0; i < NET_WINDOW_HEAD / 4; i++) {
                int32_t pixel = s->tokens[warp * 16 + mma_row(lane) + i % 2 * 8].pixel;
                const float *pair = out[i / 2].at[NET_PLACE(lane)] + i % 2 * 2;
                float part = 1.0f / sum[i % 2][NET_PLACE(lane)];
                int32_t c = g.head * NET_WINDOW_HEAD + i / 2 * 8 + mma_pair(lane);

                if (pixel >= 0)
                    *(net_word *)((uint16_t *)job->out.data + (int64_t)pixel * job->out.step + c) =
                        net_pair_of(pair[0] * part, pair[1] * part, type);
            }
        }
    }
}

#endif

/* rows_window.c - attention within one window, for one head: a few queries at a time see all keys, and their
 * scores stay in the first-level cache until the values have been summed. */
#include <math.h>

#include "net/plain/kernels.h"
#include "net/plain/rows/product.h"

#define APART -100.0f /* added to the scores of tokens that were not neighbours before the grid was moved */
#define NEVER -1e30f  /* of keys that fill up a vector */

/* Where things are in scratch. */
typedef struct desk {
    int32_t side, tokens, each;
    size_t wide, deep; /* tokens, channels of a head, in whole blocks */
    float *bias;       /* [query][key], once per head */
    float *apart;      /* [class][key] */
    float *keys;       /* [channel][key] */
    float *values;     /* [key][channel] */
    float *queries;    /* [query][channel], for whole tiles of queries */
    float *scores;     /* of a tile */
} desk;

static desk set_up(const window_call *c)
{
    desk d = { .side = c->node->window, .tokens = c->node->window * c->node->window, .each = c->each };

    d.wide = whole_blocks((size_t)d.tokens);
    d.deep = whole_blocks((size_t)d.each);
    d.bias = c->scratch;
    d.apart = d.bias + (size_t)d.tokens * d.wide;
    d.keys = d.apart + 4 * d.wide;
    d.values = d.keys + (size_t)d.each * d.wide;
    d.queries = d.values + (size_t)d.tokens * d.deep;
    d.scores = d.queries + ((size_t)d.tokens + TILE) * d.deep;
    return d;
}

/* The table is packed backwards, so that a row of it lies in the order of the keys. */
void KERNEL(window_bias)(const window_call *c)
{
    desk d = set_up(c);
    int32_t side = d.side, each = 2 * side - 1;

    for (int32_t i = 0; i < d.tokens; i++) {
        float *row = d.bias + (size_t)i * d.wide;

        for (int32_t y = 0; y < side; y++) {
            const float *from = c->table + (size_t)((y - i / side + side - 1) * each + side - 1 - i % side);

            for (int32_t x = 0; x < side; x++)
                row[y * side + x] = from[x];
        }
        for (size_t j = (size_t)d.tokens; j < d.wide; j++)
            row[j] = NEVER;
    }
}

/* Rows or columns behind the seam of the moved grid are a class of their own, which only the last windows have.
 */
static int32_t behind(const window_call *c, int32_t at, int32_t size)
{
    return c->node->shift && at >= size - c->node->shift;
}

static int32_t class_of(const window_call *c, int32_t dy, int32_t dx)
{
    return 2 * behind(c, c->y + dy, c->height) + behind(c, c->x + dx, c->width);
}

static bool seams(const window_call *c)
{
    return class_of(c, c->node->window - 1, c->node->window - 1);
}

static void mark_classes(const window_call *c, const desk *d)
{
    for (int32_t class = 0; class < 4; class ++) {
        float *row = d->apart + (size_t) class * d->wide;

        memset(row, 0, d->wide * sizeof *row);
        for (int32_t j = 0; j < d->tokens; j++)
            if (class_of(c, j / d->side, j % d->side) != class)
                row[j] = APART;
    }
}

/* Position of the token in the picture, which it may be beyond. */
static int32_t moved(int32_t at, int32_t shift, int32_t size)
{
    at += shift;
    return at < size ? at : at - size;
}

static void gather(const window_call *c, const desk *d)
{
    const plan_node *n = c->node;
    float scale = 1 / sqrtf((float)d->each);
    int32_t channels = d->each * n->heads;

    for (int32_t dy = 0, t = 0; dy < d->side; dy++) {
        int32_t y = moved(c->y + dy, n->shift, c->height);
        const float *row = y < c->in.height ? grid_row(&c->in, y) : NULL;

        for (int32_t dx = 0; dx < d->side; dx++, t++) {
            int32_t x = moved(c->x + dx, n->shift, c->width);
            bool inside = row && x < c->in.width;
            const float *from = inside ? row + (size_t)x * (size_t)c->in.pixel : c->bias;
            int32_t first = c->head * d->each + (inside ? n->in[0].first : 0);
            rows_type type = inside ? c->in.type : ROWS_F32;
            float *query = d->queries + (size_t)t * d->deep;

            for (int32_t i = 0; i < d->each; i++) {
                query[i] = channel_of(from, first + i, type) * scale;
                d->keys[(size_t)i * d->wide + (size_t)t] = channel_of(from, first + channels + i, type);
                d->values[(size_t)t * d->deep + (size_t)i] = channel_of(from, first + 2 * channels + i, type);
            }
        }
    }
    for (int32_t i = 0; i < d->each; i++)
        for (size_t t = (size_t)d->tokens; t < d->wide; t++)
            d->keys[(size_t)i * d->wide + t] = 0;
}

/* Scores of the tile's queries, and per query the largest of each lane. */
static void score(const window_call *c, const desk *d, int32_t first, bool split, vec best[TILE])
{
    const float *bias[TILE], *apart[TILE];

    for (int i = 0; i < TILE; i++) {
        int32_t query = first + i < d->tokens ? first + i : d->tokens - 1;

        bias[i] = d->bias + (size_t)query * d->wide;
        apart[i] = d->apart + (size_t)class_of(c, query / d->side, query % d->side) * d->wide;
        best[i] = spread(NEVER);
    }
    for (size_t j = 0; j < d->wide; j += BLOCK) {
        vec sums[TILE][VECS];

        product(sums, d->queries + (size_t)first * d->deep, d->deep, d->keys + j, d->wide, d->each);
        for (int i = 0; i < TILE; i++)
            for (int v = 0; v < VECS; v++) {
                size_t at = j + (size_t)v * LANES;
                vec s = sums[i][v] + load(bias[i] + at);

                if (split)
                    s += load(apart[i] + at);
                best[i] = vmax(s, best[i]);
                store(d->scores + (size_t)i * d->wide + at, s);
            }
    }
}

/* Scores become shares but for a factor, which is returned. */
static float soften(float *scores, size_t wide, float best)
{
    vec even = spread(0), odd = spread(0);

    for (size_t j = 0; j < wide; j += BLOCK)
        for (int v = 0; v < VECS; v++) {
            vec e = vexp(load(scores + j + v * LANES) - best);

            store(scores + j + v * LANES, e);
            if (v % 2)
                odd += e;
            else
                even += e;
        }
    return 1 / vsum(even + odd);
}

static float *result(const window_call *c, const desk *d, int32_t token)
{
    int32_t y = moved(c->y + token / d->side, c->node->shift, c->height);
    int32_t x = moved(c->x + token % d->side, c->node->shift, c->width);

    if (token >= d->tokens || y >= c->out.height || x >= c->out.width)
        return NULL;
    return grid_row(&c->out, y) + (size_t)x * (size_t)c->out.pixel;
}

/* Other heads' results lie beside: not a number more than this one's is written. */
static void put(float *out, int32_t channel, rows_type type, vec sums[VECS], float factor, int32_t left)
{
    for (int v = 0; v < VECS && left > 0; v++, left -= LANES, channel += LANES) {
        vec s = sums[v] * factor;

        if (left >= LANES)
            store_channels(out, channel, type, s);
        else
            for (int32_t i = 0; i < left; i++)
                set_channel(out, channel + i, type, s[i]);
    }
}

void KERNEL(window)(const window_call *c)
{
    desk d = set_up(c);
    bool split = seams(c);

    gather(c, &d);
    if (split)
        mark_classes(c, &d);
    for (int32_t first = 0; first < d.tokens; first += TILE) {
        vec best[TILE];
        float factor[TILE];

        score(c, &d, first, split, best);
        for (int i = 0; i < TILE; i++)
            factor[i] = soften(d.scores + (size_t)i * d.wide, d.wide, vlargest(best[i]));
        for (int32_t ch = 0; ch < d.each; ch += BLOCK) {
            vec sums[TILE][VECS];

            product(sums, d.scores, d.wide, d.values + ch, d.deep, d.tokens);
            for (int i = 0; i < TILE; i++) {
                float *out = result(c, &d, first + i);

                if (out)
                    put(out, c->head * d.each + ch, c->out.type, sums[i], factor[i], d.each - ch);
            }
        }
    }
}

/* window.h - what window attention in float32 and in bf16 have in common: where tokens are, which of them see
 * each other, and the heads' biases.
 *
 * Scores are in units of log2(e), so that their exponentials are powers of two. Layer 3 (net), only for the
 * files beside it. */
#ifndef INSPYR_NET_ROWS_WINDOW_H
#define INSPYR_NET_ROWS_WINDOW_H

#include "net/plain/rows/bytes.h"

#define LOG2_E 1.44269504f
#define APART                                                                                                  \
    (-100.0f * LOG2_E) /* added to the scores of tokens that were not neighbours before the grid was           \
                          moved */
#define NEVER -1e30f   /* of keys that fill up a vector */

/* Queries that see the keys together, and vectors of keys: their sums fill the registers, 24 of 32 or 12 of 16,
 * and every number that is spread meets several vectors. */
#if LANES == 16
#define QUERIES 8
#define KEYS 3
#define VALUES 2 /* vectors of a value; most heads have 32 channels */
#elif LANES == 8
#define QUERIES 6
#define KEYS 2
#define VALUES 2
#else
#define QUERIES 2
#define KEYS 4
#define VALUES 4
#endif

typedef struct token_at {
    int16_t dy, dx; /* within the window */
} token_at;

/* Where things are in scratch. Tokens beyond the picture are keys, but no queries. */
typedef struct desk {
    int32_t side, tokens, each, inside;
    size_t wide, deep; /* tokens, channels of a head, in whole blocks */
    float *bias;       /* [token][key], once per head */
    float *apart;      /* [class][key] */
    token_at *asking;  /* [query] */
    float *keys;       /* [channel][key], or pairs of channels */
    float *values;     /* [key][channel], or pairs of keys */
    float *queries;    /* [query][channel], for whole tiles of queries */
    float *scores;     /* [query][key] of a tile */
} desk;

static inline desk set_up(const window_call *c)
{
    desk d = { .side = c->node->window, .tokens = c->node->window * c->node->window, .each = c->each };

    d.wide = whole_blocks((size_t)d.tokens);
    d.deep = whole_blocks((size_t)d.each);
    d.bias = c->scratch;
    d.apart = d.bias + (size_t)d.tokens * d.wide;
    d.asking = (token_at *)(void *)(d.apart + 4 * d.wide);
    d.keys = d.apart + 5 * d.wide;
    d.values = d.keys + (size_t)d.each * d.wide;
    d.queries = d.values + d.wide * d.deep;
    d.scores = d.queries + (d.wide + QUERIES) * d.deep;
    return d;
}

/* Rows or columns behind the seam of the moved grid are a class of their own, which only the last windows have.
 */
static inline int32_t class_of(const window_call *c, int32_t dy, int32_t dx)
{
    int32_t shift = c->node->shift;

    return 2 * (shift && c->y + dy >= c->height - shift) + (shift && c->x + dx >= c->width - shift);
}

static inline bool seams(const window_call *c)
{
    return class_of(c, c->node->window - 1, c->node->window - 1);
}

static inline void mark_classes(const window_call *c, const desk *d)
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
static inline int32_t moved(int32_t at, int32_t shift, int32_t size)
{
    at += shift;
    return at < size ? at : at - size;
}

/* Where the query, key and value of a token's head are: at channels first, + step and + 2 step of a pixel, or,
 * for tokens beyond the picture, of the bias of the layer before. */
typedef struct token_place {
    const float *pixel;
    rows_type type;
    int32_t first, query; /* number of its query; -1: none */
} token_place;

#define TOGETHER 16 /* tokens that are gathered at the same time */

/* Tokens in their order. */
typedef struct token_walk {
    token_at at;
    const float *row; /* of the next token; NULL: beyond the picture */
} token_walk;

/* The next ones, at most TOGETHER. Returns their number. */
static inline int32_t next_places(const window_call *c, desk *d, token_walk *walk, token_place places[TOGETHER])
{
    const plan_node *n = c->node;
    int32_t count = 0;

    for (; count < TOGETHER && walk->at.dy < d->side; count++) {
        int32_t x = moved(c->x + walk->at.dx, n->shift, c->width);
        token_place *t = &places[count];

        if (!walk->at.dx) {
            int32_t y = moved(c->y + walk->at.dy, n->shift, c->height);

            walk->row = grid_row_or_null(&c->in, y);
        }
        if (walk->row && x < c->in.width) {
            t->pixel = walk->row + (size_t)x * (size_t)c->in.pixel;
            t->type = c->in.type;
            t->first = c->head * c->each + n->in[0].first;
            t->query = d->inside++;
            d->asking[t->query] = walk->at;
        } else {
            *t = (token_place){ .pixel = c->bias, .type = ROWS_F32, .first = c->head * c->each, .query = -1 };
        }
        if (++walk->at.dx == d->side) {
            walk->at.dx = 0;
            walk->at.dy++;
        }
    }
    return count;
}

#if LANES == 16
/* Rows become columns. */
INLINE void transpose(__m512 m[16])
{
    __m512 t[16];

    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(m[i], m[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(m[i], m[i + 1]);
    }
    for (int i = 0; i < 16; i += 4)
        for (int k = 0; k < 2; k++) {
            __m512d a = _mm512_castps_pd(t[i + k]), b = _mm512_castps_pd(t[i + k + 2]);

            m[i + 2 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, b));
            m[i + 2 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, b));
        }
    for (int i = 0; i < 16; i += 8)
        for (int k = 0; k < 4; k++) {
            t[i + k] = _mm512_shuffle_f32x4(m[i + k], m[i + k + 4], 0x88);
            t[i + k + 4] = _mm512_shuffle_f32x4(m[i + k], m[i + k + 4], 0xdd);
        }
    for (int k = 0; k < 8; k++) {
        m[k] = _mm512_shuffle_f32x4(t[k], t[k + 8], 0x88);
        m[k + 8] = _mm512_shuffle_f32x4(t[k], t[k + 8], 0xdd);
    }
}
#endif

static inline float *result_of(const window_call *c, const desk *d, int32_t query)
{
    int32_t y = moved(c->y + d->asking[query].dy, c->node->shift, c->height);
    int32_t x = moved(c->x + d->asking[query].dx, c->node->shift, c->width);

    return grid_row(&c->out, y) + (size_t)x * (size_t)c->out.pixel;
}

/* Other heads' results lie beside: not a number more than this one's is written. */
INLINE void put_result(const rows_grid *to, byte_range range, float *pixel, int32_t channel, vec v,
                       int32_t left)
{
    if (left >= LANES)
        put_channels(pixel, channel, to->type, range, v);
    else
        for (int32_t i = 0; i < left; i++)
            set_channel(pixel, channel + i, to->type, v[i]);
}

/* Biases and masks of a tile's queries, which may be fewer than a tile has. */
INLINE void rows_of_tile(const window_call *c, const desk *d, int32_t first, const float *bias[QUERIES],
                         const float *apart[QUERIES])
{
    for (int i = 0; i < QUERIES; i++) {
        token_at at = d->asking[first + i < d->inside ? first + i : d->inside - 1];

        bias[i] = d->bias + (size_t)(at.dy * d->side + at.dx) * d->wide;
        apart[i] = d->apart + (size_t)class_of(c, at.dy, at.dx) * d->wide;
    }
}

/* 2^x for -126 <= x <= 0, clamped below; relative error of the polynomial 2e-9 or 1e-4. */
INLINE vec vexp2(vec x, const bool coarse)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    vec n, r, p;

    x = vmax(x, spread(-126));
    n = x + magic;
    r = x - (n - magic);
    if (coarse) {
        p = r * 0.0550089317f + 0.242210969f;
        p = p * r + 0.693282930f;
    } else {
        p = r * 1.53533620e-4f + 1.33988747e-3f;
        p = p * r + 9.61843736e-3f;
        p = p * r + 0.0555033247f;
        p = p * r + 0.240226479f;
        p = p * r + 0.693147203f;
    }
    p = p * r + 1.0f;
    return (vec)((ivec)p + ((ivec)n << 23));
}

void KERNEL(window_bf16)(const window_call *c);

#endif

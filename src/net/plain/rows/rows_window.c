/* rows_window.c - attention within one window, for one head: a few queries at a time see all keys, and their
 * scores stay in the first-level cache until the values have been summed. */
#include <math.h>

#include "net/plain/kernels.h"
#include "net/plain/rows/window.h"

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
                row[y * side + x] = from[x] * LOG2_E;
        }
        for (size_t j = (size_t)d.tokens; j < d.wide; j++)
            row[j] = NEVER;
    }
}

static void gather_token(const desk *d, const token_place *from, int32_t step, int32_t token, float scale)
{
    float *value = d->values + (size_t)token * d->deep,
          *query = from->query < 0 ? NULL : d->queries + (size_t)from->query * d->deep;

    for (int32_t i = 0; i < d->each; i += LANES) {
        int32_t left = d->each - i;

        if (left >= LANES) {
            store(value + i, load_channels(from->pixel, from->first + 2 * step + i, from->type));
            if (query)
                store(query + i, load_channels(from->pixel, from->first + i, from->type) * scale);
            continue;
        }
        for (int32_t k = i; k < d->each; k++)
            value[k] = channel_of(from->pixel, from->first + 2 * step + k, from->type);
        for (int32_t k = i; query && k < d->each; k++)
            query[k] = channel_of(from->pixel, from->first + k, from->type) * scale;
    }
}

static void gather_keys(const desk *d, const token_place *from, int32_t step, int32_t token, int32_t count)
{
    float *keys = d->keys + token;
    int32_t i = 0;

#if LANES == 16 /* scattered stores would take a tenth of the window's time */
    for (; i + LANES <= d->each; i += LANES) {
        __m512 m[TOGETHER];

        for (int t = 0; t < TOGETHER; t++)
            m[t] = t < count ? (__m512)load_channels(from[t].pixel, from[t].first + step + i, from[t].type)
                             : _mm512_setzero_ps();
        transpose(m);
        for (int k = 0; k < LANES; k++)
            store(keys + (size_t)(i + k) * d->wide, (vec)m[k]);
    }
#endif
    for (; i < d->each; i++)
        for (int32_t t = 0; t < TOGETHER; t++)
            keys[(size_t)i * d->wide + (size_t)t] =
                t < count ? channel_of(from[t].pixel, from[t].first + step + i, from[t].type) : 0;
}

static void gather(const window_call *c, desk *d)
{
    float scale = LOG2_E / sqrtf((float)d->each);
    int32_t step = d->each * c->node->heads, count;
    token_place places[TOGETHER];
    token_walk walk = { .row = NULL };

    for (int32_t token = 0; (count = next_places(c, d, &walk, places)); token += count) {
        gather_keys(d, places, step, token, count);
        for (int32_t t = 0; t < count; t++)
            gather_token(d, &places[t], step, token + t, scale);
    }
}

/* sums[i] += a[i * a_step + k] b[k * b_step ...] for all k < depth; vectors is a constant after inlining. */
INLINE void add_products(vec sums[QUERIES][KEYS], const float *a, size_t a_step, const float *b, size_t b_step,
                         int32_t depth, const int vectors)
{
    for (int32_t k = 0; k < depth; k++, b += b_step, a++) {
        vec right[KEYS];

        for (int v = 0; v < vectors; v++)
            right[v] = load(b + v * LANES);
        for (int i = 0; i < QUERIES; i++) {
            vec left = spread(a[(size_t)i * a_step]);

            for (int v = 0; v < vectors; v++)
                sums[i][v] += right[v] * left;
        }
    }
}

/* Scores of the tile's queries for some vectors of keys, and per query the largest of each lane. */
INLINE void score(const desk *d, int32_t first, size_t key, const float *const bias[QUERIES],
                  const float *const *apart, vec best[QUERIES], const int vectors)
{
    vec sums[QUERIES][KEYS];

    for (int i = 0; i < QUERIES; i++)
        for (int v = 0; v < vectors; v++) {
            sums[i][v] = load(bias[i] + key + v * LANES);
            if (apart)
                sums[i][v] += load(apart[i] + key + v * LANES);
        }
    add_products(sums, d->queries + (size_t)first * d->deep, d->deep, d->keys + key, d->wide, d->each, vectors);
    for (int i = 0; i < QUERIES; i++)
        for (int v = 0; v < vectors; v++) {
            best[i] = vmax(sums[i][v], best[i]);
            store(d->scores + (size_t)i * d->wide + key + v * LANES, sums[i][v]);
        }
}

static void score_all(const desk *d, int32_t first, const float *const bias[QUERIES], const float *const *apart,
                      vec best[QUERIES])
{
    size_t key = 0, left;

    for (int i = 0; i < QUERIES; i++)
        best[i] = spread(NEVER);
    for (; (left = (d->wide - key) / LANES) >= KEYS; key += (size_t)KEYS * LANES)
        score(d, first, key, bias, apart, best, KEYS);
#if LANES == 16 /* otherwise a block of keys is a multiple of so many vectors */
    if (left == 2)
        score(d, first, key, bias, apart, best, 2);
    else if (left)
        score(d, first, key, bias, apart, best, 1);
#endif
}

/* Scores become shares but for factors. Rows take turns, so that no sum waits for itself. */
static void soften(const desk *d, const vec best[QUERIES], float factor[QUERIES])
{
    vec most[QUERIES], total[QUERIES];

    for (int i = 0; i < QUERIES; i++) {
        most[i] = spread(vlargest(best[i]));
        total[i] = spread(0);
    }
    for (size_t j = 0; j < d->wide; j += LANES)
        for (int i = 0; i < QUERIES; i++) {
            float *at = d->scores + (size_t)i * d->wide + j;
            vec e = vexp2(load(at) - most[i], false);

            store(at, e);
            total[i] += e;
        }
    for (int i = 0; i < QUERIES; i++)
        factor[i] = 1 / vsum(total[i]);
}

INLINE void sum_values(const window_call *c, const desk *d, int32_t first, int32_t channel,
                       const float factor[QUERIES], const int vectors)
{
    vec sums[QUERIES][KEYS];
    byte_range range = range_of(&c->out);

    for (int i = 0; i < QUERIES; i++)
        for (int v = 0; v < vectors; v++)
            sums[i][v] = spread(0);
    add_products(sums, d->scores, d->wide, d->values + channel, d->deep, d->tokens, vectors);
    for (int i = 0; i < QUERIES && first + i < d->inside; i++) {
        float *out = result_of(c, d, first + i);

        for (int v = 0; v < vectors; v++)
            put_result(&c->out, range, out, c->head * d->each + channel + v * LANES, sums[i][v] * factor[i],
                       d->each - channel - v * LANES);
    }
}

void KERNEL(window)(const window_call *c)
{
    desk d = set_up(c);
    bool split = seams(c);

#ifdef __AVX512BF16__
    if (c->in.type == ROWS_BF16) {
        KERNEL(window_bf16)(c);
        return;
    }
#endif
    gather(c, &d);
    if (split)
        mark_classes(c, &d);
    for (int32_t first = 0; first < d.inside; first += QUERIES) {
        const float *bias[QUERIES], *apart[QUERIES];
        vec best[QUERIES];
        float factor[QUERIES];
        int32_t ch = 0;

        rows_of_tile(c, &d, first, bias, apart);
        score_all(&d, first, bias, split ? apart : NULL, best);
        soften(&d, best, factor);
        for (; (int32_t)d.deep - ch >= VALUES * LANES; ch += VALUES * LANES)
            sum_values(c, &d, first, ch, factor, VALUES);
        if (ch < d.each)
            sum_values(c, &d, first, ch, factor, 1);
    }
}

/* rows_window_bf16.c - window attention as in rows_window.c, with products of bf16: words hold two channels of
 * a query or key, or two tokens of a value or share. */
#ifdef __AVX512BF16__
#include <math.h>

#include "net/plain/kernels.h"
#include "net/plain/rows/window.h"

/* Channels at + [0, 32) of those that belong to the token; zeros behind the last of them. */
static __m512i halves(const token_place *from, int32_t at, int32_t left)
{
    if (from->type == ROWS_BF16) {
        const uint16_t *p = (const uint16_t *)(const void *)from->pixel + from->first + at;

        return left >= 32 ? _mm512_loadu_si512(p) : _mm512_maskz_loadu_epi16((1u << left) - 1, p);
    }
    const float *p = from->pixel + from->first + at;
    uint32_t mask = left >= 32 ? 0xffffffff : (1u << left) - 1;
    __m512 low = _mm512_maskz_loadu_ps((__mmask16)mask, p);
    __m512 high = mask >> 16 ? _mm512_maskz_loadu_ps((__mmask16)(mask >> 16), p + 16) : _mm512_setzero_ps();

    return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

static void gather_keys(const desk *d, const token_place *from, int32_t step, int32_t token, int32_t count)
{
    for (int32_t i = 0; i < d->each; i += 32) {
        float *keys = d->keys + (size_t)(i / 2) * d->wide + token;
        int32_t left = d->each - i, pairs = left >= 32 ? 16 : (left + 1) / 2;
        __m512 m[TOGETHER];

        for (int t = 0; t < TOGETHER; t++)
            m[t] = t < count ? (__m512)halves(&from[t], step + i, left) : _mm512_setzero_ps();
        transpose(m);
        if (pairs == 16)
            for (int k = 0; k < 16; k++)
                store(keys + (size_t)k * d->wide, (vec)m[k]);
        else
            for (int k = 0; k < 16; k++)
                if (k < pairs)
                    store(keys + (size_t)k * d->wide, (vec)m[k]);
    }
}

static void gather_values(const desk *d, const token_place *from, int32_t step, int32_t token, int32_t count)
{
    for (int32_t t = 0; t < count; t += 2)
        for (int32_t i = 0; i < d->each; i += 32) {
            float *to = d->values + (size_t)((token + t) / 2) * d->deep + i;
            __m512i a = halves(&from[t], 2 * step + i, d->each - i),
                    b = t + 1 < count ? halves(&from[t + 1], 2 * step + i, d->each - i)
                                      : _mm512_setzero_si512();
            __m512i low = _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_castsi512_si256(b)), 16),
                    high = _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(b, 1)), 16);

            low = _mm512_or_si512(low, _mm512_cvtepu16_epi32(_mm512_castsi512_si256(a)));
            high = _mm512_or_si512(high, _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(a, 1)));
            store(to, (vec)low);
            if (d->deep - (size_t)i > 16)
                store(to + 16, (vec)high);
        }
}

static void gather(const window_call *c, desk *d)
{
    int32_t step = d->each * c->node->heads, count;
    token_place places[TOGETHER];
    token_walk walk = { .row = NULL };

    for (int32_t token = 0; (count = next_places(c, d, &walk, places)); token += count) {
        gather_keys(d, places, step, token, count);
        gather_values(d, places, step, token, count);
        for (int32_t t = 0; t < count; t++)
            for (int32_t i = 0; places[t].query >= 0 && i < d->each; i += 32)
                store(d->queries + (size_t)places[t].query * d->deep + i / 2,
                      (vec)halves(&places[t], i, d->each - i));
    }
}

/* sums[i] += a[i * a_step + k] b[k * b_step ...] for all words k < depth; vectors is a constant after inlining.
 */
INLINE void add_words(__m512 sums[QUERIES][KEYS], const float *a, size_t a_step, const float *b, size_t b_step,
                      int32_t depth, const int vectors)
{
    for (int32_t k = 0; k < depth; k++, b += b_step, a++) {
        __m512bh right[KEYS];

        for (int v = 0; v < vectors; v++)
            right[v] = (__m512bh)_mm512_loadu_ps(b + v * LANES);
        for (int i = 0; i < QUERIES; i++) {
            __m512bh left = (__m512bh)_mm512_set1_ps(a[(size_t)i * a_step]);

            for (int v = 0; v < vectors; v++)
                sums[i][v] = _mm512_dpbf16_ps(sums[i][v], left, right[v]);
        }
    }
}

/* Scores of the tile's queries for some vectors of keys, and per query the largest of each lane. The factor is
 * not in the queries, which would be rounded once more. */
INLINE void score(const desk *d, int32_t first, size_t key, const float *const bias[QUERIES],
                  const float *const *apart, vec best[QUERIES], float scale, const int vectors)
{
    __m512 sums[QUERIES][KEYS];

    for (int i = 0; i < QUERIES; i++)
        for (int v = 0; v < vectors; v++)
            sums[i][v] = _mm512_setzero_ps();
    add_words(sums, d->queries + (size_t)first * d->deep, d->deep, d->keys + key, d->wide, (d->each + 1) / 2,
              vectors);
    for (int i = 0; i < QUERIES; i++)
        for (int v = 0; v < vectors; v++) {
            vec s = (vec)sums[i][v] * scale + load(bias[i] + key + v * LANES);

            if (apart)
                s += load(apart[i] + key + v * LANES);
            best[i] = vmax(s, best[i]);
            store(d->scores + (size_t)i * d->wide + key + v * LANES, s);
        }
}

static void score_all(const desk *d, int32_t first, const float *const bias[QUERIES], const float *const *apart,
                      vec best[QUERIES], float scale)
{
    size_t key = 0, left;

    for (int i = 0; i < QUERIES; i++)
        best[i] = spread(NEVER);
    for (; (left = (d->wide - key) / LANES) >= KEYS; key += (size_t)KEYS * LANES)
        score(d, first, key, bias, apart, best, scale, KEYS);
    if (left == 2)
        score(d, first, key, bias, apart, best, scale, 2);
    else if (left)
        score(d, first, key, bias, apart, best, scale, 1);
}

/* Two vectors of one query's shares, or one; adds the rounded ones, so that they are one in all. */
INLINE __m512 share(const float *scores, uint16_t *shares, vec most, __m512 total, const bool two)
{
    const __m512bh ones = (__m512bh)_mm512_set1_epi16(0x3f80);
    vec low = vexp2(load(scores) - most, true),
        high = two ? vexp2(load(scores + LANES) - most, true) : spread(0);
    __m512bh both = _mm512_cvtne2ps_pbh((__m512)high, (__m512)low);

    if (two)
        _mm512_storeu_si512(shares, (__m512i)both);
    else
        _mm256_storeu_si256((__m256i_u *)shares, _mm512_castsi512_si256((__m512i)both));
    return _mm512_dpbf16_ps(total, both, ones);
}

/* Shares but for factors. Rows take turns, so that no sum waits for itself. */
static void soften(const desk *d, uint16_t *shares, const vec best[QUERIES], float factor[QUERIES])
{
    size_t j = 0;
    vec most[QUERIES];
    __m512 total[QUERIES];

    for (int i = 0; i < QUERIES; i++) {
        most[i] = spread(vlargest(best[i]));
        total[i] = _mm512_setzero_ps();
    }
    for (; j + 2 * LANES <= d->wide; j += 2 * LANES)
        for (size_t i = 0; i < QUERIES; i++)
            total[i] = share(d->scores + i * d->wide + j, shares + i * d->wide + j, most[i], total[i], true);
    for (size_t i = 0; j < d->wide && i < QUERIES; i++)
        total[i] = share(d->scores + i * d->wide + j, shares + i * d->wide + j, most[i], total[i], false);
    for (int i = 0; i < QUERIES; i++)
        factor[i] = 1 / vsum((vec)total[i]);
}

INLINE void sum_values(const window_call *c, const desk *d, const float *shares, int32_t first, int32_t channel,
                       const float factor[QUERIES], const int vectors)
{
    __m512 sums[QUERIES][KEYS];
    byte_range range = range_of(&c->out);

    for (int i = 0; i < QUERIES; i++)
        for (int v = 0; v < vectors; v++)
            sums[i][v] = _mm512_setzero_ps();
    add_words(sums, shares, d->wide / 2, d->values + channel, d->deep, (d->tokens + 1) / 2, vectors);
    for (int i = 0; i < QUERIES && first + i < d->inside; i++) {
        float *out = result_of(c, d, first + i);

        for (int v = 0; v < vectors; v++)
            put_result(&c->out, range, out, c->head * d->each + channel + v * LANES,
                       (vec)sums[i][v] * factor[i], d->each - channel - v * LANES);
    }
}

void KERNEL(window_bf16)(const window_call *c)
{
    desk d = set_up(c);
    float *shares = d.scores + QUERIES * d.wide, scale = LOG2_E / sqrtf((float)d.each);
    bool split = seams(c);

    gather(c, &d);
    if (split)
        mark_classes(c, &d);
    for (int32_t first = 0; first < d.inside; first += QUERIES) {
        const float *bias[QUERIES], *apart[QUERIES];
        vec best[QUERIES];
        float factor[QUERIES];
        int32_t ch = 0;

        rows_of_tile(c, &d, first, bias, apart);
        score_all(&d, first, bias, split ? apart : NULL, best, scale);
        soften(&d, (uint16_t *)(void *)shares, best, factor);
        for (; (int32_t)d.deep - ch >= VALUES * LANES; ch += VALUES * LANES)
            sum_values(c, &d, shares, first, ch, factor, VALUES);
        if (ch < d.each)
            sum_values(c, &d, shares, first, ch, factor, 1);
    }
}
#else
typedef int no_windows_of_bf16;
#endif

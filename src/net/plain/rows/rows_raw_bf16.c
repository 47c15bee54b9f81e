/* rows_raw_bf16.c - the values of rows_raw.c by products of bf16: two positions of a line share a word. */
#ifdef __AVX512BF16__
#define WORDS_PRODUCT "vdpbf16ps"
#include "net/plain/rows/raw.h"
#include "net/plain/rows/words.h"

void KERNEL(raw_scores_bf16)(const raw_axial *a, int32_t first, int32_t end)
{
    size_t wide = whole_blocks((size_t)a->length);

    KERNEL(raw_scores)(a, first, end);
    for (int32_t i = first; i < end && i < a->length; i++) {
        float *row = a->scores + (size_t)i * wide;

        for (int32_t j = 0; j < a->length; j += LANES) /* what is written lies behind what is read */
            narrow((uint16_t *)(void *)row + j, first_lanes(load(row + j), a->length - j));
    }
}

/* [block][pair of positions][16 channels][2] */
static void gather_values(const raw_axial *a, int32_t line, int32_t *out)
{
    int32_t first = a->first + 2 * a->qk;

    for (int32_t ch = 0; ch < a->channels; ch += BLOCK)
        for (int32_t j = 0; j < a->length; j += 2, out += BLOCK) {
            const float *low = pixel_at(&a->stacked, line * a->length + j), *high = low;
            __m512i pair = (__m512i)load_channels(low, first + ch, ROWS_BF16), other = _mm512_setzero_si512();

            if (j + 1 < a->length) {
                high = pixel_at(&a->stacked, line * a->length + j + 1);
                other = (__m512i)load_channels(high, first + ch, ROWS_BF16);
            }
            _mm512_storeu_si512(out, _mm512_or_si512(_mm512_srli_epi32(pair, 16), other));
        }
}

INLINE void tile_of_values(const raw_axial *a, const raw_pixels *pixels, int32_t first, int32_t channel,
                           const int32_t *values, const int blocks)
{
    size_t wide = whole_blocks((size_t)a->length), words = ((size_t)a->length + 1) / 2;
    __m512i sums[PIXELS][2];

    clear_words(sums, PIXELS, blocks);
    add_words(sums, (const int32_t *)(const void *)(a->scores + (size_t)first * wide), wide, values,
              words * BLOCK, (int32_t)words, PIXELS, blocks);
    for (int b = 0; b < blocks; b++)
        for (int i = 0; i < PIXELS && i < pixels->count; i++)
            put_value(a, pixels, i, channel + b * BLOCK, (vec)sums[i][b]);
}

void KERNEL(raw_values_bf16)(const raw_axial *a, int32_t line, float *scratch)
{
    int32_t *values = (int32_t *)(void *)scratch;
    size_t block = ((size_t)a->length + 1) / 2 * BLOCK;

    gather_values(a, line, values);
    for (int32_t i = 0; i < a->length; i += PIXELS) {
        raw_pixels pixels = pixels_from(a, line, i, PIXELS);

        for (int32_t ch = 0; ch < a->channels; ch += 2 * BLOCK) {
            const int32_t *of = values + (size_t)(ch / BLOCK) * block;

            if (a->channels - ch > BLOCK)
                tile_of_values(a, &pixels, i, ch, of, 2);
            else
                tile_of_values(a, &pixels, i, ch, of, 1);
        }
    }
}
#else
typedef int no_values_of_bf16;
#endif

/* rows_raw.c - axial attention on reinterpreted memory, spec of the reference: rows of `length` consecutive
 * pixels of a plane see each other by position. Its products are done where the channels lie innermost:
 *
 *     score[i][j] = sum over lines r and channels c of query[r length + i][c] key[r length + j][c]
 *     result[r length + i][c] = sum over j of softmax(score)[i][j] value[r length + j][c]
 *
 * so only queries and keys are copied. */
#include "net/plain/kernels.h"
#include "net/plain/rows/product.h"
#include "net/plain/rows/raw.h"

#define DEEP                                                                                                   \
    256 /* terms of a sum before it goes into a sum of sums: rounds less, and keeps a block of keys near */

void KERNEL(raw_gather)(const raw_axial *a, int32_t line)
{
    size_t depth = (size_t)a->lines * (size_t)a->qk, at = (size_t)line * (size_t)a->qk;

    for (int32_t i = 0; i < (int32_t)raw_rows(a->length); i++) {
        float *query = a->queries + (size_t)i * raw_pitch(depth) + at;
        float *key = a->keys + ((size_t)(i / BLOCK) * depth + at) * BLOCK + i % BLOCK;
        const float *from = i < a->length ? pixel_at(&a->stacked, line * a->length + i) : NULL;
        bool stored = i < (int32_t)whole_blocks((size_t)a->length);

        for (int32_t c = 0; c < a->qk; c++) {
            query[c] = from ? channel_of(from, a->first + c, a->stacked.type) : 0;
            if (stored)
                key[c * BLOCK] = from ? channel_of(from, a->first + a->qk + c, a->stacked.type) : 0;
        }
    }
}

static void soften(float *scores, int32_t length)
{
    float best = scores[0];
    vec total = spread(0), factor;

    for (int32_t j = 1; j < length; j++)
        best = scores[j] > best ? scores[j] : best;
    for (int32_t j = 0; j < length; j += LANES) {
        vec e = vexp(load(scores + j) - best);

        store(scores + j, e);
        total += first_lanes(e, length - j);
    }
    factor = spread(1 / vsum(total));
    for (int32_t j = 0; j < length; j += LANES)
        store(scores + j, load(scores + j) * factor);
}

void KERNEL(raw_scores)(const raw_axial *a, int32_t first, int32_t end)
{
    size_t depth = (size_t)a->lines * (size_t)a->qk, wide = whole_blocks((size_t)a->length);

    for (size_t k = 0; k < depth; k += DEEP)
        for (size_t j = 0; j < wide; j += BLOCK)
            for (int32_t i = first; i < end; i += TILE) {
                vec sums[TILE][VECS];

                product(sums, a->queries + (size_t)i * raw_pitch(depth) + k, raw_pitch(depth),
                        a->keys + (j * depth / BLOCK + k) * BLOCK, BLOCK,
                        depth - k < DEEP ? (int32_t)(depth - k) : DEEP);
                for (int r = 0; r < TILE; r++)
                    for (int v = 0; v < VECS; v++) {
                        float *to = a->scores + (size_t)(i + r) * wide + j + (size_t)v * LANES;

                        store(to, k ? load(to) + sums[r][v] : sums[r][v]);
                    }
            }
    for (int32_t i = first; i < end && i < a->length; i++)
        soften(a->scores + (size_t)i * wide, a->length);
}

void KERNEL(raw_values)(const raw_axial *a, int32_t line, float *scratch)
{
    size_t wide = whole_blocks((size_t)a->length), block = (size_t)a->length * BLOCK;

    for (int32_t j = 0; j < a->length; j++) {
        const float *value = pixel_at(&a->stacked, line * a->length + j);

        for (int32_t ch = 0; ch < a->channels; ch += BLOCK)
            for (int v = 0; v < VECS; v++)
                store(scratch + (size_t)(ch / BLOCK) * block + (size_t)j * BLOCK + v * LANES,
                      load_channels(value, a->first + 2 * a->qk + ch + v * LANES, a->stacked.type));
    }
    for (int32_t i = 0; i < a->length; i += TILE) {
        raw_pixels pixels = pixels_from(a, line, i, TILE);

        for (int32_t ch = 0; ch < a->channels; ch += BLOCK) {
            vec sums[TILE][VECS];

            product(sums, a->scores + (size_t)i * wide, wide, scratch + (size_t)(ch / BLOCK) * block, BLOCK,
                    a->length);
            for (int r = 0; r < TILE && r < pixels.count; r++)
                for (int v = 0; v < VECS; v++)
                    put_value(a, &pixels, r, ch + v * LANES, sums[r][v]);
        }
    }
}

/* winograd_words.h - the products of winograd.h in tiles of words.h.
 *
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_WINOGRAD_WORDS_H
#define INSPYR_NET_ROWS_WINOGRAD_WORDS_H

#include "net/plain/rows/winograd.h"
#include "net/plain/rows/words.h"

INLINE void multiply_tile(const winograd_job *job, float *sums, const float *seen, const float *kernel,
                          size_t next, const int pixels, const int blocks)
{
    __m512i tile[PIXELS][2];

    clear_words(tile, pixels, blocks);
    add_words(tile, (const int32_t *)(const void *)seen, (size_t)job->words,
              (const int32_t *)(const void *)kernel, next, job->words, pixels, blocks);
    for (int i = 0; i < pixels; i++)
        for (int b = 0; b < blocks; b++)
            store(sums + (size_t)i * SIDE + (size_t)b * BLOCK, (vec)tile[i][b]);
}

/* Functions of their own, which have all registers for their sums. */
#define MULTIPLY(name, pixels, blocks)                                                                         \
    static __attribute__((noinline)) void name(const winograd_job *job, float *sums, const float *seen,        \
                                               const float *kernel, size_t next)                               \
    {                                                                                                          \
        multiply_tile(job, sums, seen, kernel, next, pixels, blocks);                                          \
    }
MULTIPLY(full_pair, PIXELS, 2)
MULTIPLY(full_single, PIXELS, 1)
MULTIPLY(small_pair, PIXELS_SMALL, 2)
MULTIPLY(small_single, PIXELS_SMALL, 1)

static void multiply(const winograd_job *job, float *sums, const float *seen, const float *kernel, size_t next,
                     int32_t count, int32_t blocks)
{
    static void (*const of[2][2])(const winograd_job *, float *, const float *, const float *,
                                  size_t) = { { small_single, small_pair }, { full_single, full_pair } };
    int32_t pixels;

    for (int32_t t = 0; t < count; t += pixels) {
        bool full = count - t > 2 * PIXELS_SMALL;

        pixels = full ? PIXELS : PIXELS_SMALL;
        of[full][blocks - 1](job, sums + (size_t)t * SIDE, seen + (size_t)t * (size_t)job->words, kernel, next);
    }
}

#endif

/* rows_winograd.c - 3 x 3 convolutions of float32 with fewer products. */
#include "net/plain/rows/winograd.h"

#if LANES == 16
#define WORDS_PRODUCT "vfmadd231ps"
#include "net/plain/rows/winograd_words.h"
#else
#include "net/plain/rows/product.h"

static void multiply(const winograd_job *job, float *sums, const float *seen, const float *kernel, size_t next,
                     int32_t count, int32_t blocks)
{
    for (int32_t b = 0; b < blocks; b++)
        for (int32_t t = 0; t < count; t += TILE) {
            vec tile[TILE][VECS];

            product(tile, seen + (size_t)t * (size_t)job->words, (size_t)job->words, kernel + (size_t)b * next,
                    BLOCK, job->words);
            for (int i = 0; i < TILE; i++)
                for (int v = 0; v < VECS; v++)
                    store(sums + (size_t)(t + i) * SIDE + (size_t)b * BLOCK + (size_t)v * LANES, tile[i][v]);
        }
}
#endif

void KERNEL(rows_winograd)(const rows_call *c)
{
    winograd(c, ROWS_F32);
}

/* product.h - the inner loop of everything that multiplies matrices: a tile of sums that stays in registers.
 *
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_PRODUCT_H
#define INSPYR_NET_ROWS_PRODUCT_H

#include <stddef.h>

#include "net/plain/rows/vector.h"

#define BLOCK 16
#define VECS (BLOCK / LANES) /* vectors per block */

/* Rows (pixels) of a full tile: as many as make 12 sums, enough to hide the latency of multiply-add. With
 * AVX-512 that reaches 93 % of the peak of a Zen 4 core; 12 x 2 blocks and 24 x 1, which share weights better,
 * reach 65 %, because then the compiler no longer spreads an input within the multiply-add that uses it. 16
 * registers of 4 lanes hold two pixels: with three, sums are spilled and a pass takes 1.18 times as long. */
#if LANES == 16
#define TILE 12
#define TILE_SMALL 4
#elif LANES == 8
#define TILE 6
#define TILE_SMALL 3
#else
#define TILE 2
#define TILE_SMALL 2
#endif

/* sums[i] += a[i * a_step + k] * b[k * b_step ...] for all k < depth, one block of columns; rows is a constant
 * after inlining. */
INLINE void add_product(vec sums[TILE][VECS], const float *a, size_t a_step, const float *b, size_t b_step,
                        int32_t depth, const int rows)
{
    for (int32_t k = 0; k < depth; k++, b += b_step, a++) {
        vec right[VECS];

        for (int v = 0; v < VECS; v++)
            right[v] = load(b + v * LANES);
        for (int i = 0; i < rows; i++)
            for (int v = 0; v < VECS; v++)
                sums[i][v] += right[v] * a[(size_t)i * a_step];
    }
}

/* The whole tile from zero. */
INLINE void product(vec sums[TILE][VECS], const float *a, size_t a_step, const float *b, size_t b_step,
                    int32_t depth)
{
    for (int i = 0; i < TILE; i++)
        for (int v = 0; v < VECS; v++)
            sums[i][v] = spread(0);
    add_product(sums, a, a_step, b, b_step, depth, TILE);
}

#endif

/* words.h - products of words of four bytes: one of float32, two of bf16, or four bytes.
 *
 * The including file defines WORDS_PRODUCT, the instruction that multiplies them: each of a vector of sums has
 * its own word of weights, and all have the word of input spread in `left`. Layer 3 (net), only for the files
 * beside it.
 *
 * A tile is 12 pixels x 2 blocks of outputs: 24 sums and 2 vectors of weights in 32 registers. */
#ifndef INSPYR_NET_ROWS_WORDS_H
#define INSPYR_NET_ROWS_WORDS_H

#include "net/plain/rows/vector.h"

#define BLOCK 16
#define PIXELS 12
#define PIXELS_SMALL 4

/* Not an intrinsic: of those, gcc 12 finds other forms, which overwrite an operand, and then copies that; or it
 * moves sums to and from memory. */
INLINE __m512i dot(__m512i sum, __m512i left, __m512i right)
{
    __asm__(WORDS_PRODUCT " %2, %1, %0" : "+v"(sum) : "v"(left), "v"(right));
    return sum;
}

/* Zero of which gcc does not know that it is: it would clear all sums in memory, to load them from there. */
INLINE __m512i nothing(void)
{
    __m512i zero;

    __asm__("vpxord %0, %0, %0" : "=v"(zero));
    return zero;
}

/* Sums of nothing yet. */
INLINE void clear_words(__m512i sums[PIXELS][2], const int pixels, const int blocks)
{
    for (int b = 0; b < blocks; b++)
        for (int i = 0; i < pixels; i++)
            sums[i][b] = nothing();
}

/* Sums of so many pixels, `step` words apart, and of blocks whose weights are `next` words apart. pixels and
 * blocks are constants after inlining. */
INLINE void add_words(__m512i sums[PIXELS][2], const int32_t *a, size_t step, const int32_t *w, size_t next,
                      int32_t words, const int pixels, const int blocks)
{
    for (int32_t k = 0; k < words; k++, w += BLOCK, a++) {
        __m512i right[2];

        for (int b = 0; b < blocks; b++)
            right[b] = _mm512_loadu_si512(w + (size_t)b * next);
        for (int i = 0; i < pixels; i++) {
            __m512i left = _mm512_set1_epi32(a[(size_t)i * step]);

            for (int b = 0; b < blocks; b++)
                sums[i][b] = dot(sums[i][b], left, right[b]);
        }
    }
}

#endif

/* rows_conv_bf16.c - dense convolution of bf16, summed in float32: as rows_conv.c, with two inputs in one word.
 */
#ifdef __AVX512BF16__
#include "net/plain/rows/words.h"

INLINE __m512i dot(__m512i sum, __m512i left, __m512i right)
{
    return (__m512i)_mm512_dpbf16_ps((__m512)sum, (__m512bh)left, (__m512bh)right);
}

void KERNEL(rows_conv_bf16)(const rows_call *c)
{
    convolve_words(c, 2);
}
#else
typedef int no_products_of_bf16;
#endif

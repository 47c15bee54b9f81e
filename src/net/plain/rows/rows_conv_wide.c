/* rows_conv_wide.c - dense convolution of float32 with AVX-512: as rows_conv.c, in larger tiles. */
#if defined(__AVX512F__)
/* One sum of thousands of terms would round three times as much, which networks with sharp attention enlarge to
 * 4e-4 of a map's range. */
#define WORDS_RUN 64

#include "net/plain/rows/words.h"

/* As an instruction and not as an intrinsic: gcc 12 finds other forms of it, which overwrite an operand, and
 * then copies that. */
INLINE __m512i dot(__m512i sum, __m512i left, __m512i right)
{
    __asm__("vfmadd231ps %2, %1, %0" : "+v"(sum) : "v"(left), "v"(right));
    return sum;
}

void KERNEL(rows_conv_wide)(const rows_call *c)
{
    convolve_words(c, 1);
}
#else
typedef int no_wide_products;
#endif

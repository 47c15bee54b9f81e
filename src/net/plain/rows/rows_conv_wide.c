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

INLINE __m512i start(const word_job *job, int32_t block)
{
    return (__m512i)load(job->call->bias + block * BLOCK);
}

INLINE vec total(const word_job *job, __m512i sum, int32_t x, int32_t channel)
{
    (void)job;
    (void)x;
    (void)channel;
    return (vec)sum;
}

void KERNEL(rows_conv_wide)(const rows_call *c)
{
    convolve_words(c, 1);
}
#else
typedef int no_wide_products;
#endif

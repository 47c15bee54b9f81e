/* rows_conv_bf16.c - dense convolution of bf16, summed in float32: as rows_conv.c, with two inputs in one word.
 */
#ifdef __AVX512BF16__
#define WORDS_PRODUCT "vdpbf16ps"
#include "net/plain/rows/words_conv.h"

void KERNEL(rows_conv_bf16)(const rows_call *c)
{
    convolve_words(c, 2, NULL);
}
#else
typedef int no_products_of_bf16;
#endif

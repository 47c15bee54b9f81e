/* rows_winograd_bf16.c - 3 x 3 convolutions of bf16, summed in float32, with fewer products. */
#ifdef __AVX512BF16__
#define WORDS_PRODUCT "vdpbf16ps"
#include "net/plain/rows/winograd_words.h"

void KERNEL(rows_winograd_bf16)(const rows_call *c)
{
    winograd(c, ROWS_BF16);
}
#else
typedef int no_winograd_of_bf16;
#endif

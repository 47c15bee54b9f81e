/* rows_conv_wide.c - dense convolution of float32 with AVX-512: as rows_conv.c, in larger tiles. */
#if defined(__AVX512F__)
/* One sum of thousands of terms would round three times as much, which networks with sharp attention enlarge to
 * 4e-4 of a map's range. */
#define WORDS_RUN 64

#define WORDS_PRODUCT "vfmadd231ps"
#include "net/plain/rows/words_conv.h"

void KERNEL(rows_conv_wide)(const rows_call *c)
{
    convolve_words(c, 1, NULL);
}
#else
typedef int no_wide_products;
#endif

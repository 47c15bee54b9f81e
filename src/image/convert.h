/* convert.h - rows of pixels from one picture format to another.
 *
 * Alpha is dropped or set to 255, never multiplied in. Colour becomes grey with the weights of ITU-R BT.601 in
 * 16-bit fixed point, rounded. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_CONVERT_H
#define INSPYR_IMAGE_CONVERT_H

#include "inspyr.h"

/* One row of n pixels. Both formats are in FORMATS_PICTURE; the rows do not overlap. */
void convert_row(unsigned char *dst, inspyr_format to, const unsigned char *src, inspyr_format from, int32_t n);

/* All rows of views of one size. */
void convert_view(const inspyr_view *dst, const inspyr_view *src);

#endif

/* png_filter.h - the rows of a PNG as its compressor gets them: bytes less their left or upper neighbour.
 *
 * Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_PNG_FILTER_H
#define INSPYR_IMAGE_PNG_FILTER_H

#include "inspyr.h"

/* Writes 1 + width * format_bytes(format) bytes of row y: the filter's number, then the pixels in PNG's order
 * of channels and bytes. Returns how many of them are zero. */
size_t png_filter(unsigned char *out, const inspyr_view *view, int32_t y);

#endif

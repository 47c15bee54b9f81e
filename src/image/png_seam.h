/* png_seam.h - where a finished deflate stream can be opened again, so that another may follow it.
 *
 * libdeflate always ends a stream: the first bit of its last block says so. Blocks do not tell their length,
 * so the codes of all of them have to be read; what they stand for does not. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_PNG_SEAM_H
#define INSPYR_IMAGE_PNG_SEAM_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct png_seam {
    uint64_t last, end; /* in bits: of the last block the first, and the one behind it */
} png_seam;

/* false: this is not a whole deflate stream, with nothing behind it but the rest of its last byte. */
bool png_seam_find(png_seam *out, const unsigned char *bytes, size_t size);

/* Opens the stream, ends it on a byte with an empty stored block, and returns its new size: up to 5 bytes
 * more. */
size_t png_seam_open(const png_seam *seam, unsigned char *bytes);

#endif

/* png_deflate.h - compressing the pieces of one deflate stream, each by itself, on any thread.
 *
 * Through libdeflate, or, in a build without it, through zlib. The bytes depend on the piece alone. Layer 2
 * (image). Threads: single. */
#ifndef INSPYR_IMAGE_PNG_DEFLATE_H
#define INSPYR_IMAGE_PNG_DEFLATE_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct png_deflater {
    const inspyr_allocator *allocator;
    int32_t compression; /* 1..9, 0: as pays off */
    void *states[2];     /* NULL before the first piece; for noisy and for plain pieces */
} png_deflater;

/* What png_deflate() may write for a piece. */
size_t png_deflate_bound(size_t size);

/* Writes a piece that ends the stream if it is the last, or else ends on a byte, for another to follow.
 * plain: most bytes are zero, which makes a thorough search cheap. */
inspyr_status png_deflate(size_t *written, png_deflater *d, unsigned char *out, const unsigned char *in,
                          size_t size, bool plain, bool last);

void png_deflate_close(png_deflater *d);

uint32_t png_crc32(uint32_t crc, const unsigned char *bytes, size_t size);
uint32_t png_adler32(const unsigned char *bytes, size_t size);

#endif

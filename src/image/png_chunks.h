/* png_chunks.h - what stands beside the pixels of a PNG file, found without decoding any.
 *
 * libpng would have to read the pixels to find an eXIf chunk behind them. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_PNG_CHUNKS_H
#define INSPYR_IMAGE_PNG_CHUNKS_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct png_chunks {
    const unsigned char *exif; /* NULL: none */
    size_t exif_size;
    bool profile; /* is there one? */
} png_chunks;

/* size: at least 8. INSPYR_ERR_LIMIT where there are far more chunks that are not pixels than any program
 * writes. Damage is left for libpng to find. */
inspyr_status png_chunks_find(png_chunks *out, const unsigned char *bytes, size_t size, inspyr_error *error);

#endif

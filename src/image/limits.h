/* limits.h - what is too large, and what size would not be.
 *
 * Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_LIMITS_H
#define INSPYR_IMAGE_LIMITS_H

#include "image/codec.h"

typedef struct limits {
    uint64_t pixels;
    int32_t side;
    bool shrink; /* what is too large is to be shrunk, where that can be done while it is read */
} limits;

/* The size to decode to: the header's, or a smaller one of its shape; INSPYR_ERR_LIMIT with a size that fits.
 */
inspyr_status limits_size(int32_t *width, int32_t *height, const codec_header *h, const limits *l,
                          inspyr_error *error);

#endif

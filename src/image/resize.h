/* resize.h - resampling a picture to the size of the network.
 *
 * Triangle filter with antialiasing when shrinking, 8 bit in and out, horizontal pass first: bit for bit what
 * Pillow's BILINEAR does, because the networks were trained on it. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_RESIZE_H
#define INSPYR_IMAGE_RESIZE_H

#include "inspyr.h"

/* What becomes of a picture's alpha. */
typedef enum resize_alpha {
    RESIZE_OVER_GREY,  /* colours are first laid over middle grey (128), so that hidden ones have no effect */
    RESIZE_OVER_WHITE, /* or over 255 */
    RESIZE_DROP_ALPHA, /* hidden colours show */
} resize_alpha;

/* dst: RGB8. src: RGBA8, RGB8, BGRA8, BGR8 or GREY8, converted on the way. Rows are spread over the pool.
 * Scratch memory from the allocator: at most what the horizontal pass of the rows in use needs. */
inspyr_status resize_picture(const inspyr_view *dst, const inspyr_view *src, resize_alpha alpha,
                             inspyr_pool *pool, const inspyr_allocator *allocator, inspyr_error *error);

#endif

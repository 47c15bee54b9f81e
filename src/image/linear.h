/* linear.h - resampling between the two nearest pixels of each axis, without averaging when shrinking.
 *
 * Bit for bit OpenCV's INTER_LINEAR of 8 bits: what transparent-background does to arrays and to backgrounds.
 * Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_LINEAR_H
#define INSPYR_IMAGE_LINEAR_H

#include "inspyr.h"

/* dst: RGB8. src: any picture format, its alpha dropped. Rows are spread over the pool.
 * Scratch memory: 12 bytes a column, and 24 bytes a column for each thread of the pool. */
inspyr_status linear_picture(const inspyr_view *dst, const inspyr_view *src, inspyr_pool *pool,
                             const inspyr_allocator *allocator, inspyr_error *error);

#endif

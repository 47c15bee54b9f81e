/* pillow.h - resampling a picture as Pillow 13 does, hidden colours included.
 *
 * The arithmetic is that of resize.h. What changed since older releases is which axis comes first where both
 * shrink, and with the bytes that are rounded in between the result, by a level here and there. Layer 2
 * (image). Threads: any. */
#ifndef INSPYR_IMAGE_PILLOW_H
#define INSPYR_IMAGE_PILLOW_H

#include "inspyr.h"

/* dst: RGB8. src: any picture format, its alpha dropped. Scratch memory: as resize_picture(), and a picture of
 * src's width and dst's height. */
inspyr_status pillow_picture(const inspyr_view *dst, const inspyr_view *src, inspyr_pool *pool,
                             const inspyr_allocator *allocator, inspyr_error *error);

#endif

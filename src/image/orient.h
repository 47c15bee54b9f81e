/* orient.h - turning and mirroring a picture as its EXIF orientation says.
 *
 * Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_ORIENT_H
#define INSPYR_IMAGE_ORIENT_H

#include <stdbool.h>

#include "inspyr.h"

/* Are width and height exchanged? */
static inline bool orient_swaps(int32_t orientation)
{
    return orientation >= 5 && orientation <= 8;
}

/* dst: of src's format, and of its size after the exchange; must not overlap it. orientation: 1..8. */
void orient_view(const inspyr_view *dst, const inspyr_view *src, int32_t orientation);

#endif

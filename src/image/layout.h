/* layout.h - where the samples of a pixel are. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_LAYOUT_H
#define INSPYR_IMAGE_LAYOUT_H

#include "inspyr.h"

/* Bytes from one pixel to the next, and where in it the samples are. alpha: -1 where there is none. */
typedef struct pixel_layout {
    int32_t step, red, green, blue, alpha;
} pixel_layout;

/* Of a picture's format (FORMATS_PICTURE). */
static inline pixel_layout pixel_layout_of(inspyr_format format)
{
    static const pixel_layout layouts[] = {
        [INSPYR_RGBA8] = { 4, 0, 1, 2, 3 },  [INSPYR_RGB8] = { 3, 0, 1, 2, -1 },
        [INSPYR_BGRA8] = { 4, 2, 1, 0, 3 },  [INSPYR_BGR8] = { 3, 2, 1, 0, -1 },
        [INSPYR_GREY8] = { 1, 0, 0, 0, -1 },
    };

    return layouts[format];
}

#endif

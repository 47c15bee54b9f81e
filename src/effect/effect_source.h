/* effect_source.h - a caller's picture as effects want it: RGBA8 of the size that is drawn.
 *
 * Layer 3 (effect). Threads: any. */
#ifndef INSPYR_EFFECT_EFFECT_SOURCE_H
#define INSPYR_EFFECT_EFFECT_SOURCE_H

#include "image/image.h"

typedef struct effect_source {
    const inspyr_view *picture,
        *alpha; /* checked; alpha may be NULL, and else takes the place of the picture's */
} effect_source;

/* Does the result have alpha? */
static inline int source_has_alpha(const effect_source *s)
{
    return s->alpha || s->picture->format == INSPYR_RGBA8 || s->picture->format == INSPYR_BGRA8;
}

/* *view: the picture itself where it is RGBA8 of that size already, else of *copy, which is to be freed.
 * Pictures are shrunk by averaging, colours weighted with alpha. */
inspyr_status source_open(inspyr_image **copy, inspyr_view *view, const effect_source *s, int32_t width,
                          int32_t height, inspyr_pool *pool, const inspyr_allocator *allocator,
                          inspyr_error *error);

#endif

/* pyramid.h - a picture and its matte at full size, half, a quarter and so on down to one pixel.
 *
 * A level is half as large as the one below it, rounded up; a pixel is the mean of the 2 x 2 pixels under it,
 * where the last column and row of an odd size are taken twice. Means keep the mixing rule: where F and B are
 * flat, mean(a F + (1 - a) B) = mean(a) F + (1 - mean(a)) B. Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_PYRAMID_H
#define INSPYR_MATTE_PYRAMID_H

#include "inspyr.h"

#define PYRAMID_LEVELS 32 /* a side is at most 2^31 - 1 */

/* Bytes that lie `step` apart in rows that lie `stride` apart. */
typedef struct sample_plane {
    const unsigned char *data;
    int64_t stride;
    int32_t step;
} sample_plane;

typedef struct pyramid_level {
    int32_t width, height;
    sample_plane colour[3]; /* red, green, blue */
    sample_plane alpha;
} pyramid_level;

typedef struct pyramid {
    pyramid_level levels[PYRAMID_LEVELS]; /* the first one looks at the views themselves */
    int32_t count;                        /* the last one is a single pixel */
    unsigned char *memory;                /* of all levels but the first, unless they lie in a room */
    size_t bytes;                         /* of these: 4/3 a pixel */
} pyramid;

/* Memory that somebody lends. */
typedef struct pyramid_room {
    unsigned char *data;
    size_t size;
} pyramid_room;

/* picture: any picture format. alpha: GREY8. Both must outlive the pyramid. room: where the levels go if they
 * fit, and then it is what is left of it. */
inspyr_status pyramid_create(pyramid *out, const inspyr_view *picture, const inspyr_view *alpha,
                             pyramid_room *room, inspyr_pool *pool, const inspyr_allocator *allocator,
                             inspyr_error *error);

void pyramid_free(pyramid *p, const inspyr_allocator *allocator);

static inline const unsigned char *plane_row(const sample_plane *plane, int32_t y)
{
    return plane->data + y * plane->stride;
}

#endif

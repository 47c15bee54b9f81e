/* rows.h - how the rows of a picture are laid out, and how they are cut into tasks.
 *
 * Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_ROWS_H
#define INSPYR_MATTE_ROWS_H

#include "inspyr.h"

/* Rows of one task: 64 KiB of RGBA at 512 pixels, and 94 tasks for a picture of 12 megapixels. */
#define STRIPE_ROWS 32

static inline int32_t stripe_count(int32_t height)
{
    return height / STRIPE_ROWS + (height % STRIPE_ROWS > 0);
}

static inline int32_t stripe_end(int32_t stripe, int32_t height)
{
    return height - stripe * STRIPE_ROWS < STRIPE_ROWS ? height : (stripe + 1) * STRIPE_ROWS;
}

/* Lanes that a job of `tasks` tasks can occupy. */
static inline int32_t lane_count(const inspyr_pool *pool, int32_t tasks)
{
    int32_t width = inspyr_pool_width(pool);

    return width < tasks ? width : tasks;
}

/* Bytes from one pixel to the next, and where in it the samples are. alpha: -1 where there is none. */
typedef struct pixel_layout {
    int32_t step, red, green, blue, alpha;
} pixel_layout;

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

/* rows.h - how the rows of a picture are cut into tasks.
 *
 * Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_ROWS_H
#define INSPYR_MATTE_ROWS_H

#include "image/layout.h"

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

#endif

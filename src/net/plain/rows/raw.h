/* raw.h - what the two forms of axial attention on reinterpreted memory share: see rows_raw.c.
 *
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_RAW_H
#define INSPYR_NET_ROWS_RAW_H

#include "net/plain/rows/vector.h"

/* Pixel `at` of a picture that is read row by row. */
static inline float *pixel_at(const rows_grid *g, int32_t at)
{
    return grid_row(g, at / g->width) + (size_t)(at % g->width) * (size_t)g->pixel;
}

/* Where some pixels that follow each other are: divisions take longer than what is done with a pixel. */
typedef struct raw_pixels {
    float *out[12];
    const float *t[12];
    int32_t count;
} raw_pixels;

static inline raw_pixels pixels_from(const raw_axial *a, int32_t line, int32_t first, int32_t most)
{
    int32_t at = line * a->length + first, y = at / a->out.width, x = at % a->out.width;
    raw_pixels p = { .count = a->length - first < most ? a->length - first : most };

    for (int32_t i = 0; i < p.count; i++) {
        p.out[i] = grid_row(&a->out, y) + (size_t)x * (size_t)a->out.pixel;
        p.t[i] = grid_row(&a->t, y) + (size_t)x * (size_t)a->t.pixel;
        if (++x == a->out.width) {
            x = 0;
            y++;
        }
    }
    return p;
}

/* LANES channels of the result of one of them. */
INLINE void put_value(const raw_axial *a, const raw_pixels *p, int i, int32_t channel, vec sum)
{
    vec before = a->add ? load_channels(p->out[i], channel, a->out.type)
                        : load_channels(p->t[i], a->t_first + channel, a->t.type) * 2.0f;

    store_channels(p->out[i], channel, a->out.type, sum * a->gamma + before);
}

#endif

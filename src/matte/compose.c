#include "base/pool.h"
#include "image/image.h"
#include "matte/matte.h"
#include "matte/rows.h"

typedef struct compose_job {
    const inspyr_view *dst, *src, *alpha;
    uint32_t colour;
} compose_job;

static void rgba_stripe(void *user, int32_t stripe, int32_t lane)
{
    const compose_job *job = user;
    pixel_layout layout = pixel_layout_of(job->src->format);

    (void)lane;
    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->dst->height); y++) {
        const unsigned char *in = view_row(job->src, y), *a = view_row(job->alpha, y);
        unsigned char *out = view_row(job->dst, y);

        for (int32_t x = 0; x < job->dst->width; x++, in += layout.step, out += 4) {
            out[0] = in[layout.red];
            out[1] = in[layout.green];
            out[2] = in[layout.blue];
            out[3] = a[x];
        }
    }
}

void matte_rgba(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha, inspyr_pool *pool)
{
    compose_job job = { dst, picture, alpha, 0 };

    pool_run(pool, stripe_count(dst->height), rgba_stripe, &job);
}

/* (a * colour + (255 - a) * under) / 255, rounded: exact for all bytes. */
static inline unsigned char over(unsigned colour, unsigned under, unsigned a)
{
    unsigned v = a * colour + (255 - a) * under + 128;

    return (unsigned char)((v + (v >> 8)) >> 8);
}

static void over_stripe(void *user, int32_t stripe, int32_t lane)
{
    const compose_job *job = user;
    unsigned red = job->colour >> 16 & 255, green = job->colour >> 8 & 255, blue = job->colour & 255;

    (void)lane;
    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->dst->height); y++) {
        const unsigned char *in = view_row(job->src, y);
        unsigned char *out = view_row(job->dst, y);

        for (int32_t x = 0; x < job->dst->width; x++, in += 4, out += 3) {
            out[0] = over(in[0], red, in[3]);
            out[1] = over(in[1], green, in[3]);
            out[2] = over(in[2], blue, in[3]);
        }
    }
}

void matte_over_colour(const inspyr_view *dst, const inspyr_view *src, uint32_t colour, inspyr_pool *pool)
{
    compose_job job = { dst, src, NULL, colour };

    pool_run(pool, stripe_count(dst->height), over_stripe, &job);
}

/* Cuts [start, start + length) with a margin down to [0, size). */
static void widen(int32_t *start, int32_t *length, int32_t margin, int32_t size)
{
    int64_t low = (int64_t)*start - margin, high = (int64_t)*start + *length + margin;

    low = low > 0 ? low : 0;
    high = high < size ? high : size;
    *start = (int32_t)low;
    *length = (int32_t)(high - low);
}

inspyr_view matte_crop(const inspyr_view *view, const matte_subject *subject, int32_t margin)
{
    inspyr_view part = *view;
    int32_t x = subject->x, y = subject->y;

    if (subject->none)
        return part;
    part.width = subject->width;
    part.height = subject->height;
    margin = margin > 0 ? margin : 0;
    widen(&x, &part.width, margin, view->width);
    widen(&y, &part.height, margin, view->height);
    part.data = view_row(view, y) + (size_t)x * format_bytes(view->format);
    return part;
}

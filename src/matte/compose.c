#include "base/pool.h"
#include "image/image.h"
#include "matte/matte.h"
#include "matte/rows.h"

typedef struct compose_job {
    const inspyr_view *dst, *src, *alpha;
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
    compose_job job = { dst, picture, alpha };

    pool_run(pool, stripe_count(dst->height), rgba_stripe, &job);
}

typedef struct alpha_job {
    const inspyr_view *view, *picture;
    unsigned char hard[256];
    bool reversed;
} alpha_job;

static unsigned own_alpha(const unsigned char *row, pixel_layout layout, int32_t x)
{
    return layout.alpha < 0 ? 255 : row[(size_t)x * (size_t)layout.step + (size_t)layout.alpha];
}

static void reverse_stripe(void *user, int32_t stripe, int32_t lane)
{
    const alpha_job *job = user;
    pixel_layout layout = pixel_layout_of(job->picture->format);

    (void)lane;
    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->view->height); y++) {
        const unsigned char *picture = view_row(job->picture, y);
        unsigned char *a = view_row(job->view, y);

        for (int32_t x = 0; x < job->view->width; x++)
            a[x] = (unsigned char)(own_alpha(picture, layout, x) - a[x]);
    }
}

void matte_reverse(const inspyr_view *alpha, const inspyr_view *picture, inspyr_pool *pool)
{
    alpha_job job = { .view = alpha, .picture = picture };

    pool_run(pool, stripe_count(alpha->height), reverse_stripe, &job);
}

static void harden_stripe(void *user, int32_t stripe, int32_t lane)
{
    const alpha_job *job = user;
    pixel_layout layout = pixel_layout_of(job->picture->format);
    int32_t step = job->view->format == INSPYR_RGBA8 ? 4 : 1;

    (void)lane;
    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->view->height); y++) {
        const unsigned char *picture = view_row(job->picture, y);
        unsigned char *a = view_row(job->view, y) + step - 1;

        for (int32_t x = 0; x < job->view->width; x++, a += step) {
            unsigned own = own_alpha(picture, layout, x), under = own > *a ? own - *a : 0;

            *a = job->reversed ? (unsigned char)(job->hard[own] - job->hard[under]) : job->hard[*a];
        }
    }
}

void matte_harden(const inspyr_view *view, const inspyr_view *picture, float threshold, bool reversed,
                  inspyr_pool *pool)
{
    alpha_job job = { .view = view, .picture = picture, .reversed = reversed };

    for (int32_t i = 0; i < 256; i++)
        job.hard[i] = (float)i > threshold * 255.0f ? 255 : 0;
    pool_run(pool, stripe_count(view->height), harden_stripe, &job);
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

#include "base/pool.h"
#include "image/image.h"
#include "image/resize.h"
#include "matte/matte.h"
#include "matte/rows.h"

typedef struct ground_job {
    const inspyr_view *dst, *src;
    unsigned char colour[3];
    const light *l;
    bool painted; /* dst holds the background */
} ground_job;

static void ground_stripe(void *user, int32_t stripe, int32_t lane)
{
    const ground_job *job = user;

    (void)lane;
    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->dst->height); y++) {
        const unsigned char *in = view_row(job->src, y);
        unsigned char *out = view_row(job->dst, y);

        for (int32_t x = 0; x < job->dst->width; x++, in += 4, out += 3) {
            const unsigned char *under = job->painted ? out : job->colour;

            out[0] = light_mix(job->l, in[0], under[0], in[3]);
            out[1] = light_mix(job->l, in[1], under[1], in[3]);
            out[2] = light_mix(job->l, in[2], under[2], in[3]);
        }
    }
}

void matte_over_colour(const inspyr_view *dst, const inspyr_view *src, uint32_t colour, const light *l,
                       inspyr_pool *pool)
{
    ground_job job = { dst,
                       src,
                       { (unsigned char)(colour >> 16), (unsigned char)(colour >> 8), (unsigned char)colour },
                       l,
                       false };

    pool_run(pool, stripe_count(dst->height), ground_stripe, &job);
}

/* The middle of a view, as large as fits, in the proportions of width x height. */
static inspyr_view middle_of(const inspyr_view *view, int32_t width, int32_t height)
{
    inspyr_view part = *view;
    int64_t across = (int64_t)view->width * height, down = (int64_t)view->height * width;

    if (across > down)
        part.width = (int32_t)((down + height / 2) / height);
    else
        part.height = (int32_t)((across + width / 2) / width);
    part.width = part.width < 1 ? 1 : part.width;
    part.height = part.height < 1 ? 1 : part.height;
    part.data = view_row(view, (view->height - part.height) / 2) +
                (size_t)((view->width - part.width) / 2) * format_bytes(view->format);
    return part;
}

inspyr_status matte_over_picture(const inspyr_view *dst, const inspyr_view *src, const inspyr_view *background,
                                 const light *l, inspyr_pool *pool, const inspyr_allocator *allocator,
                                 inspyr_error *error)
{
    ground_job job = { dst, src, { 0 }, l, true };
    inspyr_view part = middle_of(background, dst->width, dst->height);
    inspyr_status status = resize_picture(dst, &part, RESIZE_OVER_WHITE, pool, allocator, error);

    if (!status)
        pool_run(pool, stripe_count(dst->height), ground_stripe, &job);
    return status;
}

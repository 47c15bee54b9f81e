#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "matte/matte.h"
#include "matte/rows.h"

/* The subject's colour on top of it, at most this much of 255: faces and texture stay what they are. */
#define STRENGTH 97
/* The line is drawn twice, bright inside and dark outside, so that it shows before any background. */
#define DARKNESS 150
static const unsigned char tint[3] = { 120, 255, 155 };

/* One pixel of line for each side of 800 pixels, so that it shows when the picture is fitted to a screen. */
#define LINE_SIDE 800
#define LINE_MOST 8

typedef struct overlay_job {
    const inspyr_view *dst, *picture, *alpha;
    const light *l;
    int32_t line;
    size_t pitch;         /* of a row with its margins */
    unsigned char *lanes; /* of each lane: the rows below */
} overlay_job;

/* Of a lane: for each row of a stripe and of the lines' width around it, bits of what is near in that row; then
 * a row of them for all rows around one; then a row with margins. */
enum { INSIDE_NEAR = 1, OUTSIDE_NEAR = 2 };

static int32_t held_rows(const overlay_job *job)
{
    return STRIPE_ROWS + 2 * job->line;
}

static void look_around(const overlay_job *job, unsigned char *out, unsigned char *row, int32_t y)
{
    const unsigned char *a = view_row(job->alpha, y);
    size_t width = (size_t)job->alpha->width, line = (size_t)job->line;

    memset(row, 0, job->pitch); /* neither, beyond the picture */
    for (size_t x = 0; x < width; x++)
        row[x + line] = a[x] >= 128 ? INSIDE_NEAR : OUTSIDE_NEAR;
    memset(out, 0, width);
    for (size_t k = 0; k <= 2 * line; k++)
        for (size_t x = 0; x < width; x++)
            out[x] |= row[x + k];
}

static void draw_row(const overlay_job *job, const unsigned char *near, int32_t y)
{
    pixel_layout layout = pixel_layout_of(job->picture->format);
    const unsigned char *in = view_row(job->picture, y), *a = view_row(job->alpha, y);
    unsigned char *out = view_row(job->dst, y);

    for (int32_t x = 0; x < job->dst->width; x++, in += layout.step, out += 3) {
        unsigned own = layout.alpha < 0 ? 255 : in[layout.alpha];
        unsigned char u[3] = { in[layout.red], in[layout.green], in[layout.blue] };
        bool line = near[x] == (INSIDE_NEAR | OUTSIDE_NEAR);

        for (int32_t c = 0; c < 3; c++) {
            unsigned char seen = own == 255 ? u[c] : light_mix(job->l, u[c], 255, own);

            if (line && a[x] >= 128)
                out[c] = tint[c];
            else if (line)
                out[c] = light_mix(NULL, 0, seen, DARKNESS);
            else
                out[c] = light_mix(job->l, tint[c], seen, (a[x] * STRENGTH + 127u) / 255u);
        }
    }
}

static void overlay_stripe(void *user, int32_t stripe, int32_t lane)
{
    const overlay_job *job = user;
    int32_t first = stripe * STRIPE_ROWS, end = stripe_end(stripe, job->dst->height), last = job->dst->height;
    unsigned char *rows = job->lanes + (size_t)lane * (size_t)(held_rows(job) + 2) * job->pitch;
    unsigned char *near = rows + (size_t)held_rows(job) * job->pitch;

    for (int32_t y = first - job->line; y < end + job->line; y++)
        if (y >= 0 && y < last)
            look_around(job, rows + (size_t)(y - first + job->line) * job->pitch, near + job->pitch, y);
    for (int32_t y = first; y < end; y++) {
        memset(near, 0, job->pitch);
        for (int32_t k = y - job->line; k <= y + job->line; k++)
            for (int32_t x = 0; k >= 0 && k < last && x < job->dst->width; x++)
                near[x] |= rows[(size_t)(k - first + job->line) * job->pitch + (size_t)x];
        draw_row(job, near, y);
    }
}

inspyr_status matte_overlay(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha,
                            const light *l, inspyr_pool *pool, const inspyr_allocator *allocator,
                            inspyr_error *error)
{
    overlay_job job = { dst, picture, alpha, l, 1, 0, NULL };
    int32_t side = dst->width < dst->height ? dst->width : dst->height;
    size_t lanes = (size_t)lane_count(pool, stripe_count(dst->height));

    job.line += side / LINE_SIDE;
    job.line = job.line < LINE_MOST ? job.line : LINE_MOST;
    job.pitch = (size_t)dst->width + 2 * (size_t)job.line;
    job.lanes = memory_array(allocator, lanes * (size_t)(held_rows(&job) + 2), job.pitch);
    if (!job.lanes)
        return failed(error, INSPYR_ERR_MEMORY, "no room for rows of %d pixels", (int)dst->width);
    pool_run(pool, stripe_count(dst->height), overlay_stripe, &job);
    memory_give(allocator, job.lanes);
    return INSPYR_OK;
}

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "image/linear.h"
#include "matte/compat.h"
#include "matte/rows.h"

/* The package's green: of the type `green`, and of overlays. */
static const unsigned char tint[3] = { 120, 255, 155 };

typedef struct render_job {
    const inspyr_view *dst, *picture;
    const compat_map *map;
    bool hard;
    float *lanes;         /* a row of the map */
    unsigned char *edges; /* of each lane, for overlays: rows of 0 and 1 around a stripe, and a row of edges */
    size_t pitch;         /* of a lane's edges */
} render_job;

static unsigned char cut(double v)
{
    return (unsigned char)(int32_t)v;
}

/* Without a threshold the map is float32 and so is its product with bytes, while colours are whole numbers,
 * whose product with the map is float64. With one, all is float64. */
static unsigned char over_number(unsigned u, unsigned ground, float a, bool hard)
{
    double rest = (double)(1.0f - a) * ground;

    return cut(hard ? (double)u * (double)a + rest : (double)((float)u * a) + rest);
}

static unsigned char over_byte(unsigned u, unsigned ground, float a, bool hard)
{
    if (hard)
        return cut((double)u * (double)a + ground * (1.0 - (double)a));
    return cut((double)((float)u * a + (float)ground * (1.0f - a)));
}

static unsigned char tinted(unsigned u, unsigned colour, float a)
{
    return cut((double)((colour + u) / 2) * (double)a + (double)((float)u * (1.0f - a)));
}

/* dst: RGB8, or RGBA8 whose colours stay where they were made before. */
static void mix_row(const render_job *job, const float *a, int32_t y)
{
    const matte_look *look = job->map->look;
    pixel_layout layout = pixel_layout_of(job->picture->format);
    const unsigned char *in = view_row(job->picture, y);
    unsigned char *out = view_row(job->dst, y);
    unsigned ground[3] = { look->colour >> 16 & 255, look->colour >> 8 & 255, look->colour & 255 };
    bool made = look->output == INSPYR_OUTPUT_RGBA && compat_estimates(look);

    for (int32_t x = 0; x < job->dst->width; x++, in += layout.step) {
        unsigned u[3] = { in[layout.red], in[layout.green], in[layout.blue] };

        for (int32_t c = 0; c < 3; c++)
            if (look->output == INSPYR_OUTPUT_COLOUR)
                out[c] = over_number(u[c], ground[c], a[x], job->hard);
            else if (look->output == INSPYR_OUTPUT_OVERLAY)
                out[c] = tinted(u[c], tint[c], a[x]);
            else if (look->output != INSPYR_OUTPUT_RGBA)
                out[c] = over_byte(u[c], out[c], a[x], job->hard);
            else if (!made)
                out[c] = (unsigned char)u[c];
        if (look->output == INSPYR_OUTPUT_RGBA)
            out[3] = cut((double)(a[x] * 255.0f));
        out += look->output == INSPYR_OUTPUT_RGBA ? 4 : 3;
    }
}

/* Row y of the picture of 0 and 1, which starts two rows above the stripe. */
static unsigned char *binary_row(const render_job *job, int32_t lane, int32_t stripe, int32_t y)
{
    int32_t last = job->dst->height - 1;

    y = y < 0 ? 0 : y > last ? last : y;
    return job->edges + (size_t)lane * job->pitch +
           (size_t)(y - stripe * STRIPE_ROWS + 2) * (size_t)job->dst->width;
}

static void draw_edges(const render_job *job, float *a, int32_t stripe, int32_t lane)
{
    int32_t first = stripe * STRIPE_ROWS, end = stripe_end(stripe, job->dst->height), width = job->dst->width;
    unsigned char *edge = job->edges + (size_t)lane * job->pitch + (size_t)(STRIPE_ROWS + 4) * (size_t)width;

    for (int32_t y = first - 2; y < end + 2; y++) {
        unsigned char *row = binary_row(job, lane, stripe, y);

        if (y < 0 || y >= job->dst->height)
            continue;
        compat_map_row(job->map, a, y);
        for (int32_t x = 0; x < width; x++)
            row[x] = a[x] > 0.5f;
    }
    for (int32_t y = first; y < end; y++) {
        const unsigned char *rows[5];
        unsigned char *out = view_row(job->dst, y);

        for (int32_t k = 0; k < 5; k++)
            rows[k] = binary_row(job, lane, stripe, y + k - 2);
        compat_edge_row(edge, rows, y > 0, y < job->dst->height - 1, width);
        for (int32_t x = 0; x < width; x++)
            if (edge[x])
                memcpy(out + 3 * x, tint, 3);
    }
}

static void render_stripe(void *user, int32_t stripe, int32_t lane)
{
    const render_job *job = user;
    float *a = job->lanes + (size_t)lane * (size_t)job->dst->width;

    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->dst->height); y++) {
        compat_map_row(job->map, a, y);
        mix_row(job, a, y);
    }
    if (job->map->look->output == INSPYR_OUTPUT_OVERLAY)
        draw_edges(job, a, stripe, lane);
}

/* What has to be there before rows are mixed: a background, or the subject's colours. */
static inspyr_status lay_ground(const render_job *job, inspyr_pool *pool, const inspyr_allocator *allocator,
                                inspyr_error *error)
{
    const matte_look *look = job->map->look;

    switch (look->output) {
    case INSPYR_OUTPUT_BLUR:
        return compat_blur(job->dst, job->picture, pool, allocator, error);
    case INSPYR_OUTPUT_PICTURE:
        return linear_picture(job->dst, look->background, pool, allocator, error);
    case INSPYR_OUTPUT_RGBA:
        return compat_estimates(look) ? compat_colours(job->dst, job->picture, job->map, allocator, error)
                                      : INSPYR_OK;
    default:
        return INSPYR_OK;
    }
}

inspyr_status compat_render(const inspyr_view *dst, const inspyr_view *picture, const compat_map *map,
                            inspyr_pool *pool, const inspyr_allocator *allocator, inspyr_error *error)
{
    render_job job = { .dst = dst, .picture = picture, .map = map };
    size_t lanes = (size_t)lane_count(pool, stripe_count(dst->height));
    inspyr_status status;

    if (map->look->output == INSPYR_OUTPUT_MAP)
        return compat_alpha(dst, map, pool, allocator, error);
    status = lay_ground(&job, pool, allocator, error);
    if (status)
        return status;
    job.hard = (map->look->flags & INSPYR_CUTOUT_THRESHOLD) != 0;
    job.lanes = memory_array(allocator, lanes * (size_t)dst->width, sizeof *job.lanes);
    if (map->look->output == INSPYR_OUTPUT_OVERLAY) {
        job.pitch = (size_t)(STRIPE_ROWS + 5) * (size_t)dst->width;
        job.edges = memory_array(allocator, lanes, job.pitch);
    }
    if (job.lanes && (job.edges || !job.pitch))
        pool_run(pool, stripe_count(dst->height), render_stripe, &job);
    else
        status = failed(error, INSPYR_ERR_MEMORY, "no room for rows of %d pixels", (int)dst->width);
    memory_give(allocator, job.edges);
    memory_give(allocator, job.lanes);
    return status;
}

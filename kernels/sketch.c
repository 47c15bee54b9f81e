/* sketch.c - a pencil drawing: lines where the picture is darker than its surroundings, and strokes of shade.
 *
 * Step 0 blurs along the rows, step 1 along the columns and draws. */
#include <string.h>

#include "kernels/bands.h"
#include "kernels/effect_kernels.h"
#include "kernels/sketch.h"

typedef struct sketch_state {
    uint32_t taps[SKETCH_REACH + 1];
    unsigned char padding[60]; /* rows begin at a cache line */
    uint16_t rows[];           /* blurred along the rows, in units of 1/256 level */
} sketch_state;

static size_t state_bytes(const effect_job *job)
{
    size_t rows = grid_bytes(job->width, job->height, sizeof(uint16_t));

    return rows > SIZE_MAX - sizeof(sketch_state) ? SIZE_MAX : rows + sizeof(sketch_state);
}

/* A row of sums, and one of luminances with a margin at both ends. */
static size_t lane_bytes(const effect_job *job)
{
    return (size_t)job->width * (sizeof(uint32_t) + 1) + 2 * SKETCH_REACH;
}

static void prepare(const effect_job *job)
{
    sketch_state *state = job->state;

    sketch_taps(state->taps, (int32_t)job->values[SKETCH_RADIUS]);
}

static void blur_row(uint16_t *restrict out, uint32_t *restrict sums, const unsigned char *restrict row,
                     const uint32_t *taps, int32_t radius, int32_t n)
{
    for (int32_t x = 0; x < n; x++)
        sums[x] = taps[0] * row[x];
    for (int32_t k = 1; k <= radius; k++)
        for (int32_t x = 0; x < n; x++)
            sums[x] += taps[k] * ((uint32_t)row[x - k] + row[x + k]);
    for (int32_t x = 0; x < n; x++)
        out[x] = sketch_across(sums[x]);
}

static void blur_rows(const effect_job *job, int32_t band, void *scratch)
{
    sketch_state *state = job->state;
    int32_t radius = (int32_t)job->values[SKETCH_RADIUS], width = job->width;
    uint32_t *sums = scratch;
    unsigned char *row = (unsigned char *)(sums + width) + SKETCH_REACH;

    for (int32_t y = band_first(job, band); y < band_end(job, band); y++) {
        const unsigned char *src = job_src(job, y);

        for (int32_t x = 0; x < width; x++)
            row[x] = luminance(src + 4 * (size_t)x);
        memset(row - radius, row[0], (size_t)radius);
        memset(row + width, row[width - 1], (size_t)radius);
        blur_row(state->rows + (size_t)y * (size_t)width, sums, row, state->taps, radius, width);
    }
}

static const uint16_t *blurred_row(const effect_job *job, int32_t y)
{
    const sketch_state *state = job->state;

    return state->rows + (size_t)px_within(y, job->height) * (size_t)job->width;
}

static void add_rows(uint32_t *restrict sums, const uint16_t *restrict above, const uint16_t *restrict below,
                     uint32_t tap, int32_t n)
{
    for (int32_t x = 0; x < n; x++)
        sums[x] += tap * ((uint32_t)above[x] + below[x]);
}

static void blur_columns(uint32_t *restrict sums, const effect_job *job, int32_t y)
{
    const sketch_state *state = job->state;
    const uint16_t *own = blurred_row(job, y);

    for (int32_t x = 0; x < job->width; x++)
        sums[x] = state->taps[0] * own[x];
    for (int32_t k = 1; k <= (int32_t)job->values[SKETCH_RADIUS]; k++)
        add_rows(sums, blurred_row(job, y - k), blurred_row(job, y + k), state->taps[k], job->width);
}

static void draw_row(unsigned char *restrict dst, const unsigned char *restrict src,
                     const uint32_t *restrict sums, const effect_job *job, uint32_t y)
{
    float strength = job->values[SKETCH_STRENGTH], shading = job->values[SKETCH_SHADING];
    uint32_t seed = noise_seed(job->seed);

    for (int32_t x = 0; x < job->width; x++) {
        unsigned char grey = sketch_pencil((float)luminance(src + 4 * (size_t)x), sketch_around(sums[x]),
                                           sketch_stroke((uint32_t)x, y, seed), strength, shading);

        dst[4 * (size_t)x] = dst[4 * (size_t)x + 1] = dst[4 * (size_t)x + 2] = grey;
        dst[4 * (size_t)x + 3] = src[4 * (size_t)x + 3];
    }
}

static void run(const effect_job *job, int32_t step, int32_t band, void *scratch)
{
    if (step == 0) {
        blur_rows(job, band, scratch);
        return;
    }
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++) {
        blur_columns(scratch, job, y);
        draw_row(job_dst(job, y), job_src(job, y), scratch, job, (uint32_t)y);
    }
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    return step < 2 ? band_count(job) : 0;
}

const effect_steps KERNEL(sketch_steps) = { state_bytes, lane_bytes, prepare, pieces, run };

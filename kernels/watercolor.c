/* watercolor.c - washes that run into each other, dark where they dry last, on rough paper.
 *
 * Step 0 takes the mean and the variance of the square that begins at every pixel. Step 1 blends the four
 * squares that meet at a pixel, the calm ones most (a smooth Kuwahara filter: it flattens areas and keeps
 * edges), and lays pigment: a density d turns a colour C of 0..1 into C - (C - C^2)(d - 1), as Bousseau et al.
 * have it (Interactive watercolor rendering with temporal coherence and abstraction, 2006, equation 1). */
#include "kernels/watercolor.h"
#include "kernels/effect_kernels.h"

static size_t state_bytes(const effect_job *job)
{
    return grid_bytes(job->width, job->height, sizeof(wash_square));
}

static size_t lane_bytes(const effect_job *job)
{
    return ((size_t)job->width + WASH_BRUSH_MAX + 1) * sizeof(wash_sums);
}

/* Rows below the picture are its last one. */
static void add_row(wash_sums *sums, const effect_job *job, int32_t y, uint32_t sign)
{
    const unsigned char *src = job_src(job, px_within(y, job->height));

    for (int32_t x = 0; x < job->width; x++, src += 4) {
        uint32_t light = luminance(src);

        for (int c = 0; c < 3; c++)
            sums[x].colour[c] += sign * src[c];
        sums[x].light += sign * light;
        sums[x].light2 += sign * light * light;
    }
}

static void add_column(wash_sums *sum, const wash_sums *column, uint32_t sign)
{
    for (int c = 0; c < 3; c++)
        sum->colour[c] += sign * column->colour[c];
    sum->light += sign * column->light;
    sum->light2 += sign * column->light2;
}

static void find_squares(const effect_job *job, int32_t band, wash_sums *sums)
{
    wash_square *out = job->state;
    int32_t side = (int32_t)job->values[WASH_BRUSH] + 1, width = job->width;
    float share = wash_share(side - 1);

    memset(sums, 0, (size_t)width * sizeof *sums);
    for (int32_t i = 0; i < side - 1; i++)
        add_row(sums, job, band_first(job, band) + i, 1);
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++) {
        wash_square *row = out + (size_t)y * (size_t)width;
        wash_sums sum = { 0 };

        add_row(sums, job, y + side - 1, 1);
        for (int32_t i = 0; i < side; i++) /* columns beside the picture are its last one */
            sums[width + i] = sums[width - 1];
        for (int32_t i = 0; i < side - 1; i++)
            add_column(&sum, &sums[i], 1);
        for (int32_t x = 0; x < width; x++) {
            add_column(&sum, &sums[x + side - 1], 1);
            row[x] = wash_square_of(&sum, share);
            add_column(&sum, &sums[x], (uint32_t)-1);
        }
        add_row(sums, job, y, (uint32_t)-1);
    }
}

static void paint_row(const effect_job *job, const wash_look *k, int32_t y)
{
    const unsigned char *src = job_src(job, y);
    unsigned char *dst = job_dst(job, y);

    for (int32_t x = 0; x < job->width; x++, src += 4, dst += 4) {
        wash_paint(dst, k, job->state, x, y);
        dst[3] = src[3];
    }
}

static void run(const effect_job *job, int32_t step, int32_t band, void *scratch)
{
    wash_look k = wash_look_of(job->values, job->width, job->height, job->seed);

    if (step == 0) {
        find_squares(job, band, scratch);
        return;
    }
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++)
        paint_row(job, &k, y);
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    return step < 2 ? band_count(job) : 0;
}

const effect_steps KERNEL(watercolor_steps) = { state_bytes, lane_bytes, NULL, pieces, run };

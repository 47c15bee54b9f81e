#include <math.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "matte/matte.h"
#include "matte/rows.h"

/* A Gaussian of cells of 2^k x 2^k pixels, of 2 to 4 cells' width (1 to 4 for narrow ones), between which the
 * result is interpolated: the cost does not grow with sigma, and neither do the taps. */
#define RADIUS_MOST 12

/* Cells are summed and interpolated, which blurs by itself: variances of a box and a triangle, in cells. */
#define OWN_VARIANCE (1.0 / 12 + 1.0 / 6)

/* Four numbers a cell: red, green and blue of the background times its share of the pixel, and the share. A sum
 * of them divides out what the subject covers, so its colours never reach the background. */
#define NUMBERS 4

typedef struct blur_job {
    const inspyr_view *dst, *picture, *alpha, *rgba;
    const light *l;
    int32_t shift;        /* cells are 2^shift pixels wide and high */
    int32_t across, down; /* cells */
    int32_t radius;       /* taps on each side of the middle */
    float taps[RADIUS_MOST + 1];
    float *cells;
    size_t pitch; /* numbers of a lane's row, with margins */
    float *lanes; /* of each lane: three rows */
} blur_job;

static float *lane_row(const blur_job *job, int32_t lane, int32_t row)
{
    return job->lanes + ((size_t)lane * 3 + (size_t)row) * job->pitch;
}

static void choose_cells(blur_job *job, float sigma)
{
    double width = (double)sigma, sum = 0;

    while (sigma >= (float)(4 << job->shift) || (sigma >= 2 && job->shift == 0))
        job->shift++;
    width /= 1 << job->shift;
    width = job->shift ? sqrt(width * width - OWN_VARIANCE) : width;
    job->radius = (int32_t)ceil(3 * width);
    job->radius = job->radius < RADIUS_MOST ? job->radius : RADIUS_MOST;
    for (int32_t k = 0; k <= job->radius; k++) {
        double tap = exp(-k * k / (2 * width * width));

        job->taps[k] = (float)tap;
        sum += k ? 2 * tap : tap;
    }
    for (int32_t k = 0; k <= job->radius; k++)
        job->taps[k] = (float)((double)job->taps[k] / sum);
}

static inline float value_of(const light *l, int32_t level)
{
    return l ? (float)l->linear[level] : (float)level;
}

/* The background's part of a mixture of a of 255 of `front` and the rest background. */
static inline int32_t without(int32_t mixed, int32_t front, int32_t a)
{
    int32_t v = (255 * mixed - a * front) / (255 - a);

    return v < 0 ? 0 : v > 255 ? 255 : v;
}

static void add_row(const blur_job *job, float *cells, int32_t y)
{
    pixel_layout layout = pixel_layout_of(job->picture->format);
    const unsigned char *in = view_row(job->picture, y), *a = view_row(job->alpha, y);
    const unsigned char *front = view_row(job->rgba, y);

    for (int32_t x = 0; x < job->dst->width; x++, in += layout.step, front += 4) {
        int32_t own = layout.alpha < 0 ? 255 : in[layout.alpha];
        int32_t u[3] = { in[layout.red], in[layout.green], in[layout.blue] };
        float *cell = cells + (size_t)(x >> job->shift) * NUMBERS;
        float share = (float)(own - a[x]);

        if (own <= a[x])
            continue;
        for (int32_t c = 0; c < 3; c++)
            cell[c] += share * value_of(job->l, a[x] ? without(u[c], front[c], a[x]) : u[c]);
        cell[NUMBERS - 1] += share;
    }
}

/* Rows of pixels into a row of cells, and that through the horizontal half of the Gaussian. Nothing lies beyond
 * the picture: it has no share. */
static void cell_row(void *user, int32_t task, int32_t lane)
{
    const blur_job *job = user;
    float *sums = lane_row(job, lane, 0), *middle = sums + RADIUS_MOST * NUMBERS;
    int64_t end = ((int64_t)task + 1) << job->shift;
    size_t numbers = (size_t)job->across * NUMBERS;
    float *out = job->cells + (size_t)task * numbers;

    memset(sums, 0, job->pitch * sizeof *sums);
    for (int64_t y = (int64_t)task << job->shift; y < end && y < job->dst->height; y++)
        add_row(job, middle, (int32_t)y);
    for (size_t i = 0; i < numbers; i++)
        out[i] = job->taps[0] * middle[i];
    for (int32_t k = 1; k <= job->radius; k++) {
        const float *left = middle - k * NUMBERS, *right = middle + k * NUMBERS;

        for (size_t i = 0; i < numbers; i++)
            out[i] += job->taps[k] * (left[i] + right[i]);
    }
}

/* The vertical half, for one row of cells. */
static void lower_row(const blur_job *job, float *out, int32_t row)
{
    size_t numbers = (size_t)job->across * NUMBERS;

    memset(out, 0, numbers * sizeof *out);
    for (int32_t k = -job->radius; k <= job->radius; k++) {
        const float *in;

        if (row + k < 0 || row + k >= job->down)
            continue;
        in = job->cells + (size_t)(row + k) * numbers;
        for (size_t i = 0; i < numbers; i++)
            out[i] += job->taps[k < 0 ? -k : k] * in[i];
    }
}

/* Between which cells a pixel's centre lies, and how far from the first. */
static inline int32_t cell_of(int32_t x, int32_t shift, int32_t cells, float *far)
{
    int64_t halves = 2 * (int64_t)x + 1 - (1 << shift), cell = halves >> (shift + 1);

    *far = (float)(halves & ((2 << shift) - 1)) / (float)(2 << shift);
    if (halves < 0 || cell >= cells - 1) {
        *far = 0;
        return halves < 0 ? 0 : cells - 1;
    }
    return (int32_t)cell;
}

static inline unsigned char over_background(const light *l, float front, float behind, float a)
{
    float v = (a * front + (255.0f - a) * behind) / 255.0f + 0.5f;

    return l ? l->nearest[(int32_t)v] : (unsigned char)(int32_t)v;
}

static void mix_row(const blur_job *job, const float *cells, int32_t y)
{
    const unsigned char *in = view_row(job->rgba, y);
    unsigned char *out = view_row(job->dst, y);
    pixel_layout layout = pixel_layout_of(job->picture->format);
    const unsigned char *own = view_row(job->picture, y) + (layout.alpha < 0 ? 0 : layout.alpha);
    const float white = job->l ? LIGHT_MOST : 255;

    for (int32_t x = 0; x < job->dst->width; x++, in += 4, out += 3, own += layout.step) {
        float far, behind[NUMBERS], a = in[3], there = layout.alpha < 0 ? 255 : *own;
        int32_t cell = cell_of(x, job->shift, job->across, &far);
        const float *left = cells + (size_t)cell * NUMBERS, *right = far > 0 ? left + NUMBERS : left;

        if (in[3] == 255) {
            memcpy(out, in, 3);
            continue;
        }
        for (int32_t c = 0; c < NUMBERS; c++)
            behind[c] = left[c] + (right[c] - left[c]) * far;
        for (int32_t c = 0; c < 3; c++) {
            float v = behind[3] > 0 ? behind[c] / behind[3] : white;

            /* However little is near, it has the whole colour; white shows where the picture is not there. */
            v = v < white ? v : white;
            if (there < 255)
                v = there > a ? white + (v - white) * (there - a) / (255 - a) : white;
            out[c] = over_background(job->l, value_of(job->l, in[c]), v, a);
        }
    }
}

static void mix_stripe(void *user, int32_t stripe, int32_t lane)
{
    const blur_job *job = user;
    int32_t held[2] = { -1, -1 };
    float *now = lane_row(job, lane, 2);

    for (int32_t y = stripe * STRIPE_ROWS; y < stripe_end(stripe, job->dst->height); y++) {
        float far;
        int32_t row = cell_of(y, job->shift, job->down, &far);
        const float *above = lane_row(job, lane, row & 1), *below = lane_row(job, lane, ~row & 1);

        for (int32_t k = row; k <= row + (far > 0); k++)
            if (held[k & 1] != k) {
                lower_row(job, lane_row(job, lane, k & 1), k);
                held[k & 1] = k;
            }
        for (size_t i = 0; i < (size_t)job->across * NUMBERS; i++)
            now[i] = far > 0 ? above[i] + (below[i] - above[i]) * far : above[i];
        mix_row(job, now, y);
    }
}

inspyr_status matte_over_blur(const inspyr_view *dst, const inspyr_view *picture, const inspyr_view *alpha,
                              const inspyr_view *src, float sigma, const light *l, inspyr_pool *pool,
                              const inspyr_allocator *allocator, inspyr_error *error)
{
    blur_job job = { .dst = dst, .picture = picture, .alpha = alpha, .rgba = src, .l = l };
    size_t lanes = (size_t)inspyr_pool_width(pool), numbers;
    inspyr_status status = INSPYR_OK;

    choose_cells(&job, sigma);
    job.across = ((dst->width - 1) >> job.shift) + 1;
    job.down = ((dst->height - 1) >> job.shift) + 1;
    job.pitch = ((size_t)job.across + 2 * RADIUS_MOST) * NUMBERS;
    numbers = (size_t)job.across * (size_t)job.down * NUMBERS;
    job.cells = memory_array(allocator, numbers, sizeof *job.cells);
    job.lanes = memory_array(allocator, lanes * 3 * job.pitch, sizeof *job.lanes);
    if (job.cells && job.lanes) {
        pool_run(pool, job.down, cell_row, &job);
        pool_run(pool, stripe_count(dst->height), mix_stripe, &job);
    } else {
        status = failed(error, INSPYR_ERR_MEMORY, "no room to blur %d x %d pixels", (int)dst->width,
                        (int)dst->height);
    }
    memory_give(allocator, job.lanes);
    memory_give(allocator, job.cells);
    return status;
}

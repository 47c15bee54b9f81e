#include <math.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"
#include "image/layout.h"
#include "matte/compat.h"
#include "matte/wide.h"

#define SIGMA 15
#define RADIUS 45
#define TAPS (2 * RADIUS + 1)

/* Rows of one task. */
#define ROWS 8

typedef struct blur_job {
    const inspyr_view *dst, *picture;
    uint16_t taps[TAPS]; /* sum 256 */
    size_t pitch;        /* samples of a row with its margins */
    uint16_t *lanes;     /* of each lane: vertical sums as the picture has them, and as RGB with margins */
} blur_job;

/* From the outside in, with each tap's rounding error carried over to the next; the middle takes what is left.
 */
static void make_taps(uint16_t taps[TAPS])
{
    double shares[TAPS], sum = 0, carried = 0;
    int32_t rest = 256;

    for (int32_t i = 0; i < TAPS; i++)
        sum += shares[i] = exp(-(double)((i - RADIUS) * (i - RADIUS)) / (2.0 * SIGMA * SIGMA));
    for (int32_t i = 0; i < RADIUS; i++) {
        double exact = shares[i] / sum * 256 + carried;
        double whole = rint(exact);

        carried = exact - whole;
        taps[i] = taps[TAPS - 1 - i] = (uint16_t)whole;
        rest -= 2 * (int32_t)whole;
    }
    taps[RADIUS] = (uint16_t)rest;
}

/* Mirrored at the outermost pixel, which is not repeated; as often as it takes. */
static int32_t mirrored(int32_t i, int32_t n)
{
    int32_t period = 2 * (n - 1);

    if (n == 1)
        return 0;
    i %= period;
    i = i < 0 ? i + period : i;
    return i < n ? i : period - i;
}

WIDE_BODY void add_row_body(uint16_t *restrict sums, const unsigned char *restrict row, uint16_t tap, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sums[i] = (uint16_t)(sums[i] + tap * row[i]);
}
WIDE_TWINS(add_row, (uint16_t *restrict sums, const unsigned char *restrict row, uint16_t tap, size_t n),
           (sums, row, tap, n))

WIDE_BODY void across_body(unsigned char *restrict out, const uint16_t *restrict sums, const uint16_t *taps,
                           size_t n)
{
    for (size_t from = 0; from < n; from += 64) {
        size_t count = n - from < 64 ? n - from : 64;
        uint32_t total[64];

        for (size_t i = 0; i < 64; i++)
            total[i] = 32768;
        for (size_t k = 0; k < TAPS; k++)
            for (size_t i = 0; taps[k] && i < 64; i++) /* whole blocks; rows are padded for the last one */
                total[i] += (uint32_t)taps[k] * sums[from + i + 3 * k];
        for (size_t i = 0; i < count; i++)
            out[from + i] = (unsigned char)(total[i] >> 16);
    }
}
WIDE_TWINS(across, (unsigned char *restrict out, const uint16_t *restrict sums, const uint16_t *taps, size_t n),
           (out, sums, taps, n))

/* OpenCV goes across first. Its first pass does not round, so the sums are the same, and this way no more than
 * a row of them is ever kept. */
static void blur_row(const blur_job *job, uint16_t *sums, uint16_t *padded, int32_t y)
{
    pixel_layout layout = pixel_layout_of(job->picture->format);
    int32_t width = job->picture->width;
    size_t samples = (size_t)width * (size_t)layout.step;

    memset(sums, 0, samples * sizeof *sums);
    for (int32_t k = 0; k < TAPS; k++)
        if (job->taps[k])
            add_row(sums, view_row(job->picture, mirrored(y + k - RADIUS, job->picture->height)), job->taps[k],
                    samples);
    for (int32_t x = -RADIUS; x < width + RADIUS; x++) {
        const uint16_t *in = sums + (size_t)mirrored(x, width) * (size_t)layout.step;
        uint16_t *out = padded + (size_t)(x + RADIUS) * 3;

        out[0] = in[layout.red];
        out[1] = in[layout.green];
        out[2] = in[layout.blue];
    }
    across(view_row(job->dst, y), padded, job->taps, (size_t)width * 3);
}

static void blur_rows(void *user, int32_t task, int32_t lane)
{
    const blur_job *job = user;
    uint16_t *sums = job->lanes + (size_t)lane * 2 * job->pitch;
    int32_t end = job->dst->height - task * ROWS > ROWS ? (task + 1) * ROWS : job->dst->height;

    for (int32_t y = task * ROWS; y < end; y++)
        blur_row(job, sums, sums + job->pitch, y);
}

inspyr_status compat_blur(const inspyr_view *dst, const inspyr_view *picture, inspyr_pool *pool,
                          const inspyr_allocator *allocator, inspyr_error *error)
{
    blur_job job = { .dst = dst, .picture = picture };
    size_t lanes = (size_t)inspyr_pool_width(pool);

    make_taps(job.taps);
    job.pitch = ((size_t)dst->width + 2 * RADIUS) * 4 + 64;
    job.lanes = memory_array(allocator, lanes * 2 * job.pitch, sizeof *job.lanes);
    if (!job.lanes)
        return failed(error, INSPYR_ERR_MEMORY, "no room to blur rows of %d pixels", (int)dst->width);
    memset(job.lanes, 0, lanes * 2 * job.pitch * sizeof *job.lanes);
    pool_run(pool, dst->height / ROWS + (dst->height % ROWS != 0), blur_rows, &job);
    memory_give(allocator, job.lanes);
    return INSPYR_OK;
}

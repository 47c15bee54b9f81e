/* Floyd-Steinberg on a lattice, in three steps: levels and thresholds of the lattice in bands, the diffusion as
 * one piece, and the dots in bands.
 *
 * The diffusion takes 8 rows of the lattice at once, each SKEW points behind the one above it, so that all 8
 * have the errors they need: the order in which errors arrive at a point is that of a scan of row after row.
 * For this the lattice lies in groups of 8 rows, skewed: at time t of a group, point t - SKEW * i of its row i.
 */
#include "kernels/dithering.h"
#include "kernels/diffusion.h"
#include "kernels/effect_kernels.h"

#define ROWS DIFFUSION_ROWS
#define SKEW DIFFUSION_SKEW
#define REACH DITHER_REACH
#define BAND 120
#define RAWS 4   /* rows of levels in a ring */
#define SHARPS 8 /* of sharpened ones */

typedef struct lattice {
    int32_t spacing, columns, rows, groups, times;
    float *levels, *thresholds; /* [group][time][row]; once diffused, a level is 1 where a dot begins, else 0 */
    double *errors;             /* of the last row of the group before, with one in front and SKEW behind */
} lattice;

static size_t points_of(const lattice *l)
{
    return (size_t)l->groups * (size_t)l->times * ROWS;
}

static lattice lattice_of(const effect_job *job)
{
    lattice l = { .spacing = (int32_t)job->values[DITHER_SPACING] };
    unsigned char *end = job->state;

    l.columns = px_ceil_div(job->width, l.spacing);
    l.rows = px_ceil_div(job->height, l.spacing);
    l.groups = px_ceil_div(l.rows, ROWS);
    l.times = l.columns + (ROWS - 1) * SKEW;
    l.levels = px_take(&end, points_of(&l), sizeof *l.levels);
    l.thresholds = px_take(&end, points_of(&l), sizeof *l.thresholds);
    l.errors = px_take(&end, (size_t)l.times + SKEW + 1, sizeof *l.errors);
    return l;
}

/* Of point 0 of a row; the next one is ROWS behind it. */
static size_t point_at(const lattice *l, int32_t row)
{
    return ((size_t)(row / ROWS) * (size_t)l->times + (size_t)(row % ROWS * SKEW)) * ROWS +
           (size_t)(row % ROWS);
}

typedef struct dither_band {
    const effect_job *job;
    lattice lattice;
    int32_t pitch; /* of a row with REACH pixels on both sides */
    uint32_t *words;
    float *raws, *sharps, *column, *blurred;
} dither_band;

static size_t take(dither_band *b, unsigned char *scratch)
{
    unsigned char *end = scratch;

    b->pitch = (b->job->width + 2 * REACH + 15) / 16 * 16;
    b->words = px_take(&end, (size_t)b->pitch, sizeof *b->words);
    b->raws = px_take(&end, RAWS * (size_t)b->pitch, sizeof *b->raws);
    b->sharps = px_take(&end, SHARPS * (size_t)b->pitch, sizeof *b->sharps);
    b->column = px_take(&end, (size_t)b->pitch, sizeof *b->column);
    b->blurred = px_take(&end, (size_t)b->pitch, sizeof *b->blurred);
    return (size_t)(end - scratch);
}

static float *ring(const dither_band *b, float *rows, int32_t y, int32_t length)
{
    return rows + (size_t)((y + REACH) & (length - 1)) * (size_t)b->pitch;
}

static void raw_row(const dither_band *b, int32_t y)
{
    float *restrict raw = ring(b, b->raws, y, RAWS);
    const uint32_t *restrict words = b->words;
    double gamma = px_decimal(b->job->values[DITHER_GAMMA]);

    px_fetch(b->words, b->job, y, -REACH, b->job->width + REACH);
    for (int32_t x = 0; x < b->job->width + 2 * REACH; x++)
        raw[x] = dither_power(words[x], gamma);
    for (int32_t x = 0; x < b->job->width + 2 * REACH; x++)
        raw[x] = dither_level(words[x], raw[x]);
}

/* From one pixel further inside than the levels. */
static void sharp_row(const dither_band *b, int32_t y)
{
    const float *restrict above = ring(b, b->raws, y - 1, RAWS);
    const float *restrict here = ring(b, b->raws, y, RAWS);
    const float *restrict below = ring(b, b->raws, y + 1, RAWS);
    float *restrict sharp = ring(b, b->sharps, y, SHARPS), *restrict column = b->column;
    float strength = b->job->values[DITHER_STRENGTH];
    int32_t n = b->job->width + 2 * REACH;

    for (int32_t x = 0; x < n; x++)
        column[x] = above[x] + below[x];
    for (int32_t x = 0; x < n - 2; x++)
        sharp[x] = dither_sharpen(
            here[x + 1], (column[x] + column[x + 2]) + (here[x] + here[x + 2]) + column[x + 1], strength);
}

static void blur_row(const dither_band *b, int32_t y)
{
    const float *r[2 * 3 + 1];
    float *restrict column = b->column, *restrict blurred = b->blurred;

    for (int32_t i = 0; i < 7; i++)
        r[i] = ring(b, b->sharps, y + i - 3, SHARPS);
    for (int32_t x = 0; x < b->job->width + 6; x++)
        column[x] = dither_blur(r[3][x], r[2][x] + r[4][x], r[1][x] + r[5][x], r[0][x] + r[6][x]);
    for (int32_t x = 0; x < b->job->width; x++)
        blurred[x] = dither_threshold(column[x + 3], column[x + 2] + column[x + 4],
                                      column[x + 1] + column[x + 5], column[x] + column[x + 6]);
}

/* A row of the lattice, with dead points before and behind it for the other rows' times. */
static void lattice_row(const dither_band *b, int32_t row)
{
    const lattice *l = &b->lattice;
    const float *sharp = ring(b, b->sharps, row * l->spacing, SHARPS) + REACH - 1;
    const unsigned char *src = job_src(b->job, row * l->spacing);
    size_t first = point_at(l, row),
           start = (size_t)(row / ROWS) * (size_t)l->times * ROWS + (size_t)(row % ROWS);
    size_t end = start + (size_t)l->times * ROWS, at = first;
    int adaptive = b->job->values[DITHER_ADAPTIVE] >= 0.5f;

    for (size_t p = start; p < first; p += ROWS) {
        l->levels[p] = 0.0f;
        l->thresholds[p] = DITHER_DEAD;
    }
    for (int32_t x = 0; x < b->job->width; x += l->spacing, at += ROWS) {
        float threshold = adaptive ? b->blurred[x] : 128.0f;

        l->levels[at] = sharp[x];
        l->thresholds[at] = src[4 * (size_t)x + 3] ? threshold : DITHER_DEAD;
    }
    for (size_t p = at; p < end; p += ROWS) {
        l->levels[p] = 0.0f;
        l->thresholds[p] = DITHER_DEAD;
    }
}

static void prepare_band(dither_band *b, int32_t piece, int32_t bands)
{
    int32_t y = px_part(b->job->height, piece, bands), end = px_part(b->job->height, piece + 1, bands);
    lattice *l = &b->lattice;

    for (int32_t r = y - REACH; r < end + REACH; r++) {
        int32_t done = r - REACH;

        raw_row(b, r);
        if (r >= y - REACH + 2)
            sharp_row(b, r - 1);
        if (done < y || done % l->spacing)
            continue;
        blur_row(b, done);
        lattice_row(b, done / l->spacing);
    }
    if (piece != bands - 1)
        return;
    for (int32_t row = l->rows; row < l->groups * ROWS; row++)
        for (int32_t t = 0; t < l->times; t++) {
            size_t p = ((size_t)(row / ROWS) * (size_t)l->times + (size_t)t) * ROWS + (size_t)(row % ROWS);

            l->levels[p] = 0.0f;
            l->thresholds[p] = DITHER_DEAD;
        }
}

static void diffuse_group(const lattice *l, int32_t group)
{
    double past[DIFFUSION_PAST][DIFFUSION_PITCH] = { { 0 } };
    diffusion_pack left[DIFFUSION_PACKS] = { 0 };
    double *errors = l->errors + 1;
    size_t at = (size_t)group * (size_t)l->times * ROWS;

    for (int32_t x = -1; x < SKEW; x++) /* as row -1, ahead of time 0 */
        past[(x - SKEW) & (DIFFUSION_PAST - 1)][0] = errors[x];
    for (int32_t t = 0; t < l->times; t++, at += ROWS) {
        double *now = past[t & (DIFFUSION_PAST - 1)];

        now[0] = errors[t + SKEW];
        diffusion_points(&l->levels[at], &l->thresholds[at], past, t, left);
        if (t >= (ROWS - 1) * SKEW)
            errors[t - (ROWS - 1) * SKEW] = now[ROWS];
    }
}

static void diffuse(const lattice *l)
{
    memset(l->errors, 0, ((size_t)l->times + SKEW + 1) * sizeof *l->errors);
    for (int32_t group = 0; group < l->groups; group++)
        diffuse_group(l, group);
}

/* Where the dots of rows first..last of the lattice lie. */
static void ink_row(unsigned char *restrict ink, const lattice *l, int32_t first, int32_t last, int32_t size)
{
    memset(ink, 0, (size_t)(l->columns * l->spacing + size));
    for (int32_t row = first; row <= last; row++) {
        const float *dots = l->levels + point_at(l, row);

        for (int32_t i = 0; i < l->columns; i++)
            for (int32_t x = 0; x < size; x++)
                ink[i * l->spacing + x] |= dots[(size_t)i * ROWS] > 0.0f;
    }
}

static void draw_band(const dither_band *b, int32_t piece, int32_t bands)
{
    int32_t width = b->job->width;
    int32_t end = px_part(b->job->height, piece + 1, bands), size = (int32_t)b->job->values[DITHER_SIZE];
    int32_t drawn_first = -1, drawn_last = -1;
    unsigned char *restrict ink = (unsigned char *)b->raws;
    uint32_t *restrict words = b->words;
    const lattice *l = &b->lattice;

    for (int32_t y = px_part(b->job->height, piece, bands); y < end; y++) {
        int32_t first = y < size ? 0 : px_ceil_div(y - size + 1, l->spacing), last = y / l->spacing;

        if (first != drawn_first || last != drawn_last)
            ink_row(ink, l, first, last, size);
        drawn_first = first;
        drawn_last = last;
        memcpy(words, job_src(b->job, y), 4 * (size_t)width);
        for (int32_t x = 0; x < width; x++)
            words[x] = px_grey((words[x] & PX_ALPHA) && !ink[x] ? 255 : 0, words[x]);
        memcpy(job_dst(b->job, y), words, 4 * (size_t)width);
    }
}

static size_t state_bytes(const effect_job *job)
{
    effect_job empty = *job;
    lattice l;

    empty.state = NULL;
    l = lattice_of(&empty);
    return (size_t)(uintptr_t)l.errors + ((size_t)l.times + SKEW + 1) * sizeof *l.errors;
}

static size_t lane_bytes(const effect_job *job)
{
    dither_band b = { .job = job };

    return take(&b, NULL);
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    return step == 1 ? 1 : step <= 2 ? px_bands(job->height, BAND, 8) : 0;
}

static void run(const effect_job *job, int32_t step, int32_t piece, void *scratch)
{
    dither_band b = { .job = job, .lattice = lattice_of(job) };

    take(&b, scratch);
    if (step == 0)
        prepare_band(&b, piece, pieces(job, 0));
    else if (step == 1)
        diffuse(&b.lattice);
    else
        draw_band(&b, piece, pieces(job, 2));
}

const effect_steps KERNEL(dithering_steps) = {
    .state_bytes = state_bytes, .lane_bytes = lane_bytes, .pieces = pieces, .run = run
};

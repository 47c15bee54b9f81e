/* Film-style black and white, in one step. A piece is a tile; its rows stream through rings in the lane's
 * scratch: the tone of row r, the sharpened row r-2, and the finished row r-12. What lies beyond the picture is
 * its mirror image, of which every filter here makes the mirror image again, so that no filter knows of
 * borders. */
#include "kernels/enhancedblackwhite.h"
#include "kernels/effect_kernels.h"
#include "kernels/grain.h"

#define TILE_WIDTH 640 /* the rings of a wider tile leave the second-level cache */
#define TILE_HEIGHT 240
#define HALO EBW_HALO
#define EDGE EBW_EDGE_REACH
#define MARGIN (HALO + EDGE) /* of a tile */
#define BLOCK 64             /* columns that are blurred, or known to be flat, together */
#define BLOCKS ((TILE_WIDTH + BLOCK - 1) / BLOCK)

/* Rings have powers of two as lengths; row r of a tile is the r-th from its upper margin. */
enum { TONES = 8, SHARPS = 16, WIDES = 32, NARROWS = 16, GRAINS = 16 };
enum { FLAT_DARK = 1, FLAT_BRIGHT = 2, MIXED = 3 }; /* bits of what glows in a block */

#define WIDE EBW_WIDE
#define NARROW EBW_NARROW

typedef struct ebw_tile {
    const effect_job *job;
    ebw_look look;
    int32_t x, y, width, height;
    uint32_t *words;
    double *tones, *sharps, *wides, *narrows, *column, *glow;
    unsigned char *kinds; /* FLAT_*, of each pixel of the glow */
    unsigned char blocks[WIDES][BLOCKS];
    double all_wide, all_narrow, all_halo; /* where everything glows, after one pass and after both */
    float *grains, *grain, *stretched[2], *parts;
    int32_t *columns, *froms, stretched_row[2];
    float taps[GRAIN_REACH + 1];
    int32_t reach, coarse_width, coarse_height;
} ebw_tile;

static double *ring(double *rows, int32_t row, int32_t length, int32_t margin)
{
    return rows + (size_t)(row & (length - 1)) * (size_t)(TILE_WIDTH + 2 * margin);
}

static int32_t columns_of(const effect_job *job)
{
    return px_ceil_div(job->width, TILE_WIDTH);
}

static int32_t bands_of(const effect_job *job)
{
    return px_bands(job->height, TILE_HEIGHT, px_ceil_div(8, columns_of(job)));
}

static void tone_row(ebw_tile *t, int32_t row)
{
    double *restrict tone = ring(t->tones, row, TONES, MARGIN);
    const uint32_t *words = t->words;
    const ebw_look k = t->look;

    px_fetch(t->words, t->job, t->y + row - MARGIN, t->x - MARGIN, t->x + t->width + MARGIN);
    for (int32_t x = 0; x < t->width + 2 * MARGIN; x++)
        tone[x] = ebw_tone(words[x], &k);
}

/* The sharpened row, and what glows in it. */
static void sharp_row(ebw_tile *t, int32_t row)
{
    const double *restrict a = ring(t->tones, row - 2, TONES, MARGIN);
    const double *restrict b = ring(t->tones, row - 1, TONES, MARGIN);
    const double *restrict c = ring(t->tones, row, TONES, MARGIN);
    const double *restrict d = ring(t->tones, row + 1, TONES, MARGIN);
    const double *restrict e = ring(t->tones, row + 2, TONES, MARGIN);
    double *restrict column = t->column, *restrict glow = t->glow;
    double *restrict sharp = ring(t->sharps, row, SHARPS, HALO);
    unsigned char *restrict kinds = t->kinds;
    const ebw_look k = t->look;
    int32_t n = t->width + 2 * HALO;

    for (int32_t x = 0; x < n + 2 * EDGE; x++)
        column[x] = ebw_blur5(c[x], b[x] + d[x], a[x] + e[x]);
    for (int32_t x = 0; x < n; x++)
        sharp[x] = ebw_sharpen(
            c[x + 2], ebw_blur5(column[x + 2], column[x + 1] + column[x + 3], column[x] + column[x + 4]), &k);
    if (k.smooth)
        for (int32_t x = 0; x < n; x++)
            glow[x] = ebw_glow_smooth(sharp[x]);
    else
        for (int32_t x = 0; x < n; x++)
            glow[x] = ebw_glow(sharp[x]);
    for (int32_t x = 0; x < n; x++)
        kinds[x] = (unsigned char)((glow[x] != 1.0 ? FLAT_DARK : 0) | (glow[x] != 0.0 ? FLAT_BRIGHT : 0));
}

static void blur_across(double *restrict wide, double *restrict narrow, const double *restrict glow, int32_t n)
{
    for (int32_t x = 0; x < n; x++) {
        double w = ebw_wide_taps[0] * glow[x + HALO], v = ebw_narrow_taps[0] * glow[x + HALO];

#pragma GCC unroll 10
        for (int32_t i = 1; i < WIDE; i++) {
            double pair = glow[x + HALO - i] + glow[x + HALO + i];

            w = w + ebw_wide_taps[i] * pair;
            if (i < NARROW)
                v = v + ebw_narrow_taps[i] * pair;
        }
        wide[x] = w;
        narrow[x] = v;
    }
}

static void fill(double *restrict out, double value, int32_t n)
{
    for (int32_t x = 0; x < n; x++)
        out[x] = value;
}

static void glow_row(ebw_tile *t, int32_t row)
{
    double *wide = ring(t->wides, row, WIDES, 0), *narrow = ring(t->narrows, row, NARROWS, 0);

    for (int32_t from = 0; from < t->width; from += BLOCK) {
        int32_t n = t->width - from < BLOCK ? t->width - from : BLOCK;
        unsigned kind = 0;

        for (int32_t x = 0; x < n + 2 * HALO; x++)
            kind |= t->kinds[from + x];
        t->blocks[row & (WIDES - 1)][from / BLOCK] = (unsigned char)kind;
        if (kind == MIXED) {
            blur_across(wide + from, narrow + from, t->glow + from, n);
        } else {
            fill(wide + from, kind == FLAT_BRIGHT ? t->all_wide : 0.0, n);
            fill(narrow + from, kind == FLAT_BRIGHT ? t->all_narrow : 0.0, n);
        }
    }
}

static void blur_down(double *restrict halo, const double *const *wide, const double *const *narrow, int32_t n)
{
    for (int32_t x = 0; x < n; x++) {
        double w = ebw_wide_taps[0] * wide[0][x], v = ebw_narrow_taps[0] * narrow[0][x];

#pragma GCC unroll 10
        for (int32_t i = 1; i < WIDE; i++)
            w = w + ebw_wide_taps[i] * (wide[2 * i - 1][x] + wide[2 * i][x]);
#pragma GCC unroll 4
        for (int32_t i = 1; i < NARROW; i++)
            v = v + ebw_narrow_taps[i] * (narrow[2 * i - 1][x] + narrow[2 * i][x]);
        halo[x] = ebw_halo(w, v);
    }
}

/* Of the columns from `from` on. */
static void halo_block(ebw_tile *t, double *halo, int32_t row, int32_t from, int32_t n)
{
    const double *wide[2 * WIDE - 1], *narrow[2 * NARROW - 1];
    unsigned kind = 0;

    for (int32_t i = -HALO; i <= HALO; i++)
        kind |= t->blocks[(row + i) & (WIDES - 1)][from / BLOCK];
    if (kind != MIXED) {
        fill(halo, kind == FLAT_BRIGHT ? t->all_halo : 0.0, n);
        return;
    }
    for (int32_t i = 0; i < 2 * WIDE - 1; i++) /* the centre, then pairs outwards */
        wide[i] = ring(t->wides, row + (i % 2 ? -1 : 1) * ((i + 1) / 2), WIDES, 0) + from;
    for (int32_t i = 0; i < 2 * NARROW - 1; i++)
        narrow[i] = ring(t->narrows, row + (i % 2 ? -1 : 1) * ((i + 1) / 2), NARROWS, 0) + from;
    blur_down(halo, wide, narrow, n);
}

/* A row of the coarse layer, stretched to the tile's columns and those that the blur reaches. */
static const float *stretched_row(ebw_tile *t, int32_t row)
{
    float *to = t->stretched[row & 1];
    uint32_t key = grain_key(t->job->seed, 1, (uint32_t)row);

    if (t->stretched_row[row & 1] == row)
        return to;
    t->stretched_row[row & 1] = row;
    for (int32_t x = 0; x < t->width + 2 * t->reach; x++) {
        float left = (float)grain_at(key, (uint32_t)t->froms[x]) * GRAIN_COARSE;
        float right = (float)grain_at(key, (uint32_t)t->froms[x] + 1) * GRAIN_COARSE;

        to[x] = left + t->parts[x] * (right - left);
    }
    return to;
}

/* Both layers at a row of the picture, blurred across. */
static void grain_row(ebw_tile *t, int32_t y)
{
    int32_t inside = px_reflect(y, t->job->height), reach = t->reach, from;
    uint32_t key = grain_key(t->job->seed, 0, (uint32_t)inside);
    float part, *restrict grain = t->grain;
    float *restrict to = t->grains + (size_t)((y + GRAIN_REACH) & (GRAINS - 1)) * TILE_WIDTH;
    const float *restrict above, *restrict below;

    from = grain_between(&part, inside, t->job->height, t->coarse_height);
    above = stretched_row(t, from);
    below = stretched_row(t, from + 1);
    for (int32_t x = 0; x < t->width + 2 * reach; x++)
        grain[x] = (float)grain_at(key, (uint32_t)t->columns[x]) * GRAIN_FINE +
                   (above[x] + part * (below[x] - above[x]));
    for (int32_t x = 0; x < t->width; x++)
        to[x] = t->taps[0] * grain[x + reach];
    for (int32_t i = 1; i <= reach; i++)
        for (int32_t x = 0; x < t->width; x++)
            to[x] += t->taps[i] * (grain[x + reach - i] + grain[x + reach + i]);
}

static const float *grains_at(const ebw_tile *t, int32_t y, int32_t from)
{
    return t->grains + (size_t)((y + GRAIN_REACH) & (GRAINS - 1)) * TILE_WIDTH + from;
}

/* Columns from `from` on of a row of the picture, blurred down. */
static void grain_block(const ebw_tile *t, float *restrict out, int32_t y, int32_t from, int32_t n)
{
    const float *centre = grains_at(t, y, from);

    for (int32_t x = 0; x < n; x++)
        out[x] = t->taps[0] * centre[x];
    for (int32_t i = 1; i <= t->reach; i++) {
        const float *above = grains_at(t, y - i, from), *below = grains_at(t, y + i, from);

        for (int32_t x = 0; x < n; x++)
            out[x] += t->taps[i] * (above[x] + below[x]);
    }
}

static void out_row(ebw_tile *t, int32_t row)
{
    int32_t y = t->y + row - MARGIN;
    const ebw_look k = t->look;
    const double *sharp = ring(t->sharps, row, SHARPS, HALO) + HALO;
    uint32_t words[BLOCK];
    double v[BLOCK]; /* the halo, then the pixel */
    float grain[BLOCK] = { 0 };

    for (int32_t from = 0; from < t->width; from += BLOCK) {
        int32_t n = t->width - from < BLOCK ? t->width - from : BLOCK;
        size_t at = 4 * (size_t)(t->x + from);

        halo_block(t, v, row, from, n);
        if (k.grain != 0.0)
            grain_block(t, grain, y, from, n);
        for (int32_t x = 0; x < n; x++)
            v[x] = ebw_grainy(ebw_expose(sharp[from + x], v[x], &k), (double)grain[x], &k);
        if (k.highlights && k.smooth)
            for (int32_t x = 0; x < n; x++)
                v[x] = ebw_lift_smooth(v[x]);
        else if (k.highlights)
            for (int32_t x = 0; x < n; x++)
                v[x] = ebw_lift(v[x]);
        memcpy(words, job_src(t->job, y) + at, 4 * (size_t)n);
        for (int32_t x = 0; x < n; x++)
            words[x] = px_grey(ebw_level(v[x]), words[x]);
        memcpy(job_dst(t->job, y) + at, words, 4 * (size_t)n);
    }
}

/* What every piece has to know about halos of flat areas, found by the same additions as those of others. */
static void flat_halos(ebw_tile *t)
{
    const double *wide[2 * WIDE - 1], *narrow[2 * NARROW - 1];
    double glow[1 + 2 * HALO];

    fill(glow, 1.0, 1 + 2 * HALO);
    blur_across(&t->all_wide, &t->all_narrow, glow, 1);
    for (int32_t i = 0; i < 2 * WIDE - 1; i++)
        wide[i] = &t->all_wide;
    for (int32_t i = 0; i < 2 * NARROW - 1; i++)
        narrow[i] = &t->all_narrow;
    blur_down(&t->all_halo, wide, narrow, 1);
}

static void grain_begin(ebw_tile *t)
{
    const effect_job *job = t->job;

    t->reach = grain_taps(t->taps, px_decimal(job->values[EBW_GRAIN_SIZE]));
    t->coarse_width = job->width > 1 ? job->width / 2 : 1;
    t->coarse_height = job->height > 1 ? job->height / 2 : 1;
    t->stretched_row[0] = t->stretched_row[1] = -1;
    for (int32_t x = 0; x < t->width + 2 * t->reach; x++) {
        t->columns[x] = px_reflect(t->x + x - t->reach, job->width);
        t->froms[x] = grain_between(&t->parts[x], t->columns[x], job->width, t->coarse_width);
    }
    for (int32_t y = t->y - t->reach; y < t->y + t->reach; y++)
        grain_row(t, y);
}

/* Takes room for everything, from NULL to learn how much it is. */
static size_t take(ebw_tile *t, unsigned char *scratch)
{
    unsigned char *end = scratch;
    size_t wide = TILE_WIDTH + 2 * MARGIN, less = TILE_WIDTH + 2 * HALO, grain = TILE_WIDTH + 2 * GRAIN_REACH;

    t->words = px_take(&end, wide, sizeof *t->words);
    t->tones = px_take(&end, TONES * wide, sizeof *t->tones);
    t->sharps = px_take(&end, SHARPS * less, sizeof *t->sharps);
    t->wides = px_take(&end, (size_t)WIDES * TILE_WIDTH, sizeof *t->wides);
    t->narrows = px_take(&end, (size_t)NARROWS * TILE_WIDTH, sizeof *t->narrows);
    t->column = px_take(&end, wide, sizeof *t->column);
    t->glow = px_take(&end, less, sizeof *t->glow);
    t->kinds = px_take(&end, less, sizeof *t->kinds);
    t->grains = px_take(&end, (size_t)GRAINS * TILE_WIDTH, sizeof *t->grains);
    t->grain = px_take(&end, grain, sizeof *t->grain);
    t->stretched[0] = px_take(&end, grain, sizeof *t->stretched[0]);
    t->stretched[1] = px_take(&end, grain, sizeof *t->stretched[1]);
    t->parts = px_take(&end, grain, sizeof *t->parts);
    t->froms = px_take(&end, grain, sizeof *t->froms);
    t->columns = px_take(&end, grain, sizeof *t->columns);
    return (size_t)(end - scratch);
}

static void run(const effect_job *job, int32_t step, int32_t piece, void *scratch)
{
    int32_t columns = columns_of(job), bands = bands_of(job), i = piece % columns, j = piece / columns;
    ebw_tile t = { .job = job, .look = ebw_look_of(job->values) };

    (void)step;
    t.x = px_part(job->width, i, columns);
    t.y = px_part(job->height, j, bands);
    t.width = px_part(job->width, i + 1, columns) - t.x;
    t.height = px_part(job->height, j + 1, bands) - t.y;
    take(&t, scratch);
    flat_halos(&t);
    if (t.look.grain != 0.0)
        grain_begin(&t);
    for (int32_t row = 0; row < t.height + 2 * MARGIN; row++) {
        tone_row(&t, row);
        if (row >= 2 * EDGE) {
            sharp_row(&t, row - EDGE);
            glow_row(&t, row - EDGE);
        }
        if (row >= 2 * MARGIN) {
            if (t.look.grain != 0.0)
                grain_row(&t, t.y + row - 2 * MARGIN + t.reach);
            out_row(&t, row - MARGIN);
        }
    }
}

static size_t lane_bytes(const effect_job *job)
{
    ebw_tile t;

    (void)job;
    return take(&t, NULL);
}

static int32_t pieces(const effect_job *job, int32_t step)
{
    return step == 0 ? columns_of(job) * bands_of(job) : 0;
}

const effect_steps KERNEL(enhancedblackwhite_steps) = {
    .state_bytes = no_bytes, .lane_bytes = lane_bytes, .pieces = pieces, .run = run
};

/* dither_block.h - dithering on a device: levels and thresholds in tiles, the diffusion as a wave of rows in
 * one block, and the dots in tiles.
 *
 * Of the wave every thread has a row, and is DITHER_LAG points behind the thread of the row above, whose error
 * of the point above right it has then just been given. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_DITHER_BLOCK_H
#define INSPYR_KERNELS_DITHER_BLOCK_H

#include "kernels/dithering.h"
#include "kernels/effect_block.h"
#include "kernels/effect_work.h"

#define DITHER_RAW (BLOCK_TILE + 2 * DITHER_REACH)
#define DITHER_SHARP (DITHER_RAW - 2)

typedef struct dither_tile {
    float raws[DITHER_RAW * DITHER_RAW], sharps[DITHER_SHARP * DITHER_SHARP];
    float column[BLOCK_TILE * DITHER_SHARP];
} dither_tile;

/* Where a point of the lattice lies. */
BLOCK size_t dither_at(const dither_work *k, int32_t column, int32_t row)
{
    return (size_t)row * (size_t)k->pitch + (size_t)(column + DITHER_LAG * (row % DITHER_ROWS));
}

BLOCK void dither_levels_block(const effect_work *w, dither_tile *s, int32_t left, int32_t top)
{
    const dither_work *k = &w->of.dither;

    BLOCK_EACH(i, DITHER_RAW * DITHER_RAW)
    {
        int32_t x = px_reflect(left + i % DITHER_RAW - DITHER_REACH, w->width);
        int32_t y = px_reflect(top + i / DITHER_RAW - DITHER_REACH, w->height);
        uint32_t word = px_word(w->src, w->src_pitch, x, y);

        s->raws[i] = dither_level(word, dither_power(word, k->gamma));
    }
    BLOCK_EACH(i, DITHER_SHARP * DITHER_SHARP)
    {
        const float *a = s->raws + i / DITHER_SHARP * DITHER_RAW + i % DITHER_SHARP;
        const float *b = a + DITHER_RAW, *c = b + DITHER_RAW;

        s->sharps[i] =
            dither_sharpen(b[1], ((a[0] + c[0]) + (a[2] + c[2])) + (b[0] + b[2]) + (a[1] + c[1]), k->strength);
    }
    BLOCK_EACH(i, BLOCK_TILE * DITHER_SHARP)
    {
        const float *v = s->sharps + i;

        s->column[i] = dither_blur(v[3 * DITHER_SHARP], v[2 * DITHER_SHARP] + v[4 * DITHER_SHARP],
                                   v[DITHER_SHARP] + v[5 * DITHER_SHARP], v[0] + v[6 * DITHER_SHARP]);
    }
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        const float *c = s->column + i / BLOCK_TILE * DITHER_SHARP + i % BLOCK_TILE;
        float threshold = 128.0f;
        size_t at;

        if (x >= w->width || y >= w->height || x % k->spacing || y % k->spacing)
            continue;
        at = dither_at(k, x / k->spacing, y / k->spacing);
        if (k->adaptive)
            threshold = dither_threshold(c[3], c[2] + c[4], c[1] + c[5], c[0] + c[6]);
        k->levels[at] = s->sharps[(i / BLOCK_TILE + 3) * DITHER_SHARP + i % BLOCK_TILE + 3];
        k->thresholds[at] = px_word(w->src, w->src_pitch, x, y) & PX_ALPHA ? threshold : DITHER_DEAD;
    }
}

/* What a thread keeps of its row. */
typedef struct dither_row {
    double left, above, above_left; /* errors; above: of the point before the one that comes next */
    float levels[DITHER_TIMES], thresholds[DITHER_TIMES];
    float next_levels[DITHER_TIMES], next_thresholds[DITHER_TIMES];
    uint32_t dots;
} dither_row;

typedef struct dither_wave {
    double errors[2][DITHER_ROWS]; /* of the rows, at even times and at odd ones */
    double above[DITHER_TIMES];    /* above right of the first row, at the times to come */
} dither_wave;

BLOCK void dither_fetch(dither_row *r, const dither_work *k, size_t at)
{
    for (int32_t t = 0; t < DITHER_TIMES; t++) {
        r->next_levels[t] = k->levels[at + (size_t)t];
        r->next_thresholds[t] = k->thresholds[at + (size_t)t];
    }
}

/* Row i at `time`, the t-th of those that were fetched together. */
BLOCK void dither_point(dither_row *r, dither_wave *s, const dither_work *k, int32_t i, int32_t time, int32_t t)
{
    double right = i ? s->errors[(time + 1) & 1][i - 1] : s->above[t], error = 0.0;
    int32_t x = time - DITHER_LAG * i;

    if (x >= 0 && x < k->columns) {
        float level = dither_receive(r->levels[t], r->above_left, r->above, right, r->left);

        error = dither_error(level, r->thresholds[t]);
        r->dots |= (uint32_t)(level < r->thresholds[t] && r->thresholds[t] >= 0.0f) << t;
    }
    r->above_left = r->above;
    r->above = right;
    r->left = error;
    s->errors[time & 1][i] = error;
}

/* The rows from `first` on, n of them. */
BLOCK void dither_rows(const dither_work *k, dither_wave *s, int32_t first, int32_t n)
{
    int32_t times = k->columns + DITHER_LAG * (n - 1);
    bool last = first + n == k->rows;
    dither_row rows[BLOCK_PLACES];

    BLOCK_ONCE(i, n)
    {
        dither_row *r = &rows[BLOCK_PLACE(i)];

        r->left = r->above_left = 0.0;
        r->above = first && !i ? k->errors[0] : 0.0;
        s->errors[0][i] = s->errors[1][i] = 0.0;
        dither_fetch(r, k, (size_t)(first + i) * (size_t)k->pitch);
    }
    for (int32_t begin = 0; begin < times; begin += DITHER_TIMES) {
        BLOCK_ONCE(i, n)
        {
            dither_row *r = &rows[BLOCK_PLACE(i)];

            for (int32_t t = 0; t < DITHER_TIMES; t++) {
                r->levels[t] = r->next_levels[t];
                r->thresholds[t] = r->next_thresholds[t];
            }
            r->dots = 0;
            if (begin + DITHER_TIMES < times)
                dither_fetch(r, k, (size_t)(first + i) * (size_t)k->pitch + (size_t)(begin + DITHER_TIMES));
        }
        BLOCK_ONCE(t, DITHER_TIMES)
        {
            s->above[t] = first && begin + t + 1 < k->columns ? k->errors[begin + t + 1] : 0.0;
        }
        BLOCK_UNROLL
        for (int32_t t = 0; t < DITHER_TIMES; t++) {
            BLOCK_ONCE(i, n)
            {
                int32_t x = begin + t - DITHER_LAG * i;

                dither_point(&rows[BLOCK_PLACE(i)], s, k, i, begin + t, t);
                if (!last && i == n - 1 && x >= 0 && x < k->columns)
                    k->errors[x] = rows[BLOCK_PLACE(i)].left;
            }
        }
        BLOCK_ONCE(i, n)
        {
            k->dots[((size_t)(first + i) * (size_t)k->pitch + (size_t)begin) / DITHER_TIMES] =
                (unsigned char)rows[BLOCK_PLACE(i)].dots;
        }
    }
}

BLOCK void dither_diffuse_block(const effect_work *w, dither_wave *s)
{
    const dither_work *k = &w->of.dither;

    for (int32_t first = 0; first < k->rows; first += DITHER_ROWS)
        dither_rows(k, s, first, k->rows - first < DITHER_ROWS ? k->rows - first : DITHER_ROWS);
}

/* Is there ink at a pixel? */
BLOCK bool dither_ink(const dither_work *k, int32_t x, int32_t y)
{
    int32_t column = x < k->size ? 0 : px_ceil_div(x - k->size + 1, k->spacing);
    bool ink = false;

    for (; column <= x / k->spacing; column++)
        for (int32_t row = y < k->size ? 0 : px_ceil_div(y - k->size + 1, k->spacing); row <= y / k->spacing;
             row++) {
            size_t at = dither_at(k, column, row);

            ink = ink || (k->dots[at / DITHER_TIMES] >> at % DITHER_TIMES & 1);
        }
    return ink;
}

BLOCK void dither_dots_block(const effect_work *w, int32_t left, int32_t top)
{
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        uint32_t word;

        if (x >= w->width || y >= w->height)
            continue;
        word = px_word(w->src, w->src_pitch, x, y);
        px_put(w->dst, w->dst_pitch, x, y,
               px_grey((word & PX_ALPHA) && !dither_ink(&w->of.dither, x, y) ? 255 : 0, word));
    }
}

#endif

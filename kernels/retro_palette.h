/* retro_palette.h - the fixed palette, and one of a picture's own: median cut, then means of what is nearest.
 *
 * Integers, and in one order whatever the number of lanes. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_RETRO_PALETTE_H
#define INSPYR_KERNELS_RETRO_PALETTE_H

#include "kernels/retro8bit.h"

#define RETRO_CELLS (1 << 15)   /* of a histogram with 5 bits for a channel */
#define RETRO_SAMPLES (1 << 17) /* pixels that are counted, at most some */
#define RETRO_ROUNDS 6          /* of means; more change no colour by more than a level or two */

/* The pixels of a cell: how many, and the sums of their channels. */
typedef struct retro_cell {
    uint32_t count, sum[3];
} retro_cell;

typedef struct retro_box {
    int32_t first, end; /* of the cells */
    int32_t axis, cut;  /* across what it is best divided, and below which level */
    uint64_t spread;    /* what dividing it may gain: 0 if it cannot be divided */
} retro_box;

static const unsigned char retro_colours[RETRO_COLOURS][3] = {
    { 0, 0, 0 },       { 25, 25, 25 },    { 50, 50, 50 },    { 75, 75, 75 },    { 100, 100, 100 },
    { 130, 130, 130 }, { 160, 160, 160 }, { 190, 190, 190 }, { 220, 220, 220 }, { 255, 255, 255 },
    { 45, 30, 15 },    { 62, 39, 20 },    { 85, 55, 30 },    { 101, 67, 33 },   { 120, 80, 45 },
    { 139, 90, 50 },   { 160, 110, 70 },  { 180, 130, 90 },  { 200, 150, 110 }, { 255, 180, 120 },
    { 255, 200, 160 }, { 240, 220, 200 }, { 205, 133, 63 },  { 160, 82, 45 },   { 139, 69, 19 },
    { 70, 50, 30 },    { 100, 70, 40 },   { 40, 60, 80 },    { 60, 80, 120 },   { 150, 200, 255 },
    { 34, 70, 34 },    { 50, 100, 50 }
};

static inline uint32_t retro_word(const unsigned char *rgb)
{
    return (uint32_t)rgb[0] << PX_SHIFT(0) | (uint32_t)rgb[1] << PX_SHIFT(1) | (uint32_t)rgb[2] << PX_SHIFT(2);
}

static inline void retro_fixed(retro_palette *p)
{
    for (int32_t i = 0; i < RETRO_COLOURS; i++)
        retro_palette_set(p, i, retro_word(retro_colours[i]));
}

/* The mean level of a cell. */
static inline int32_t retro_mean(const retro_cell *c, int32_t axis)
{
    return (int32_t)((c->sum[axis] + c->count / 2) / c->count);
}

/* Counts opaque pixels of a lattice; returns how many cells have any, and moves those to the front. */
static inline int32_t retro_count(retro_cell *cells, const effect_job *job)
{
    int32_t step = 1, used = 0;

    while ((int64_t)px_ceil_div(job->width, step) * px_ceil_div(job->height, step) > RETRO_SAMPLES)
        step++;
    memset(cells, 0, RETRO_CELLS * sizeof *cells);
    for (int32_t y = 0; y < job->height; y += step) {
        const unsigned char *row = job_src(job, y);

        for (int64_t x = 0; x < job->width; x += step) {
            const unsigned char *p = row + 4 * x;
            retro_cell *c = &cells[p[0] >> 3 << 10 | p[1] >> 3 << 5 | p[2] >> 3];

            if (p[3] == 0)
                continue;
            c->count++;
            for (int32_t i = 0; i < 3; i++)
                c->sum[i] += p[i];
        }
    }
    for (int32_t i = 0; i < RETRO_CELLS; i++)
        if (cells[i].count)
            cells[used++] = cells[i];
    return used;
}

/* The axis along which the cells spread most, weighted as distances are, and the mean there. */
static inline void retro_measure(retro_box *box, const retro_cell *cells)
{
    static const uint64_t weights[3] = { 9, 144, 25 };

    box->spread = 0;
    for (int32_t axis = 0; axis < 3; axis++) {
        uint64_t count = 0, sum = 0, spread = 0;

        for (int32_t i = box->first; i < box->end; i++) {
            count += cells[i].count;
            sum += (uint64_t)cells[i].count * (uint64_t)retro_mean(&cells[i], axis);
        }
        for (int32_t i = box->first; i < box->end; i++) {
            int64_t off = (int64_t)retro_mean(&cells[i], axis) * (int64_t)count - (int64_t)sum;
            uint64_t away = (uint64_t)(off < 0 ? -off : off) / count; /* whole levels */

            spread += cells[i].count * away * away;
        }
        if (spread * weights[axis] > box->spread) {
            box->spread = spread * weights[axis];
            box->axis = axis;
            box->cut = (int32_t)((sum + count - 1) / count); /* the least level that is not below the mean */
        }
    }
}

/* Moves cells below the cut to the front; returns where the others begin. */
static inline int32_t retro_divide(const retro_box *box, retro_cell *cells)
{
    int32_t low = box->first;

    for (int32_t i = box->first; i < box->end; i++)
        if (retro_mean(&cells[i], box->axis) < box->cut) {
            retro_cell c = cells[i];

            cells[i] = cells[low];
            cells[low++] = c;
        }
    return low;
}

static inline void retro_colour_of(retro_palette *p, int32_t i, const uint64_t *sum, uint64_t count)
{
    unsigned char rgb[3];

    for (int32_t axis = 0; axis < 3; axis++)
        rgb[axis] = (unsigned char)((sum[axis] + count / 2) / count);
    retro_palette_set(p, i, retro_word(rgb));
}

/* The boxes' means, then the means of what is nearest to those. */
static inline void retro_settle(retro_palette *p, const retro_cell *cells, int32_t used)
{
    for (int32_t round = 0; round < RETRO_ROUNDS; round++) {
        uint64_t sum[RETRO_COLOURS][3] = { { 0 } }, count[RETRO_COLOURS] = { 0 };

        for (int32_t i = 0; i < used; i++) {
            int32_t best =
                retro_nearest(p, 3.0f * (float)retro_mean(&cells[i], 0),
                              12.0f * (float)retro_mean(&cells[i], 1), 5.0f * (float)retro_mean(&cells[i], 2));

            count[best] += cells[i].count;
            for (int32_t axis = 0; axis < 3; axis++)
                sum[best][axis] += cells[i].sum[axis];
        }
        for (int32_t i = 0; i < RETRO_COLOURS; i++)
            if (count[i])
                retro_colour_of(p, i, sum[i], count[i]);
    }
}

/* cells: room for RETRO_CELLS. A picture without opaque pixels gets the fixed palette. */
static inline void retro_adapt(retro_palette *p, retro_cell *cells, const effect_job *job)
{
    int32_t used = retro_count(cells, job), boxes = 1;
    retro_box box[RETRO_COLOURS] = { { 0, used, 0, 0, 0 } };

    if (!used) {
        retro_fixed(p);
        return;
    }
    retro_measure(&box[0], cells);
    while (boxes < RETRO_COLOURS) {
        int32_t widest = 0;

        for (int32_t i = 1; i < boxes; i++)
            widest = box[i].spread > box[widest].spread ? i : widest;
        if (!box[widest].spread)
            break;
        box[boxes] = box[widest];
        box[boxes].first = box[widest].end = retro_divide(&box[widest], cells);
        retro_measure(&box[widest], cells);
        retro_measure(&box[boxes++], cells);
    }
    for (int32_t i = 0; i < RETRO_COLOURS; i++) {
        const retro_box *b = &box[i < boxes ? i : 0];
        uint64_t sum[3] = { 0 }, count = 0;

        for (int32_t k = b->first; k < b->end; k++) {
            count += cells[k].count;
            for (int32_t axis = 0; axis < 3; axis++)
                sum[axis] += cells[k].sum[axis];
        }
        retro_colour_of(p, i, sum, count);
    }
    retro_settle(p, cells, used);
}

#endif

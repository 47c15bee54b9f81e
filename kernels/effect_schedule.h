/* effect_schedule.h - which works make up a job, and in which of three launches each is done.
 *
 * Launch 0 is dithering's levels; launch 1 its diffusion, and all other effects beside that; launch 2 its dots.
 * Leaf (kernels), for hosts alone. Threads: any. */
#ifndef INSPYR_KERNELS_EFFECT_SCHEDULE_H
#define INSPYR_KERNELS_EFFECT_SCHEDULE_H

#include "kernels/dithering.h"
#include "kernels/duotone.h"
#include "kernels/effect_block.h"
#include "kernels/effect_kernels.h"
#include "kernels/effect_work.h"

#define EFFECT_LAUNCHES 3

static inline bool schedule_has(int32_t effect)
{
    return effect == EFFECT_color || effect == EFFECT_enhancedblackwhite || effect == EFFECT_popart ||
           effect == EFFECT_dithering || effect == EFFECT_duotone;
}

static inline void schedule_ebw(ebw_work *k, const effect_job *job)
{
    k->look = ebw_look_of(job->values);
    memcpy(k->wide, ebw_wide_taps, sizeof k->wide);
    memcpy(k->narrow, ebw_narrow_taps, sizeof k->narrow);
    k->reach = grain_taps(k->taps, px_decimal(job->values[EBW_GRAIN_SIZE]));
    k->coarse_width = job->width > 1 ? job->width / 2 : 1;
    k->coarse_height = job->height > 1 ? job->height / 2 : 1;
    k->seed = job->seed;
}

static inline void schedule_popart(popart_work *k, const effect_job *job)
{
    k->contrast = job->values[POPART_CONTRAST];
    k->saturation = job->values[POPART_SATURATION];
    for (int i = 0; i < POPART_COLOURS; i++) {
        const unsigned char *paint = popart_paints[popart_paint_of[i]];

        k->paints[i] = (uint32_t)paint[0] << PX_SHIFT(0) | (uint32_t)paint[1] << PX_SHIFT(1) |
                       (uint32_t)paint[2] << PX_SHIFT(2);
    }
}

/* memory: schedule_bytes(), at a multiple of 64; NULL to learn how much that is. */
static inline size_t schedule_dither(dither_work *k, const effect_job *job, unsigned char *memory)
{
    unsigned char *end = memory;
    size_t points;

    k->gamma = px_decimal(job->values[DITHER_GAMMA]);
    k->strength = job->values[DITHER_STRENGTH];
    k->adaptive = job->values[DITHER_ADAPTIVE] >= 0.5f;
    k->spacing = (int32_t)job->values[DITHER_SPACING];
    k->size = (int32_t)job->values[DITHER_SIZE];
    k->columns = px_ceil_div(job->width, k->spacing);
    k->rows = px_ceil_div(job->height, k->spacing);
    k->pitch = k->columns + DITHER_LAG * ((k->rows < DITHER_ROWS ? k->rows : DITHER_ROWS) - 1);
    k->pitch = (k->pitch + DITHER_TIMES - 1) / DITHER_TIMES * DITHER_TIMES;
    points = (size_t)k->pitch * (size_t)k->rows;
    k->levels = (float *)px_take(&end, points, sizeof *k->levels);
    k->thresholds = (float *)px_take(&end, points, sizeof *k->thresholds);
    k->dots = (unsigned char *)px_take(&end, points / DITHER_TIMES, 1);
    k->errors = (double *)px_take(&end, (size_t)k->columns, sizeof *k->errors);
    return (size_t)((uintptr_t)end - (uintptr_t)memory);
}

/* What a job needs in the device's memory between its launches. */
static inline size_t schedule_bytes(int32_t effect, const effect_job *job)
{
    dither_work k;

    return effect == EFFECT_dithering ? schedule_dither(&k, job, NULL) : 0;
}

/* -1: nothing is done for this effect in that launch. */
static inline int32_t schedule_step(int32_t effect, int32_t launch)
{
    if (effect == EFFECT_dithering)
        return launch == 0 ? STEP_DITHER_LEVELS : launch == 1 ? STEP_DITHER_DIFFUSE : STEP_DITHER_DOTS;
    if (launch != 1)
        return -1;
    return effect == EFFECT_color     ? STEP_COLOR
           : effect == EFFECT_popart  ? STEP_POPART
           : effect == EFFECT_duotone ? STEP_DUOTONE
                                      : STEP_EBW;
}

/* Adds to a launch what a job does in it; job->state: its schedule_bytes(). The diffusion is to be added first,
 * as it takes longest. */
static inline void schedule_add(effect_works *all, int32_t effect, const effect_job *job, int32_t launch)
{
    effect_work *w = &all->works[all->count];
    int32_t step = schedule_step(effect, launch), rows = px_ceil_div(job->height, BLOCK_TILE);

    if (step < 0)
        return;
    memset(w, 0, sizeof *w);
    w->src = job->src;
    w->dst = job->dst;
    w->src_pitch = job->src_stride;
    w->dst_pitch = job->dst_stride;
    w->width = job->width;
    w->height = job->height;
    w->step = (effect_step)step;
    w->columns = px_ceil_div(job->width, BLOCK_TILE);
    if (effect == EFFECT_enhancedblackwhite)
        schedule_ebw(&w->of.ebw, job);
    else if (effect == EFFECT_popart)
        schedule_popart(&w->of.popart, job);
    else if (effect == EFFECT_dithering)
        schedule_dither(&w->of.dither, job, (unsigned char *)job->state);
    else if (effect == EFFECT_duotone)
        for (int i = 0; i < 2; i++)
            w->of.duotone[i] = (uint32_t)job->values[DUOTONE_DARK + i];
    all->first[all->count + 1] =
        all->first[all->count] + (step == STEP_DITHER_DIFFUSE ? 1 : (uint32_t)w->columns * (uint32_t)rows);
    all->count++;
}

/* A launch of up to EFFECT_WORKS jobs: which: the effect of each. */
static inline void schedule_fill(effect_works *all, const int32_t *which, const effect_job *jobs, size_t n,
                                 int32_t launch)
{
    all->count = 0;
    all->first[0] = 0;
    for (size_t i = 0; i < n; i++)
        if (which[i] == EFFECT_dithering)
            schedule_add(all, which[i], &jobs[i], launch);
    for (size_t i = 0; i < n; i++)
        if (which[i] != EFFECT_dithering)
            schedule_add(all, which[i], &jobs[i], launch);
}

#endif

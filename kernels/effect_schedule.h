/* effect_schedule.h - which works make up a job, and in which of three launches each is done.
 *
 * Launch 0 is what tiles need of other tiles: dithering's levels, the smaller pictures of retro8bit, the
 * squares of watercolor and the cells of mosaic; launch 1 the diffusion, and all other effects beside that;
 * launch 2 the dots. Leaf (kernels), for hosts alone. Threads: any. */
#ifndef INSPYR_KERNELS_EFFECT_SCHEDULE_H
#define INSPYR_KERNELS_EFFECT_SCHEDULE_H

#include "kernels/dithering.h"
#include "kernels/duotone.h"
#include "kernels/effect_block.h"
#include "kernels/effect_kernels.h"
#include "kernels/effect_work.h"
#include "kernels/retro_palette.h"

#define EFFECT_LAUNCHES 3

/* One line for each effect that has a twin. */
static const effect_step schedule_steps[EFFECT_COUNT][EFFECT_LAUNCHES] = {
    [EFFECT_color] = { STEP_NONE, STEP_COLOR, STEP_NONE },
    [EFFECT_enhancedblackwhite] = { STEP_NONE, STEP_EBW, STEP_NONE },
    [EFFECT_popart] = { STEP_NONE, STEP_POPART, STEP_NONE },
    [EFFECT_dithering] = { STEP_DITHER_LEVELS, STEP_DITHER_DIFFUSE, STEP_DITHER_DOTS },
    [EFFECT_retro8bit] = { STEP_RETRO_SHRINK, STEP_RETRO, STEP_NONE },
    [EFFECT_duotone] = { STEP_NONE, STEP_DUOTONE, STEP_NONE },
    [EFFECT_sketch] = { STEP_NONE, STEP_SKETCH, STEP_NONE },
    [EFFECT_watercolor] = { STEP_WASH_SQUARES, STEP_WATERCOLOR, STEP_NONE },
    [EFFECT_mosaic] = { STEP_MOSAIC_CELLS, STEP_MOSAIC, STEP_NONE },
};

/* Of an effect with these values. The diffusion of retro8bit and the colours of the picture are the CPU's. */
static inline bool schedule_has(int32_t effect, const float *values)
{
    retro_plan plan;

    if (effect < 0 || effect >= EFFECT_COUNT || !schedule_steps[effect][1])
        return false;
    if (effect != EFFECT_retro8bit)
        return true;
    plan = retro_plan_of(values);
    return !plan.diffusion && !plan.adaptive;
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

#define RETRO_LANES 32 /* of a pixel, at most */

static inline void schedule_small(retro_small *k, const effect_job *job, int32_t factor, unsigned char **memory)
{
    int64_t count;

    k->size = retro_size_of(job->width, job->height, factor);
    k->rows = px_ceil_div(job->height, k->size.height) + 1;
    k->lanes = 1;
    while (k->lanes < k->rows && k->lanes < RETRO_LANES)
        k->lanes *= 2;
    count = (int64_t)k->size.width * k->size.height;
    k->blocks = (uint32_t)((count * k->lanes + BLOCK_THREADS - 1) / BLOCK_THREADS);
    k->words = (uint32_t *)px_take(memory, (size_t)count, sizeof *k->words);
}

/* memory: as above. */
static inline size_t schedule_retro(retro_work *k, const effect_job *job, unsigned char *memory)
{
    retro_plan plan = retro_plan_of(job->values);
    unsigned char *end = memory;
    retro_palette palette;

    memset(k, 0, sizeof *k);
    k->threshold = plan.threshold;
    retro_fixed(&palette);
    memcpy(k->colours, palette.words, sizeof k->colours);
    if (plan.factor > 1)
        schedule_small(&k->coarse, job, plan.factor, &end);
    if (plan.factor > 1 && plan.edges)
        schedule_small(&k->fine, job, retro_fine(plan.factor), &end);
    return (size_t)((uintptr_t)end - (uintptr_t)memory);
}

static inline void schedule_sketch(sketch_work *k, const effect_job *job)
{
    k->radius = (int32_t)job->values[SKETCH_RADIUS];
    k->strength = job->values[SKETCH_STRENGTH];
    k->shading = job->values[SKETCH_SHADING];
    k->seed = noise_seed(job->seed);
    sketch_taps(k->taps, k->radius);
}

static inline size_t schedule_wash(wash_work *k, const effect_job *job, unsigned char *memory)
{
    unsigned char *end = memory;

    k->look = wash_look_of(job->values, job->width, job->height, job->seed);
    k->squares = (wash_square *)px_take(&end, (size_t)job->width * (size_t)job->height, sizeof *k->squares);
    return (size_t)((uintptr_t)end - (uintptr_t)memory);
}

static inline size_t schedule_mosaic(mosaic_work *k, const effect_job *job, unsigned char *memory)
{
    unsigned char *end = memory;

    k->look = mosaic_look_of(job->values, job->width, job->height, job->seed);
    k->cells = (mosaic_cell *)px_take(&end, (size_t)k->look.across * (size_t)k->look.down, sizeof *k->cells);
    return (size_t)((uintptr_t)end - (uintptr_t)memory);
}

/* What an effect's blocks are told; returns what the job needs in the device's memory between its launches. */
static inline size_t schedule_values(effect_work *w, int32_t effect, const effect_job *job,
                                     unsigned char *memory)
{
    switch (effect) {
    case EFFECT_enhancedblackwhite:
        schedule_ebw(&w->of.ebw, job);
        return 0;
    case EFFECT_popart:
        schedule_popart(&w->of.popart, job);
        return 0;
    case EFFECT_duotone:
        for (int i = 0; i < 2; i++)
            w->of.duotone[i] = (uint32_t)job->values[DUOTONE_DARK + i];
        return 0;
    case EFFECT_dithering:
        return schedule_dither(&w->of.dither, job, memory);
    case EFFECT_retro8bit:
        return schedule_retro(&w->of.retro, job, memory);
    case EFFECT_sketch:
        schedule_sketch(&w->of.sketch, job);
        return 0;
    case EFFECT_watercolor:
        return schedule_wash(&w->of.wash, job, memory);
    case EFFECT_mosaic:
        return schedule_mosaic(&w->of.mosaic, job, memory);
    }
    return 0;
}

static inline size_t schedule_bytes(int32_t effect, const effect_job *job)
{
    effect_work w;

    return schedule_values(&w, effect, job, NULL);
}

/* How many blocks a work has. */
static inline uint32_t schedule_blocks(const effect_work *w)
{
    switch (w->step) {
    case STEP_DITHER_DIFFUSE:
        return 1;
    case STEP_RETRO_SHRINK:
        return w->of.retro.coarse.blocks + w->of.retro.fine.blocks;
    case STEP_MOSAIC_CELLS:
        return (uint32_t)px_ceil_div(w->of.mosaic.look.across * w->of.mosaic.look.down, MOSAIC_CELLS);
    default:
        return (uint32_t)w->columns * (uint32_t)px_ceil_div(w->height, BLOCK_TILE);
    }
}

/* Adds to a launch what a job does in it; job->state: its schedule_bytes(). The diffusion is to be added first,
 * as it takes longest. */
static inline void schedule_add(effect_works *all, int32_t effect, const effect_job *job, int32_t launch)
{
    effect_work *w = &all->works[all->count];
    effect_step step = schedule_steps[effect][launch];

    if (step == STEP_NONE)
        return;
    memset(w, 0, sizeof *w);
    w->src = job->src;
    w->dst = job->dst;
    w->src_pitch = job->src_stride;
    w->dst_pitch = job->dst_stride;
    w->width = job->width;
    w->height = job->height;
    w->step = step;
    w->columns = px_ceil_div(job->width, BLOCK_TILE);
    (void)schedule_values(w, effect, job, (unsigned char *)job->state);
    all->first[all->count + 1] = all->first[all->count] + schedule_blocks(w);
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

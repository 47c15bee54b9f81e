/* effect_work.h - what the blocks of one launch on a device do: up to 8 works, each so many blocks of it.
 *
 * A work is a step of an effect on one picture. Tables and everything else that depends on parameters alone is
 * found by the host and passed on as the launch's parameter, which has room for 4096 bytes. Leaf (kernels).
 * Threads: any. */
#ifndef INSPYR_KERNELS_EFFECT_WORK_H
#define INSPYR_KERNELS_EFFECT_WORK_H

#include "kernels/enhancedblackwhite.h"
#include "kernels/grain.h"
#include "kernels/mosaic.h"
#include "kernels/popart.h"
#include "kernels/retro8bit.h"
#include "kernels/retro_span.h"
#include "kernels/sketch.h"
#include "kernels/watercolor.h"

typedef struct ebw_work {
    ebw_look look;
    double wide[EBW_WIDE], narrow[EBW_NARROW];
    float taps[GRAIN_REACH + 1];
    int32_t reach, coarse_width, coarse_height; /* of grain */
    uint64_t seed;
} ebw_work;

typedef struct popart_work {
    float contrast, saturation;
    uint32_t paints[POPART_COLOURS];
} popart_work;

/* Rows of the lattice lie DITHER_LAG further right from one to the next, so that what threads do at one time
 * lies at one column; every DITHER_ROWS rows it begins anew. */
#define DITHER_LAG 2
#define DITHER_ROWS 1024
#define DITHER_TIMES 8 /* points that a thread fetches together: one byte of dots */

typedef struct dither_work {
    double gamma;
    float strength;
    int32_t adaptive, spacing, size;
    int32_t columns, rows, pitch; /* pitch: points of a row with its lag, whole bytes of dots */
    float *levels, *thresholds;
    unsigned char *dots; /* a bit for each point */
    double *errors;      /* of the row above the DITHER_ROWS that are at work */
} dither_work;

/* A smaller picture, without alpha, in the palette's colours. */
typedef struct retro_small {
    retro_size size;
    int32_t rows, lanes; /* rows that make up a pixel, at most; threads that share them, a power of two */
    uint32_t blocks;     /* 0: there is no such picture */
    uint32_t *words;
} retro_small;

typedef struct retro_work {
    int32_t threshold;
    uint32_t colours[RETRO_COLOURS];
    retro_small coarse, fine; /* fine: at edges */
} retro_work;

typedef struct sketch_work {
    int32_t radius;
    uint32_t seed, taps[SKETCH_REACH + 1];
    float strength, shading;
} sketch_work;

typedef struct wash_work {
    wash_look look;
    wash_square *squares; /* one that begins at each pixel */
} wash_work;

#define MOSAIC_CELLS 32 /* of a block */

typedef struct mosaic_work {
    mosaic_look look;
    mosaic_cell *cells;
} mosaic_work;

typedef enum effect_step {
    STEP_NONE,
    STEP_COLOR,
    STEP_EBW,
    STEP_POPART,
    STEP_DUOTONE,
    STEP_DITHER_LEVELS,
    STEP_DITHER_DIFFUSE, /* one block */
    STEP_DITHER_DOTS,
    STEP_RETRO_SHRINK, /* as many blocks as the smaller pictures take */
    STEP_RETRO,
    STEP_SKETCH,
    STEP_WASH_SQUARES,
    STEP_WATERCOLOR,
    STEP_MOSAIC_CELLS, /* MOSAIC_CELLS of them a block */
    STEP_MOSAIC
} effect_step;

typedef struct effect_work {
    const unsigned char *src;
    unsigned char *dst;
    int64_t src_pitch, dst_pitch;
    int32_t width, height;
    effect_step step;
    int32_t columns; /* of tiles */
    union {
        ebw_work ebw;
        popart_work popart;
        dither_work dither;
        uint32_t duotone[2]; /* 0xRRGGBB of shadows and lights */
        retro_work retro;
        sketch_work sketch;
        wash_work wash;
        mosaic_work mosaic;
    } of;
} effect_work;

#define EFFECT_WORKS 8

typedef struct effect_works {
    uint32_t count, first[EFFECT_WORKS + 1]; /* work k has the blocks from first[k] to first[k + 1] - 1 */
    effect_work works[EFFECT_WORKS];
} effect_works;

#endif

/* effect_blocks.h - what one block of a launch does. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_EFFECT_BLOCKS_H
#define INSPYR_KERNELS_EFFECT_BLOCKS_H

#include "kernels/dither_block.h"
#include "kernels/ebw_block.h"
#include "kernels/mosaic_block.h"
#include "kernels/popart_block.h"
#include "kernels/retro_block.h"
#include "kernels/sketch_block.h"
#include "kernels/watercolor_block.h"

typedef union effect_shared {
    ebw_shared ebw;
    uint32_t paints[POPART_COLOURS];
    dither_tile levels;
    dither_wave wave;
    retro_shared retro;
    sketch_tile sketch;
    wash_tile wash;
    mosaic_shared mosaic;
} effect_shared;

BLOCK void effect_block(const effect_works *all, effect_shared *s, uint32_t block)
{
    const effect_work *w = all->works;
    uint32_t k = 0;
    int32_t left, top;

    while (block >= all->first[k + 1])
        k++;
    w += k;
    block -= all->first[k];
    left = (int32_t)(block % (uint32_t)w->columns) * BLOCK_TILE;
    top = (int32_t)(block / (uint32_t)w->columns) * BLOCK_TILE;
    switch (w->step) {
    case STEP_NONE:
        break;
    case STEP_COLOR:
        color_block(w, left, top);
        break;
    case STEP_EBW:
        ebw_block(w, &s->ebw, left, top);
        break;
    case STEP_POPART:
        popart_block(w, s->paints, left, top);
        break;
    case STEP_DUOTONE:
        duotone_block(w, left, top);
        break;
    case STEP_DITHER_LEVELS:
        dither_levels_block(w, &s->levels, left, top);
        break;
    case STEP_DITHER_DIFFUSE:
        dither_diffuse_block(w, &s->wave);
        break;
    case STEP_DITHER_DOTS:
        dither_dots_block(w, left, top);
        break;
    case STEP_RETRO_SHRINK:
        retro_shrink_block(w, &s->retro, block);
        break;
    case STEP_RETRO:
        retro_block(w, &s->retro, left, top);
        break;
    case STEP_SKETCH:
        sketch_block(w, &s->sketch, left, top);
        break;
    case STEP_WASH_SQUARES:
        wash_squares_block(w, &s->wash, left, top);
        break;
    case STEP_WATERCOLOR:
        watercolor_block(w, left, top);
        break;
    case STEP_MOSAIC_CELLS:
        mosaic_cells_block(w, &s->mosaic, block);
        break;
    case STEP_MOSAIC:
        mosaic_block(w, left, top);
        break;
    }
}

#endif

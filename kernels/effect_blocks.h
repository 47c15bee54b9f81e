/* effect_blocks.h - what one block of a launch does. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_EFFECT_BLOCKS_H
#define INSPYR_KERNELS_EFFECT_BLOCKS_H

#include "kernels/dither_block.h"
#include "kernels/ebw_block.h"
#include "kernels/popart_block.h"

typedef union effect_shared {
    ebw_shared ebw;
    uint32_t paints[POPART_COLOURS];
    dither_tile levels;
    dither_wave wave;
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
    }
}

#endif

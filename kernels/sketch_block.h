/* sketch_block.h - a tile of a pencil drawing: what the blur reaches is the block's own. Leaf (kernels).
 * Threads: one block. */
#ifndef INSPYR_KERNELS_SKETCH_BLOCK_H
#define INSPYR_KERNELS_SKETCH_BLOCK_H

#include "kernels/effect_block.h"
#include "kernels/effect_work.h"

#define SKETCH_SIDE (BLOCK_TILE + 2 * SKETCH_REACH)

typedef struct sketch_tile {
    unsigned char levels[SKETCH_SIDE * SKETCH_SIDE];
    uint16_t across[SKETCH_SIDE * BLOCK_TILE];
} sketch_tile;

BLOCK void sketch_block(const effect_work *w, sketch_tile *s, int32_t left, int32_t top)
{
    const sketch_work *k = &w->of.sketch;
    const int32_t side = BLOCK_TILE + 2 * k->radius;

    BLOCK_EACH(i, side * side)
    {
        int32_t x = px_within(left + i % side - k->radius, w->width);
        int32_t y = px_within(top + i / side - k->radius, w->height);

        s->levels[i] = (unsigned char)px_light(px_word(w->src, w->src_pitch, x, y));
    }
    BLOCK_EACH(i, side * BLOCK_TILE)
    {
        const unsigned char *at = s->levels + i / BLOCK_TILE * side + i % BLOCK_TILE + k->radius;
        uint32_t sum = k->taps[0] * at[0];

        for (int32_t n = 1; n <= k->radius; n++)
            sum += k->taps[n] * ((uint32_t)at[-n] + at[n]);
        s->across[i] = sketch_across(sum);
    }
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        const uint16_t *at = s->across + i + k->radius * BLOCK_TILE;
        uint32_t sum = k->taps[0] * at[0], word;
        float stroke;

        if (x >= w->width || y >= w->height)
            continue;
        for (int32_t n = 1; n <= k->radius; n++)
            sum += k->taps[n] * ((uint32_t)at[-n * BLOCK_TILE] + at[n * BLOCK_TILE]);
        word = px_word(w->src, w->src_pitch, x, y);
        stroke = sketch_stroke((uint32_t)x, (uint32_t)y, k->seed);
        px_put(w->dst, w->dst_pitch, x, y,
               px_grey(sketch_pencil((float)(int32_t)px_light(word), sketch_around(sum), stroke, k->strength,
                                     k->shading),
                       word));
    }
}

#endif

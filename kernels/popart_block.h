/* popart_block.h - tiles of the effects that look at one pixel at a time: color, popart, duotone. Leaf
 * (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_POPART_BLOCK_H
#define INSPYR_KERNELS_POPART_BLOCK_H

#include "kernels/duotone.h"
#include "kernels/effect_block.h"
#include "kernels/effect_work.h"

BLOCK void color_block(const effect_work *w, int32_t left, int32_t top)
{
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;

        if (x < w->width && y < w->height)
            px_put(w->dst, w->dst_pitch, x, y, px_word(w->src, w->src_pitch, x, y));
    }
}

/* paints: the block's own copy of the work's. */
BLOCK void popart_block(const effect_work *w, uint32_t *paints, int32_t left, int32_t top)
{
    BLOCK_EACH(i, POPART_COLOURS)
    {
        paints[i] = w->of.popart.paints[i];
    }
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE, levels;
        uint32_t word;

        if (x >= w->width || y >= w->height)
            continue;
        word = px_word(w->src, w->src_pitch, x, y);
        levels =
            popart_levels((unsigned char)PX_CHANNEL(word, 0), (unsigned char)PX_CHANNEL(word, 1),
                          (unsigned char)PX_CHANNEL(word, 2), w->of.popart.contrast, w->of.popart.saturation);
        px_put(w->dst, w->dst_pitch, x, y, paints[levels] | (word & PX_ALPHA));
    }
}

BLOCK void duotone_block(const effect_work *w, int32_t left, int32_t top)
{
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        uint32_t word, v, out;

        if (x >= w->width || y >= w->height)
            continue;
        word = px_word(w->src, w->src_pitch, x, y);
        v = px_light(word);
        out = word & PX_ALPHA;
        for (int c = 0; c < 3; c++)
            out |= duotone_level(w->of.duotone[0], w->of.duotone[1], v, c) << PX_SHIFT(c);
        px_put(w->dst, w->dst_pitch, x, y, out);
    }
}

#endif

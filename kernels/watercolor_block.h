/* watercolor_block.h - washes on a device: the square that begins at every pixel, then the paint, which looks
 * them up wherever its colours run. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_WATERCOLOR_BLOCK_H
#define INSPYR_KERNELS_WATERCOLOR_BLOCK_H

#include "kernels/effect_block.h"
#include "kernels/effect_work.h"

#define WASH_ROWS (BLOCK_TILE + WASH_BRUSH_MAX)

typedef struct wash_tile {
    wash_sums across[WASH_ROWS * BLOCK_TILE];
} wash_tile;

BLOCK void wash_squares_block(const effect_work *w, wash_tile *s, int32_t left, int32_t top)
{
    const wash_work *k = &w->of.wash;
    const int32_t brush = k->look.brush;

    BLOCK_EACH(i, (BLOCK_TILE + brush) * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = px_within(top + i / BLOCK_TILE, w->height);
        wash_sums sum = { { 0, 0, 0 }, 0, 0 };

        for (int32_t n = 0; n <= brush; n++) {
            uint32_t word = px_word(w->src, w->src_pitch, px_within(x + n, w->width), y);
            uint32_t light = px_light(word);

            for (int c = 0; c < 3; c++)
                sum.colour[c] += (uint32_t)PX_CHANNEL(word, c);
            sum.light += light;
            sum.light2 += light * light;
        }
        s->across[i] = sum;
    }
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        wash_sums sum = s->across[i];

        if (x >= w->width || y >= w->height)
            continue;
        for (int32_t n = 1; n <= brush; n++) {
            const wash_sums *row = &s->across[i + n * BLOCK_TILE];

            for (int c = 0; c < 3; c++)
                sum.colour[c] += row->colour[c];
            sum.light += row->light;
            sum.light2 += row->light2;
        }
        k->squares[(size_t)y * (size_t)w->width + (size_t)x] = wash_square_of(&sum, wash_share(brush));
    }
}

BLOCK void watercolor_block(const effect_work *w, int32_t left, int32_t top)
{
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        unsigned char rgb[3];

        if (x >= w->width || y >= w->height)
            continue;
        wash_paint(rgb, &w->of.wash.look, w->of.wash.squares, x, y);
        px_put(w->dst, w->dst_pitch, x, y, px_rgb(rgb[0], rgb[1], rgb[2], px_word(w->src, w->src_pitch, x, y)));
    }
}

#endif

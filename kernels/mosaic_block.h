/* mosaic_block.h - tiles of stone on a device: MOSAIC_CELLS cells a block, then the picture in the blocks' own
 * tiles. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_MOSAIC_BLOCK_H
#define INSPYR_KERNELS_MOSAIC_BLOCK_H

#include "kernels/effect_block.h"
#include "kernels/effect_work.h"

#define MOSAIC_LANES (BLOCK_THREADS / MOSAIC_CELLS) /* of a cell, which share out its rows */

typedef struct mosaic_shared {
    mosaic_sums sums[BLOCK_THREADS];
    mosaic_patch patches[MOSAIC_PATCHES][MOSAIC_CELLS];
} mosaic_shared;

BLOCK mosaic_square mosaic_square_at(const mosaic_look *k, int32_t cell, int32_t patch)
{
    return mosaic_square_of(k, cell % k->across, cell / k->across, patch);
}

BLOCK mosaic_sums mosaic_rows(const effect_work *w, const mosaic_square *s, int32_t lane)
{
    mosaic_sums sums = { { 0, 0, 0 }, 0, 0 };

    for (int32_t y = s->top + lane; y < s->bottom; y += MOSAIC_LANES)
        for (int32_t x = s->left; x < s->right; x++) {
            uint32_t word = px_word(w->src, w->src_pitch, x, y), l;

            for (int c = 0; c < 3; c++)
                sums.colour[c] += (uint32_t)PX_CHANNEL(word, c);
            l = px_light(word);
            sums.light += l;
            sums.light2 += l * l;
        }
    return sums;
}

BLOCK mosaic_patch mosaic_patch_sum(const mosaic_sums *lanes, const mosaic_square *s)
{
    mosaic_sums sums = { { 0, 0, 0 }, 0, 0 };

    for (int32_t i = 0; i < MOSAIC_LANES; i++) {
        for (int c = 0; c < 3; c++)
            sums.colour[c] += lanes[i].colour[c];
        sums.light += lanes[i].light;
        sums.light2 += lanes[i].light2;
    }
    return mosaic_patch_of(&sums, s);
}

BLOCK void mosaic_set(const mosaic_work *k, const mosaic_shared *m, int32_t cell, int32_t i)
{
    mosaic_cell *c = &k->cells[cell];
    mosaic_square s = mosaic_square_at(&k->look, cell, 0);

    c->tiles = 0;
    if (mosaic_calm(&k->look, &m->patches[0][i])) {
        mosaic_set_tile(&k->look, c, &m->patches[0][i], &s, (float)k->look.side);
        return;
    }
    for (int32_t p = 1; p < MOSAIC_PATCHES; p++) {
        s = mosaic_square_at(&k->look, cell, p);
        if (s.left < k->look.width && s.top < k->look.height)
            mosaic_set_tile(&k->look, c, &m->patches[p][i], &s, (float)k->look.side / 2);
    }
}

BLOCK void mosaic_cells_block(const effect_work *w, mosaic_shared *m, uint32_t block)
{
    const mosaic_work *k = &w->of.mosaic;
    const int32_t first = (int32_t)block * MOSAIC_CELLS, rest = k->look.across * k->look.down - first;
    const int32_t n = rest < MOSAIC_CELLS ? rest : MOSAIC_CELLS;

    for (int32_t p = 0; p < MOSAIC_PATCHES; p++) {
        BLOCK_EACH(i, n * MOSAIC_LANES)
        {
            mosaic_square s = mosaic_square_at(&k->look, first + i / MOSAIC_LANES, p);

            m->sums[i] = mosaic_rows(w, &s, i % MOSAIC_LANES);
        }
        BLOCK_EACH(i, n)
        {
            mosaic_square s = mosaic_square_at(&k->look, first + i, p);

            m->patches[p][i] = mosaic_patch_sum(m->sums + i * MOSAIC_LANES, &s);
        }
    }
    BLOCK_EACH(i, n)
    {
        mosaic_set(k, m, first + i, i);
    }
}

BLOCK void mosaic_block(const effect_work *w, int32_t left, int32_t top)
{
    const mosaic_work *k = &w->of.mosaic;

    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE, count;
        const mosaic_tile *tiles[MOSAIC_NEAR];
        unsigned char rgb[3];
        mosaic_place p;

        if (x >= w->width || y >= w->height)
            continue;
        count = mosaic_gather(&k->look, k->cells, tiles, x / k->look.side, y / k->look.side);
        p = mosaic_place_of(tiles, count, (float)x + 0.5f, (float)y + 0.5f);
        mosaic_paint(rgb, &k->look, &p);
        px_put(w->dst, w->dst_pitch, x, y, px_rgb(rgb[0], rgb[1], rgb[2], px_word(w->src, w->src_pitch, x, y)));
    }
}

#endif

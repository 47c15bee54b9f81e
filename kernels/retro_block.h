/* retro_block.h - blocks of few colours on a device: the smaller pictures, whose colours are looked up at once,
 * then the picture in tiles.
 *
 * Of a smaller picture each pixel has `lanes` threads, which add up its rows; the sums of the rows are then
 * added in their order. Fixed colours and no diffusion: the others are the CPU's. Leaf (kernels). Threads: one
 * block. */
#ifndef INSPYR_KERNELS_RETRO_BLOCK_H
#define INSPYR_KERNELS_RETRO_BLOCK_H

#include "kernels/effect_block.h"
#include "kernels/effect_work.h"

#define RETRO_EDGE (BLOCK_TILE + 2)  /* side of the edges that widen into a tile, */
#define RETRO_GREYS (BLOCK_TILE + 4) /* and of the grey that they are found in */

typedef struct retro_shared {
    retro_palette palette;
    union {
        float rows[BLOCK_THREADS][3];
        int16_t greys[RETRO_GREYS * RETRO_GREYS];
    } a;
    float sums[BLOCK_THREADS][3];
    unsigned char edges[RETRO_EDGE * RETRO_EDGE];
} retro_shared;

BLOCK void retro_colours_block(const retro_work *k, retro_palette *p)
{
    BLOCK_EACH(i, RETRO_COLOURS)
    {
        retro_palette_set(p, i, k->colours[i]);
    }
}

/* A channel of the part of a row that makes up a pixel. */
BLOCK float retro_row_sum(const effect_work *w, const retro_span *span, int32_t y, int32_t c)
{
    float sum = (float)PX_CHANNEL(px_word(w->src, w->src_pitch, span->first, y), c) * span->head;

    for (int32_t i = 1; i < span->count - 1; i++)
        sum = sum + (float)PX_CHANNEL(px_word(w->src, w->src_pitch, span->first + i, y), c) * span->middle;
    if (span->count > 1)
        sum = sum + (float)PX_CHANNEL(px_word(w->src, w->src_pitch, span->first + span->count - 1, y), c) *
                        span->tail;
    return sum;
}

/* To an integer, ties to even. */
BLOCK uint32_t retro_whole(float v)
{
    return (uint32_t)(int32_t)((v + 12582912.0f) - 12582912.0f); /* 1.5 * 2^23 */
}

BLOCK void retro_small_block(const effect_work *w, retro_shared *s, const retro_small *small, uint32_t block)
{
    const int32_t most = BLOCK_THREADS / small->lanes, width = small->size.width;
    const int64_t first = (int64_t)block * most, rest = (int64_t)width * small->size.height - first;
    const int32_t n = rest < most ? (int32_t)rest : most;

    BLOCK_EACH(i, n)
    {
        for (int32_t c = 0; c < 3; c++)
            s->sums[i][c] = 0.0f;
    }
    for (int32_t from = 0; from < small->rows; from += small->lanes) {
        BLOCK_EACH(i, n * small->lanes)
        {
            int64_t at = first + i / small->lanes;
            retro_span across = retro_span_of((int32_t)(at % width), w->width, width, small->size.whole);
            retro_span down =
                retro_span_of((int32_t)(at / width), w->height, small->size.height, small->size.whole);
            int32_t row = from + i % small->lanes;

            if (row >= down.count)
                continue;
            for (int32_t c = 0; c < 3; c++)
                s->a.rows[i][c] = retro_row_sum(w, &across, down.first + row, c) * retro_weight(&down, row);
        }
        BLOCK_EACH(i, n)
        {
            int32_t count =
                retro_span_of((int32_t)((first + i) / width), w->height, small->size.height, small->size.whole)
                    .count;

            for (int32_t lane = 0; lane < small->lanes && from + lane < count; lane++)
                for (int32_t c = 0; c < 3; c++)
                    s->sums[i][c] = s->sums[i][c] + s->a.rows[i * small->lanes + lane][c];
        }
    }
    BLOCK_EACH(i, n)
    {
        uint32_t word = px_rgb(retro_whole(s->sums[i][0] * small->size.scale),
                               retro_whole(s->sums[i][1] * small->size.scale),
                               retro_whole(s->sums[i][2] * small->size.scale), 0);

        small->words[first + i] = s->palette.words[retro_nearest_to(&s->palette, word)];
    }
}

BLOCK void retro_shrink_block(const effect_work *w, retro_shared *s, uint32_t block)
{
    const retro_work *k = &w->of.retro;

    retro_colours_block(k, &s->palette);
    if (block < k->coarse.blocks)
        retro_small_block(w, s, &k->coarse, block);
    else
        retro_small_block(w, s, &k->fine, block - k->coarse.blocks);
}

BLOCK void retro_edges_block(const effect_work *w, retro_shared *s, int32_t left, int32_t top)
{
    const int32_t limit = w->of.retro.threshold * w->of.retro.threshold;

    BLOCK_EACH(i, RETRO_GREYS * RETRO_GREYS)
    {
        int32_t x = px_reflect(left + i % RETRO_GREYS - 2, w->width);
        int32_t y = px_reflect(top + i / RETRO_GREYS - 2, w->height);

        s->a.greys[i] = retro_grey(px_word(w->src, w->src_pitch, x, y));
    }
    BLOCK_EACH(i, RETRO_EDGE * RETRO_EDGE)
    {
        const int16_t *p = s->a.greys + i / RETRO_EDGE * RETRO_GREYS + i % RETRO_EDGE;

        s->edges[i] = retro_steep(p, p + RETRO_GREYS, p + 2 * RETRO_GREYS) > limit;
    }
}

/* What a smaller picture shows at a pixel. */
BLOCK uint32_t retro_shown(const effect_work *w, const retro_small *small, int32_t x, int32_t y)
{
    int32_t column = retro_shown_at(x, w->width, small->size.width);
    int32_t row = retro_shown_at(y, w->height, small->size.height);

    return small->words[(size_t)row * (size_t)small->size.width + (size_t)column];
}

BLOCK void retro_block(const effect_work *w, retro_shared *s, int32_t left, int32_t top)
{
    const retro_work *k = &w->of.retro;

    retro_colours_block(k, &s->palette);
    if (k->fine.blocks)
        retro_edges_block(w, s, left, top);
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        const unsigned char *e = s->edges + i / BLOCK_TILE * RETRO_EDGE + i % BLOCK_TILE;
        uint32_t word, colour;
        int32_t wide = 0;

        if (x >= w->width || y >= w->height)
            continue;
        word = px_word(w->src, w->src_pitch, x, y);
        for (int32_t n = 0; k->fine.blocks && n < 9; n++)
            wide |= e[n / 3 * RETRO_EDGE + n % 3];
        if (k->coarse.blocks)
            colour = retro_shown(w, wide ? &k->fine : &k->coarse, x, y);
        else
            colour = s->palette.words[retro_nearest_to(&s->palette, word)];
        px_put(w->dst, w->dst_pitch, x, y, word & PX_ALPHA ? (word & PX_ALPHA) | colour : 0);
    }
}

#endif

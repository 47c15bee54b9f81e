/* ebw_block.h - a tile of film-style black and white: all passes in the block's own memory.
 *
 * As on the CPU, what lies beyond the picture is its mirror image, of which every filter makes the mirror image
 * again, and sums are added up in the same order. Buffers serve twice: 72 KiB in all, so that a processor of
 * 164 KiB has two blocks. Leaf (kernels). Threads: one block. */
#ifndef INSPYR_KERNELS_EBW_BLOCK_H
#define INSPYR_KERNELS_EBW_BLOCK_H

#include "kernels/effect_block.h"
#include "kernels/effect_work.h"

#define EBW_SHARP (BLOCK_TILE + 2 * EBW_HALO)     /* side of what is sharpened, 52 */
#define EBW_TONE (EBW_SHARP + 2 * EBW_EDGE_REACH) /* of the tones for it, 56 */
#define EBW_GRAIN_SIDE (BLOCK_TILE + 2 * GRAIN_REACH)

/* Of a column or a row of the tile and of what the blur reaches. */
typedef struct ebw_place {
    int32_t at, from; /* in the fine layer, and in the coarse one */
    float part;       /* of the way to the next of the coarse one */
} ebw_place;

typedef struct ebw_grains {
    ebw_place columns[EBW_GRAIN_SIDE], rows[EBW_GRAIN_SIDE];
    uint32_t fine[EBW_GRAIN_SIDE], coarse[EBW_GRAIN_SIDE][2]; /* keys of the rows, and of the next coarse one */
    float both[EBW_GRAIN_SIDE * EBW_GRAIN_SIDE], across[EBW_GRAIN_SIDE * BLOCK_TILE];
} ebw_grains;

typedef struct ebw_shared {
    union {
        double tones[EBW_TONE * EBW_TONE], glow[EBW_SHARP * EBW_SHARP];
        ebw_grains grains;
    } a;
    union {
        double column[EBW_SHARP * EBW_TONE];
        double across[2][EBW_SHARP * BLOCK_TILE]; /* the wide blur, the narrow one */
    } b;
    double sharp[EBW_SHARP * EBW_SHARP];
} ebw_shared;

BLOCK void ebw_sharp_block(const effect_work *w, ebw_shared *s, int32_t left, int32_t top)
{
    const ebw_look *k = &w->of.ebw.look;
    const int32_t margin = EBW_HALO + EBW_EDGE_REACH;

    BLOCK_EACH(i, EBW_TONE * EBW_TONE)
    {
        int32_t x = px_reflect(left + i % EBW_TONE - margin, w->width);
        int32_t y = px_reflect(top + i / EBW_TONE - margin, w->height);

        s->a.tones[i] = ebw_tone(px_word(w->src, w->src_pitch, x, y), k);
    }
    BLOCK_EACH(i, EBW_SHARP * EBW_TONE)
    {
        const double *t = s->a.tones + i;

        s->b.column[i] = ebw_blur5(t[2 * EBW_TONE], t[EBW_TONE] + t[3 * EBW_TONE], t[0] + t[4 * EBW_TONE]);
    }
    BLOCK_EACH(i, EBW_SHARP * EBW_SHARP)
    {
        int32_t x = i % EBW_SHARP, y = i / EBW_SHARP;
        const double *c = s->b.column + y * EBW_TONE + x;

        s->sharp[i] = ebw_sharpen(s->a.tones[(y + EBW_EDGE_REACH) * EBW_TONE + x + EBW_EDGE_REACH],
                                  ebw_blur5(c[2], c[1] + c[3], c[0] + c[4]), k);
    }
    BLOCK_EACH(i, EBW_SHARP * EBW_SHARP)
    {
        s->a.glow[i] = k->smooth ? ebw_glow_smooth(s->sharp[i]) : ebw_glow(s->sharp[i]);
    }
}

/* step: from one value of the line to the next. */
BLOCK double ebw_wide_blur(const double *at, int32_t step, const ebw_work *k)
{
    double v = k->wide[0] * at[0];

    for (int32_t i = 1; i < EBW_WIDE; i++)
        v = v + k->wide[i] * (at[-i * step] + at[i * step]);
    return v;
}

BLOCK double ebw_narrow_blur(const double *at, int32_t step, const ebw_work *k)
{
    double v = k->narrow[0] * at[0];

    for (int32_t i = 1; i < EBW_NARROW; i++)
        v = v + k->narrow[i] * (at[-i * step] + at[i * step]);
    return v;
}

BLOCK ebw_place ebw_place_of(int32_t i, int32_t large, int32_t small)
{
    ebw_place p;

    p.at = px_reflect(i, large);
    p.from = grain_between(&p.part, p.at, large, small);
    return p;
}

BLOCK float ebw_coarse(uint32_t key, const ebw_place *p)
{
    float left = (float)grain_at(key, (uint32_t)p->from) * GRAIN_COARSE;
    float right = (float)grain_at(key, (uint32_t)p->from + 1) * GRAIN_COARSE;

    return left + p->part * (right - left);
}

BLOCK float ebw_grain_blur(const float *at, int32_t step, const ebw_work *k)
{
    float v = k->taps[0] * at[0];

    for (int32_t i = 1; i <= k->reach; i++)
        v = v + k->taps[i] * (at[-i * step] + at[i * step]);
    return v;
}

BLOCK void ebw_grain_block(const effect_work *w, ebw_grains *g, int32_t left, int32_t top)
{
    const ebw_work *k = &w->of.ebw;

    BLOCK_EACH(i, EBW_GRAIN_SIDE)
    {
        g->columns[i] = ebw_place_of(left + i - GRAIN_REACH, w->width, k->coarse_width);
        g->rows[i] = ebw_place_of(top + i - GRAIN_REACH, w->height, k->coarse_height);
        g->fine[i] = grain_key(k->seed, 0, (uint32_t)g->rows[i].at);
        g->coarse[i][0] = grain_key(k->seed, 1, (uint32_t)g->rows[i].from);
        g->coarse[i][1] = grain_key(k->seed, 1, (uint32_t)g->rows[i].from + 1);
    }
    BLOCK_EACH(i, EBW_GRAIN_SIDE * EBW_GRAIN_SIDE)
    {
        int32_t x = i % EBW_GRAIN_SIDE, y = i / EBW_GRAIN_SIDE;
        float above = ebw_coarse(g->coarse[y][0], &g->columns[x]);
        float below = ebw_coarse(g->coarse[y][1], &g->columns[x]);

        g->both[i] = (float)grain_at(g->fine[y], (uint32_t)g->columns[x].at) * GRAIN_FINE +
                     (above + g->rows[y].part * (below - above));
    }
    BLOCK_EACH(i, EBW_GRAIN_SIDE * BLOCK_TILE)
    {
        int32_t x = i % BLOCK_TILE, y = i / BLOCK_TILE;

        g->across[i] = ebw_grain_blur(g->both + y * EBW_GRAIN_SIDE + x + GRAIN_REACH, 1, k);
    }
}

BLOCK void ebw_block(const effect_work *w, ebw_shared *s, int32_t left, int32_t top)
{
    const ebw_work *k = &w->of.ebw;

    ebw_sharp_block(w, s, left, top);
    BLOCK_EACH(i, EBW_SHARP * BLOCK_TILE)
    {
        const double *glow = s->a.glow + i / BLOCK_TILE * EBW_SHARP + i % BLOCK_TILE + EBW_HALO;

        s->b.across[0][i] = ebw_wide_blur(glow, 1, k);
        s->b.across[1][i] = ebw_narrow_blur(glow, 1, k);
    }
    if (k->look.grain != 0.0)
        ebw_grain_block(w, &s->a.grains, left, top);
    BLOCK_EACH(i, BLOCK_TILE * BLOCK_TILE)
    {
        int32_t x = left + i % BLOCK_TILE, y = top + i / BLOCK_TILE;
        int32_t at = i + EBW_HALO * BLOCK_TILE;
        double v, grain = 0.0;

        if (x >= w->width || y >= w->height)
            continue;
        v = ebw_halo(ebw_wide_blur(s->b.across[0] + at, BLOCK_TILE, k),
                     ebw_narrow_blur(s->b.across[1] + at, BLOCK_TILE, k));
        if (k->look.grain != 0.0)
            grain = (double)ebw_grain_blur(s->a.grains.across + i + GRAIN_REACH * BLOCK_TILE, BLOCK_TILE, k);
        v = ebw_expose(s->sharp[(y - top + EBW_HALO) * EBW_SHARP + x - left + EBW_HALO], v, &k->look);
        v = ebw_grainy(v, grain, &k->look);
        if (k->look.highlights)
            v = k->look.smooth ? ebw_lift_smooth(v) : ebw_lift(v);
        px_put(w->dst, w->dst_pitch, x, y, px_grey(ebw_level(v), px_word(w->src, w->src_pitch, x, y)));
    }
}

#endif

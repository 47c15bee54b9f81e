/* mosaic.h - tiles of stone: where they lie, and the arithmetic of one pixel.
 *
 * A cell has one tile, or up to four, of the patches that begin at its corner and in its middle. Leaf
 * (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_MOSAIC_H
#define INSPYR_KERNELS_MOSAIC_H

#include <math.h>
#include <stdbool.h>

#include "kernels/effect_px.h"
#include "kernels/noise.h"

/* In the order of job->values. */
enum { MOSAIC_TILE, MOSAIC_DETAIL, MOSAIC_JOINT, MOSAIC_COLOUR, MOSAIC_RELIEF, MOSAIC_VARIATION };

#define MOSAIC_JITTER 0.32f /* of a tile's side: centres move by so much at most */
#define MOSAIC_BUSY 1500.0f /* variance of a cell's luminance that splits it at half of `detail` */
#define MOSAIC_BEVEL 0.22f  /* of a tile's side that is not flat */
#define MOSAIC_TILES 4      /* of a cell at most */
#define MOSAIC_NEAR (9 * MOSAIC_TILES)

typedef struct mosaic_tile {
    float x, y;
    float colour[3]; /* levels */
} mosaic_tile;

typedef struct mosaic_cell {
    int32_t tiles;
    mosaic_tile tile[MOSAIC_TILES];
} mosaic_cell;

typedef struct mosaic_look {
    int32_t width, height, side, across, down; /* of the picture, of a cell; how many cells */
    float tile, detail, joint, relief, variation;
    uint32_t colour, seed; /* of joints: 0xRRGGBB */
} mosaic_look;

PX mosaic_look mosaic_look_of(const float *values, int32_t width, int32_t height, uint64_t seed)
{
    mosaic_look k;

    k.width = width;
    k.height = height;
    k.side = (int32_t)values[MOSAIC_TILE];
    k.across = px_ceil_div(width, k.side);
    k.down = px_ceil_div(height, k.side);
    k.tile = values[MOSAIC_TILE];
    k.detail = values[MOSAIC_DETAIL];
    k.joint = values[MOSAIC_JOINT];
    k.relief = values[MOSAIC_RELIEF];
    k.variation = values[MOSAIC_VARIATION];
    k.colour = (uint32_t)values[MOSAIC_COLOUR];
    k.seed = noise_seed(seed);
    return k;
}

/* What a tile is made for: 0 is the whole cell, 1 to 4 are its corners, which overlap where the side is odd. */
#define MOSAIC_PATCHES (1 + MOSAIC_TILES)

typedef struct mosaic_square {
    int32_t left, top, right, bottom; /* within the picture; nothing of it where left or top is not */
} mosaic_square;

PX mosaic_square mosaic_square_of(const mosaic_look *k, int32_t across, int32_t down, int32_t patch)
{
    int32_t half = k->side / 2, side = patch ? k->side - half : k->side;
    mosaic_square s;

    s.left = across * k->side + (patch == 2 || patch == 4 ? half : 0);
    s.top = down * k->side + (patch >= 3 ? half : 0);
    s.right = k->width - s.left < side ? k->width : s.left + side;
    s.bottom = k->height - s.top < side ? k->height : s.top + side;
    return s;
}

/* Of at most 64 x 64 pixels: below 2^32. */
typedef struct mosaic_sums {
    uint32_t colour[3], light, light2;
} mosaic_sums;

typedef struct mosaic_patch {
    float colour[3], variance; /* means; of the luminance */
} mosaic_patch;

PX mosaic_patch mosaic_patch_of(const mosaic_sums *sums, const mosaic_square *s)
{
    float share = 1 / ((float)(s->right - s->left) * (float)(s->bottom - s->top)), mean;
    mosaic_patch p;

    for (int c = 0; c < 3; c++)
        p.colour[c] = (float)sums->colour[c] * share;
    mean = (float)sums->light * share;
    p.variance = (float)sums->light2 * share - mean * mean;
    return p;
}

PX bool mosaic_calm(const mosaic_look *k, const mosaic_patch *whole)
{
    return whole->variance * k->detail <= MOSAIC_BUSY / 2;
}

/* Adds the tile of a patch to a cell. */
PX void mosaic_set_tile(const mosaic_look *k, mosaic_cell *cell, const mosaic_patch *p, const mosaic_square *s,
                        float side)
{
    mosaic_tile *t = &cell->tile[cell->tiles++];
    uint32_t u = (uint32_t)s->left, v = (uint32_t)s->top;
    float tone = 1 + k->variation * (2 * noise_at(u, v, k->seed + 3) - 1);

    t->x = (float)s->left + side * (0.5f + MOSAIC_JITTER * (2 * noise_at(u, v, k->seed + 1) - 1));
    t->y = (float)s->top + side * (0.5f + MOSAIC_JITTER * (2 * noise_at(u, v, k->seed + 2) - 1));
    for (int c = 0; c < 3; c++)
        t->colour[c] = p->colour[c] * tone;
}

/* All tiles that may reach into a cell. */
PX int32_t mosaic_gather(const mosaic_look *k, const mosaic_cell *cells, const mosaic_tile *tiles[MOSAIC_NEAR],
                         int32_t across, int32_t down)
{
    int32_t count = 0;

    for (int32_t v = down > 0 ? down - 1 : 0; v <= down + 1 && v < k->down; v++)
        for (int32_t u = across > 0 ? across - 1 : 0; u <= across + 1 && u < k->across; u++) {
            const mosaic_cell *c = &cells[(size_t)v * (size_t)k->across + (size_t)u];

            for (int32_t i = 0; i < c->tiles; i++)
                tiles[count++] = &c->tile[i];
        }
    return count;
}

/* A pixel's own tile, the one behind its nearest border, and how far that is. */
typedef struct mosaic_place {
    const mosaic_tile *own, *other;
    float border;
} mosaic_place;

PX float mosaic_squared(float x, float y)
{
    return x * x + y * y;
}

PX mosaic_place mosaic_place_of(const mosaic_tile *const *tiles, int32_t count, float x, float y)
{
    mosaic_place p = { NULL, NULL, 1e9f };
    float far[MOSAIC_NEAR], nearest = 1e18f;

    for (int32_t i = 0; i < count; i++) {
        far[i] = mosaic_squared(tiles[i]->x - x, tiles[i]->y - y);
        if (far[i] < nearest) {
            nearest = far[i];
            p.own = tiles[i];
        }
    }
    for (int32_t i = 0; i < count; i++) {
        float apart = mosaic_squared(tiles[i]->x - p.own->x, tiles[i]->y - p.own->y), border;

        if (tiles[i] == p.own || apart < 0.25f)
            continue;
        border = (far[i] - nearest) / (2 * sqrtf(apart));
        if (border < p.border) {
            p.border = border;
            p.other = tiles[i];
        }
    }
    return p;
}

/* Brightness of a tile at a pixel: its rim slopes towards its neighbour, and light comes from above and left.
 */
PX float mosaic_shade(const mosaic_look *k, const mosaic_place *p)
{
    float rim = MOSAIC_BEVEL * k->tile, depth = p->border - k->joint / 2, slope, dx, dy;

    if (!p->other || depth >= rim)
        return 1;
    dx = p->other->x - p->own->x;
    dy = p->other->y - p->own->y;
    slope = (1 - (depth > 0 ? depth : 0) / rim) * k->relief;
    return 1 - 0.42f * slope * (dx * 0.5f + dy * 0.866f) / sqrtf(mosaic_squared(dx, dy));
}

PX void mosaic_paint(unsigned char rgb[3], const mosaic_look *k, const mosaic_place *p)
{
    float light = mosaic_shade(k, p), stone = p->border - k->joint / 2 + 0.5f;

    stone = stone < 0 ? 0 : stone > 1 ? 1 : stone;
    for (int c = 0; c < 3; c++) {
        float between = (float)(int32_t)(k->colour >> (16 - 8 * c) & 255), level = p->own->colour[c] * light;

        level = between + (level - between) * stone + 0.5f;
        rgb[c] = (unsigned char)(level < 0 ? 0 : level > 255 ? 255 : level);
    }
}

#endif

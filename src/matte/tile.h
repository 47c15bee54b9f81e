/* tile.h - foreground and background colours of one small part of a level.
 *
 * Every pixel solves: F, B nearest to the weighted means of their four neighbours' that still mix to the
 * picture's colour, a F + (1 - a) B = I (Germer et al. 2020). All pixels are updated from the previous state
 * (Jacobi), on the tile and a margin as wide as the number of rounds, so a tile's result depends only on the
 * start values: not on other tiles, threads or their order. Layer 3 (matte). Threads: any, a tile each. */
#ifndef INSPYR_MATTE_TILE_H
#define INSPYR_MATTE_TILE_H

#include <stdbool.h>

#include "matte/pyramid.h"

#define TILE_WIDTH 64
#define TILE_HEIGHT 32
/* Even, so that a tile with its margin starts at an even pixel. With 2 hair has a fifth more error. */
#define TILE_ROUNDS 4
#define TILE_ROWS (TILE_HEIGHT + 2 * TILE_ROUNDS)
#define TILE_PITCH (TILE_WIDTH + 2 * TILE_ROUNDS)

/* Below TILE_TRACE of 255, and as close to 255, a pixel shows so little of one of the two colours that their
 * start values do: 3/255 of an error of 20 levels is a quarter of a level. Wide areas of a network's matte are
 * such haze: counting it as mixed makes twice to three times as many tiles as needed. */
#define TILE_TRACE 4

/* Start and result values: six planes, red, green, blue of F, then of B, in 1/256 of a level. */
typedef struct colour_field {
    uint16_t *planes;
    int32_t width, height;
} colour_field;

static inline uint16_t *field_row(const colour_field *field, int32_t plane, int32_t y)
{
    return field->planes + ((size_t)plane * (size_t)field->height + (size_t)y) * (size_t)field->width;
}

typedef float tile_plane[TILE_ROWS][TILE_PITCH];

/* Levels are 0..255, alpha and weights 0..1. 200 KiB: fits a second-level cache. */
typedef struct tile {
    int32_t x, y, columns, rows; /* the part of the level, without margin */
    tile_plane colour[3];        /* the picture; afterwards F */
    tile_plane background[3];    /* B */
    tile_plane alpha;
    tile_plane left, right, up, down; /* weights of the neighbours, sum 1 */
    tile_plane front, back;           /* how far F and B follow the mixing error */
    tile_plane f[2], b[2];            /* of the channel at work */
} tile;

/* Does the tile or its margin hold a pixel with alpha in TILE_TRACE..255 - TILE_TRACE? */
bool tile_is_mixed(const pyramid_level *level, int32_t x, int32_t y);

/* Fills t->colour with F and t->background with B of the tile at (x, y), starting from `start`, a field of the
 * level's size or of the next smaller level's. */
void tile_solve(tile *t, const pyramid_level *level, const colour_field *start, int32_t x, int32_t y);

/* For tile_solve(): a plane of the level times `scale`, and a plane of the start values, both with the margin;
 * outside the level its nearest pixel repeats. */
void tile_load_plane(const tile *t, tile_plane out, const pyramid_level *level, const sample_plane *plane,
                     float scale);
void tile_load_start(const tile *t, tile_plane out, const pyramid_level *level, const colour_field *start,
                     int32_t plane);

/* Results of a solved tile: into a field of the level's size, or F and the level's alpha into dst (RGBA8). */
void tile_put_field(const tile *t, const colour_field *to);
void tile_put_pixels(const tile *t, const pyramid_level *level, const inspyr_view *dst);

/* The same for a tile without mixed pixels, straight from the start values of half the level's size: what shows
 * is the picture's colour, what does not is the start value's. */
void tile_skip_field(const colour_field *to, const pyramid_level *level, const colour_field *start, int32_t x,
                     int32_t y);
void tile_skip_pixels(const inspyr_view *dst, const pyramid_level *level, const colour_field *start, int32_t x,
                      int32_t y);

#endif

/* sheet.h - drawing a contact sheet: groups of pictures in rows. */
#ifndef INSPYR_CLI_SHEET_H
#define INSPYR_CLI_SHEET_H

#include <stdbool.h>

#include "inspyr.h"

/* RGB, three bytes a pixel, rows without gaps. */
typedef struct tile {
    unsigned char *pixels; /* NULL: there is none */
    int32_t width, height;
} tile;

/* A picture (RGBA8 or RGB8) over a checkerboard, shrunk by area averaging to fit into width x height, never
 * enlarged. False when out of memory. */
bool tile_make(tile *out, const inspyr_view *view, int32_t width, int32_t height);

void tile_free(tile *t);

/* The most that a tile may be wide so that a group of `each` fits on the sheet. */
int32_t sheet_tile_width(int32_t sheet_width, size_t each);

/* Lays the first `each` tiles side by side, then the next and so on; groups that lack a tile are left out. At
 * most sheet_width wide. False when out of memory. */
bool sheet_draw(tile *out, const tile *tiles, size_t groups, size_t each, int32_t sheet_width);

#endif

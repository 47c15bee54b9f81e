#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#define MARGIN 24  /* around the sheet and between groups */
#define GAP 6      /* between the tiles of a group */
#define PAPER 0xf4 /* grey of the sheet: white subjects stand out */
#define SQUARE 10  /* of the checkerboard, pixels */
#define LIGHT 255
#define DARK 204

static int32_t at_least_1(double v)
{
    return v < 1 ? 1 : (int32_t)v;
}

/* How much of source pixel s lies between from and to. */
static double share(double from, double to, int32_t s)
{
    double low = from > s ? from : s, high = to < s + 1.0 ? to : s + 1.0;

    return high > low ? high - low : 0;
}

/* The mean of a rectangle of the source, colours weighted by alpha, over a grey. */
static void average(unsigned char out[3], const inspyr_view *view, double left, double right, double top,
                    double bottom, double grey)
{
    size_t step = view->format == INSPYR_RGBA8 ? 4 : 3;
    double sum[3] = { 0 }, alpha = 0, area = 0;

    for (int32_t y = (int32_t)top; y < bottom && y < view->height; y++) {
        const unsigned char *p =
            (const unsigned char *)view->data + y * view->stride + (size_t)(int32_t)left * step;
        double tall = share(top, bottom, y);

        for (int32_t x = (int32_t)left; x < right && x < view->width; x++, p += step) {
            double part = tall * share(left, right, x), a = step == 4 ? part * p[3] / 255 : part;

            for (int c = 0; c < 3; c++)
                sum[c] += a * p[c];
            alpha += a;
            area += part;
        }
    }
    for (int c = 0; c < 3; c++)
        out[c] = (unsigned char)((sum[c] + (area - alpha) * grey) / area + 0.5);
}

bool tile_make(tile *out, const inspyr_view *view, int32_t width, int32_t height)
{
    double scale = (double)width / view->width, across, down;

    if (scale > (double)height / view->height)
        scale = (double)height / view->height;
    if (scale > 1)
        scale = 1;
    out->width = at_least_1(view->width * scale + 0.5);
    out->height = at_least_1(view->height * scale + 0.5);
    out->pixels = malloc((size_t)out->width * (size_t)out->height * 3);
    if (!out->pixels)
        return false;
    across = (double)view->width / out->width;
    down = (double)view->height / out->height;
    for (int32_t y = 0; y < out->height; y++)
        for (int32_t x = 0; x < out->width; x++)
            average(out->pixels + ((size_t)y * (size_t)out->width + (size_t)x) * 3, view, x * across,
                    (x + 1) * across, y * down, (y + 1) * down, (x / SQUARE + y / SQUARE) % 2 ? DARK : LIGHT);
    return true;
}

void tile_free(tile *t)
{
    free(t->pixels);
    memset(t, 0, sizeof *t);
}

int32_t sheet_tile_width(int32_t sheet_width, size_t each)
{
    return at_least_1((sheet_width - 2 * MARGIN - ((int32_t)each - 1) * GAP) / (int32_t)each);
}

static void paste(tile *sheet, const tile *t, int32_t x, int32_t y)
{
    for (int32_t row = 0; row < t->height; row++)
        memcpy(sheet->pixels + ((size_t)(y + row) * (size_t)sheet->width + (size_t)x) * 3,
               t->pixels + (size_t)row * (size_t)t->width * 3, (size_t)t->width * 3);
}

typedef struct sheet_row {
    size_t end; /* the first group of the next row */
    int32_t width, height;
} sheet_row;

/* Its width; 0 if it lacks a tile. */
static int32_t group_width(const tile *group, size_t each)
{
    int32_t width = ((int32_t)each - 1) * GAP;

    for (size_t i = 0; i < each; i++) {
        if (!group[i].pixels)
            return 0;
        width += group[i].width;
    }
    return width;
}

/* As many groups from `first` on as fit side by side. */
static sheet_row fill_row(const tile *tiles, size_t first, size_t count, size_t each, int32_t room)
{
    sheet_row row = { first, 0, 0 };

    for (; row.end < count; row.end++) {
        const tile *group = &tiles[each * row.end];
        int32_t wide = group_width(group, each);

        if (!wide)
            continue;
        if (row.width && row.width + MARGIN + wide > room)
            break;
        row.width += wide + (row.width ? MARGIN : 0);
        for (size_t i = 0; i < each; i++)
            if (group[i].height > row.height)
                row.height = group[i].height;
    }
    return row;
}

/* Rows are centred, and so is each tile within its row's height. */
static void draw_row(tile *sheet, const tile *tiles, size_t first, size_t each, const sheet_row *row, int32_t y)
{
    int32_t x = (sheet->width - row->width) / 2;

    for (size_t i = first; i < row->end; i++) {
        const tile *group = &tiles[each * i];

        if (!group_width(group, each))
            continue;
        for (size_t k = 0; k < each; k++) {
            paste(sheet, &group[k], x, y + (row->height - group[k].height) / 2);
            x += group[k].width + (k + 1 < each ? GAP : MARGIN);
        }
    }
}

bool sheet_draw(tile *out, const tile *tiles, size_t groups, size_t each, int32_t sheet_width)
{
    int32_t room = sheet_width - 2 * MARGIN, y = MARGIN;
    sheet_row row;

    out->width = 0;
    out->height = MARGIN;
    for (size_t i = 0; i < groups; i = row.end) {
        row = fill_row(tiles, i, groups, each, room);
        out->height += row.height ? row.height + MARGIN : 0;
        if (row.width > out->width)
            out->width = row.width;
    }
    out->width += 2 * MARGIN;
    out->pixels = malloc((size_t)out->width * (size_t)out->height * 3);
    if (!out->pixels)
        return false;
    memset(out->pixels, PAPER, (size_t)out->width * (size_t)out->height * 3);
    for (size_t i = 0; i < groups; i = row.end) {
        row = fill_row(tiles, i, groups, each, room);
        draw_row(out, tiles, i, each, &row, y);
        y += row.height ? row.height + MARGIN : 0;
    }
    return true;
}

#include <stdlib.h>

#include "matte/compat.h"

/* Sobel, 3 x 3, in units of 255. A picture of two levels gives magnitudes of 0 or at least 255 x 1, which is
 * over both of Canny's thresholds: whatever is a local maximum is an edge. */
typedef struct slope {
    int32_t x, y, size;
} slope;

static slope slope_at(const unsigned char *const rows[3], int32_t x, int32_t width)
{
    int32_t left = x > 0 ? x - 1 : 0, right = x < width - 1 ? x + 1 : x;
    slope s;

    s.x = rows[0][right] + 2 * rows[1][right] + rows[2][right] - rows[0][left] - 2 * rows[1][left] -
          rows[2][left];
    s.y = rows[2][left] + 2 * rows[2][x] + rows[2][right] - rows[0][left] - 2 * rows[0][x] - rows[0][right];
    s.size = abs(s.x) + abs(s.y);
    return s;
}

/* 0 outside the picture. */
static int32_t size_at(const unsigned char *const rows[3], int inside, int32_t x, int32_t width)
{
    return inside && x >= 0 && x < width ? slope_at(rows, x, width).size : 0;
}

/* Directions are told apart at 22.5 and 67.5 degrees: 13573 / 2^15 is the tangent of the first. */
static int is_edge(const unsigned char *const rows[5], int above, int below, int32_t x, int32_t width)
{
    slope s = slope_at(rows + 1, x, width);
    int32_t along = abs(s.x) * 13573, rise = abs(s.y) << 15, side;

    if (s.size == 0)
        return 0;
    if (rise < along)
        return s.size > size_at(rows + 1, 1, x - 1, width) && s.size >= size_at(rows + 1, 1, x + 1, width);
    if (rise > along + (abs(s.x) << 16))
        return s.size > size_at(rows, above, x, width) && s.size >= size_at(rows + 2, below, x, width);
    side = (s.x ^ s.y) < 0 ? -1 : 1;
    return s.size > size_at(rows, above, x - side, width) && s.size > size_at(rows + 2, below, x + side, width);
}

void compat_edge_row(unsigned char *out, const unsigned char *const rows[5], int above, int below,
                     int32_t width)
{
    for (int32_t x = 0; x < width; x++)
        out[x] = (unsigned char)is_edge(rows, above, below, x, width);
}

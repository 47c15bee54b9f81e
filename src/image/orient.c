#include "image/orient.h"

#include <assert.h>

#include "image/image.h"

/* 32 x 32 pixels of 4 bytes: both tiles of a transposition stay in the first-level cache. */
#define TILE 32

/* dst(x, y) is the pixel at first + x * right + y * down. */
typedef struct walk {
    const unsigned char *first;
    int64_t right, down;
} walk;

static walk walk_of(const inspyr_view *src, int32_t orientation)
{
    int64_t step = (int64_t)format_bytes(src->format);
    bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int64_t column = from_right ? -step : step;
    int64_t row = from_bottom ? -src->stride : src->stride;
    walk w = { view_row(src, from_bottom ? src->height - 1 : 0), column, row };

    if (from_right)
        w.first += (src->width - 1) * step;
    if (orient_swaps(orientation)) {
        w.right = row;
        w.down = column;
    }
    return w;
}

static inline __attribute__((always_inline)) void copy_tile(const inspyr_view *dst, walk w, size_t bytes,
                                                            int32_t left, int32_t top)
{
    int32_t right = dst->width - left > TILE ? left + TILE : dst->width;
    int32_t bottom = dst->height - top > TILE ? top + TILE : dst->height;

    for (int32_t y = top; y < bottom; y++) {
        const unsigned char *from = w.first + left * w.right + y * w.down;
        unsigned char *to = view_row(dst, y) + (size_t)left * bytes;

        for (int32_t x = left; x < right; x++, from += w.right, to += bytes)
            memcpy(to, from, bytes);
    }
}

void orient_view(const inspyr_view *dst, const inspyr_view *src, int32_t orientation)
{
    walk w = walk_of(src, orientation);
    size_t bytes = format_bytes(src->format);

    assert(orientation >= 1 && orientation <= 8 && dst->format == src->format);
    assert(orient_swaps(orientation) ? dst->width == src->height : dst->width == src->width);
    for (int32_t y = 0; y < dst->height; y += TILE)
        for (int32_t x = 0; x < dst->width; x += TILE)
            if (bytes == 4)
                copy_tile(dst, w, 4, x, y);
            else if (bytes == 3)
                copy_tile(dst, w, 3, x, y);
            else
                copy_tile(dst, w, bytes, x, y);
}

#include "image/image.h"
#include "matte/tile.h"

static inline uint16_t fixed(float v)
{
    return (uint16_t)(int32_t)(v * 256.0f + 0.5f);
}

static inline unsigned char rounded(float v)
{
    return (unsigned char)(int32_t)(v + 0.5f);
}

void tile_put_field(const tile *t, const colour_field *to)
{
    for (int32_t c = 0; c < 6; c++)
        for (int32_t r = 0; r < t->rows; r++) {
            const float *in = (c < 3 ? t->colour[c] : t->background[c - 3])[r + TILE_ROUNDS] + TILE_ROUNDS;
            uint16_t *out = field_row(to, c, t->y + r) + t->x;

            for (int32_t i = 0; i < t->columns; i++)
                out[i] = fixed(in[i]);
        }
}

void tile_put_pixels(const tile *t, const pyramid_level *level, const inspyr_view *dst)
{
    for (int32_t r = 0; r < t->rows; r++) {
        const float *red = t->colour[0][r + TILE_ROUNDS] + TILE_ROUNDS;
        const float *green = t->colour[1][r + TILE_ROUNDS] + TILE_ROUNDS;
        const float *blue = t->colour[2][r + TILE_ROUNDS] + TILE_ROUNDS;
        const unsigned char *alpha = plane_row(&level->alpha, t->y + r) + t->x;
        unsigned char *out = view_row(dst, t->y + r) + (size_t)t->x * 4;

        for (int32_t i = 0; i < t->columns; i++, out += 4) {
            out[0] = rounded(red[i]);
            out[1] = rounded(green[i]);
            out[2] = rounded(blue[i]);
            out[3] = alpha[i];
        }
    }
}

/* F of a pixel with little of either colour: I + (I - B) (1 - a) / a where it is nearly all subject. */
static inline uint16_t faint_front(unsigned colour, unsigned alpha, uint16_t front, uint16_t back)
{
    int32_t level = (int32_t)colour << 8;

    if (alpha < TILE_TRACE)
        return front;
    if (alpha < 255)
        level += (level - back) * (255 - (int32_t)alpha) / (int32_t)alpha;
    return (uint16_t)(level < 0 ? 0 : level > 255 << 8 ? 255 << 8 : level);
}

static int32_t end_of(int32_t start, int32_t length, int32_t size)
{
    return size - start < length ? size : start + length;
}

void tile_skip_field(const colour_field *to, const pyramid_level *level, const colour_field *start, int32_t x,
                     int32_t y)
{
    int32_t right = end_of(x, TILE_WIDTH, level->width), bottom = end_of(y, TILE_HEIGHT, level->height);

    for (int32_t c = 0; c < 3; c++)
        for (int32_t r = y; r < bottom; r++) {
            const unsigned char *in = plane_row(&level->colour[c], r), *alpha = plane_row(&level->alpha, r);
            const uint16_t *front = field_row(start, c, r >> 1), *back = field_row(start, c + 3, r >> 1);
            uint16_t *f = field_row(to, c, r), *b = field_row(to, c + 3, r);

            for (int32_t i = x; i < right; i++) {
                f[i] = faint_front(in[i], alpha[i], front[i >> 1], back[i >> 1]);
                b[i] = alpha[i] < TILE_TRACE ? (uint16_t)(in[i] << 8) : back[i >> 1];
            }
        }
}

void tile_skip_pixels(const inspyr_view *dst, const pyramid_level *level, const colour_field *start, int32_t x,
                      int32_t y)
{
    int32_t right = end_of(x, TILE_WIDTH, level->width), bottom = end_of(y, TILE_HEIGHT, level->height);
    int32_t step = level->colour[0].step;

    for (int32_t r = y; r < bottom; r++) {
        const unsigned char *alpha = plane_row(&level->alpha, r);

        for (int32_t c = 0; c < 3; c++) {
            const unsigned char *in = plane_row(&level->colour[c], r);
            const uint16_t *front = field_row(start, c, r >> 1), *back = field_row(start, c + 3, r >> 1);
            unsigned char *out = view_row(dst, r);

            for (int32_t i = x; i < right; i++) {
                unsigned f = faint_front(in[(int64_t)i * step], alpha[i], front[i >> 1], back[i >> 1]);

                out[(size_t)i * 4 + (size_t)c] = (unsigned char)((f + 128) >> 8);
                out[(size_t)i * 4 + 3] = alpha[i];
            }
        }
    }
}

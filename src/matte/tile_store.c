#include "image/image.h"
#include "matte/tile.h"
#include "matte/wide.h"

WIDE_BODY void put_fixed_body(uint16_t *restrict out, const float *in, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        out[i] = (uint16_t)(int32_t)(in[i] * 256.0f + 0.5f);
}
WIDE_TWINS(put_fixed, (uint16_t * out, const float *in, int32_t n), (out, in, n))

void tile_put_field(const tile *t, const colour_field *to)
{
    for (int32_t c = 0; c < 6; c++)
        for (int32_t r = 0; r < t->rows; r++)
            put_fixed(field_row(to, c, t->y + r) + t->x,
                      (c < 3 ? t->colour[c] : t->background[c - 3])[r + TILE_ROUNDS] + TILE_ROUNDS, t->columns);
}

WIDE_BODY void put_rounded_body(unsigned char *restrict out, const float *red, const float *green,
                                const float *blue, const unsigned char *alpha, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        out[i * 4] = (unsigned char)(int32_t)(red[i] + 0.5f);
        out[i * 4 + 1] = (unsigned char)(int32_t)(green[i] + 0.5f);
        out[i * 4 + 2] = (unsigned char)(int32_t)(blue[i] + 0.5f);
        out[i * 4 + 3] = alpha[i];
    }
}
WIDE_TWINS(put_rounded,
           (unsigned char *out, const float *red, const float *green, const float *blue,
            const unsigned char *alpha, int32_t n),
           (out, red, green, blue, alpha, n))

void tile_put_pixels(const tile *t, const pyramid_level *level, const inspyr_view *dst)
{
    for (int32_t r = 0; r < t->rows; r++) {
        int32_t row = r + TILE_ROUNDS, first = TILE_ROUNDS;

        put_rounded(view_row(dst, t->y + r) + (size_t)t->x * 4, t->colour[0][row] + first,
                    t->colour[1][row] + first, t->colour[2][row] + first,
                    plane_row(&level->alpha, t->y + r) + t->x, t->columns);
    }
}

/* The start values of half the size, each twice; out has room for one more. */
WIDE_BODY void twice(uint16_t *restrict out, const uint16_t *in, int32_t n)
{
    for (int32_t i = 0; i < (n + 1) / 2; i++)
        out[2 * i] = out[2 * i + 1] = in[i];
}

/* Bytes of one channel; the steps of pictures are constants in their loops. */
WIDE_BODY void pick(unsigned char *restrict out, const unsigned char *in, int32_t step, int32_t n)
{
    if (step == 1)
        memcpy(out, in, (size_t)n);
    else if (step == 3)
        for (int32_t i = 0; i < n; i++)
            out[i] = in[i * 3];
    else
        for (int32_t i = 0; i < n; i++)
            out[i] = in[i * 4];
}

/* F of pixels with little of either colour: I + (I - B) (1 - a) / a where it is nearly all subject; 259 is
 * 65536 / 253, and 65536 / a to 0.5 % for the alphas in question. */
WIDE_BODY void faint_front_body(uint16_t *restrict out, const unsigned char *in, int32_t step,
                                const unsigned char *alpha, const uint16_t *front, const uint16_t *back,
                                int32_t n)
{
    uint16_t f[TILE_WIDTH], b[TILE_WIDTH];
    unsigned char colour[TILE_WIDTH];

    twice(f, front, n);
    twice(b, back, n);
    pick(colour, in, step, n);
    for (int32_t i = 0; i < n; i++) {
        int32_t level = colour[i] * 256;
        int32_t full = level + (((level - b[i]) / 16) * ((255 - alpha[i]) * 259) >> 12);

        full = full > 0 ? full : 0;
        full = full < 255 * 256 ? full : 255 * 256;
        out[i] = (uint16_t)(alpha[i] < TILE_TRACE ? f[i] : full);
    }
}
WIDE_TWINS(faint_front,
           (uint16_t * out, const unsigned char *in, int32_t step, const unsigned char *alpha,
            const uint16_t *front, const uint16_t *back, int32_t n),
           (out, in, step, alpha, front, back, n))

static int32_t part(int32_t start, int32_t length, int32_t size)
{
    return size - start < length ? size - start : length;
}

void tile_skip_field(const colour_field *to, const pyramid_level *level, const colour_field *start, int32_t x,
                     int32_t y)
{
    int32_t n = part(x, TILE_WIDTH, level->width), rows = part(y, TILE_HEIGHT, level->height);

    for (int32_t c = 0; c < 3; c++)
        for (int32_t r = y; r < y + rows; r++) {
            const unsigned char *in = plane_row(&level->colour[c], r) + x;
            const unsigned char *alpha = plane_row(&level->alpha, r) + x;
            const uint16_t *front = field_row(start, c, r >> 1) + x / 2;
            const uint16_t *back = field_row(start, c + 3, r >> 1) + x / 2;
            uint16_t *b = field_row(to, c + 3, r) + x;

            faint_front(field_row(to, c, r) + x, in, 1, alpha, front, back, n);
            for (int32_t i = 0; i < n; i++)
                b[i] = alpha[i] < TILE_TRACE ? (uint16_t)(in[i] * 256) : back[i >> 1];
        }
}

WIDE_BODY void put_faint_body(unsigned char *restrict out, uint16_t f[3][TILE_WIDTH],
                              const unsigned char *alpha, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        out[i * 4] = (unsigned char)((f[0][i] + 128) >> 8);
        out[i * 4 + 1] = (unsigned char)((f[1][i] + 128) >> 8);
        out[i * 4 + 2] = (unsigned char)((f[2][i] + 128) >> 8);
        out[i * 4 + 3] = alpha[i];
    }
}
WIDE_TWINS(put_faint, (unsigned char *out, uint16_t f[3][TILE_WIDTH], const unsigned char *alpha, int32_t n),
           (out, f, alpha, n))

void tile_skip_pixels(const inspyr_view *dst, const pyramid_level *level, const colour_field *start, int32_t x,
                      int32_t y)
{
    int32_t n = part(x, TILE_WIDTH, level->width), rows = part(y, TILE_HEIGHT, level->height);
    int32_t step = level->colour[0].step;
    uint16_t f[3][TILE_WIDTH];

    for (int32_t r = y; r < y + rows; r++) {
        const unsigned char *alpha = plane_row(&level->alpha, r) + x;

        for (int32_t c = 0; c < 3; c++)
            faint_front(f[c], plane_row(&level->colour[c], r) + (int64_t)x * step, step, alpha,
                        field_row(start, c, r >> 1) + x / 2, field_row(start, c + 3, r >> 1) + x / 2, n);
        put_faint(view_row(dst, r) + (size_t)x * 4, f, alpha, n);
    }
}

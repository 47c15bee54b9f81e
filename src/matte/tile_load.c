#include "matte/tile.h"

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t clamped(int32_t i, int32_t size)
{
    return i < 0 ? 0 : i < size ? i : size - 1;
}

bool tile_is_mixed(const pyramid_level *level, int32_t x, int32_t y)
{
    int32_t left = clamped(x - TILE_ROUNDS, level->width);
    int32_t right = smaller(x + TILE_WIDTH + TILE_ROUNDS, level->width);
    int32_t bottom = smaller(y + TILE_HEIGHT + TILE_ROUNDS, level->height);

    for (int32_t row = clamped(y - TILE_ROUNDS, level->height); row < bottom; row++) {
        const unsigned char *alpha = plane_row(&level->alpha, row);
        unsigned mixed = 0;

        for (int32_t i = left; i < right; i++)
            mixed |= (unsigned char)(alpha[i] - TILE_TRACE) <= 255 - 2 * TILE_TRACE;
        if (mixed)
            return true;
    }
    return false;
}

/* The steps of pictures are constants in their loops. */
static void widen_bytes(float *out, const unsigned char *in, int32_t step, int32_t n, float scale)
{
    if (step == 1)
        for (int32_t i = 0; i < n; i++)
            out[i] = (float)in[i] * scale;
    else if (step == 3)
        for (int32_t i = 0; i < n; i++)
            out[i] = (float)in[i * 3] * scale;
    else
        for (int32_t i = 0; i < n; i++)
            out[i] = (float)in[i * 4] * scale;
}

/* Levels of a plane with the margin around the tile; outside, the nearest pixel repeats. */
void tile_load_plane(const tile *t, tile_plane out, const pyramid_level *level, const sample_plane *plane,
                     float scale)
{
    int32_t columns = t->columns + 2 * TILE_ROUNDS, first = t->x - TILE_ROUNDS;
    int32_t low = first < 0 ? -first : 0, high = smaller(columns, level->width - first);

    for (int32_t r = 0; r < t->rows + 2 * TILE_ROUNDS; r++) {
        const unsigned char *in = plane_row(plane, clamped(t->y + r - TILE_ROUNDS, level->height));

        widen_bytes(out[r] + low, in + (int64_t)(first + low) * plane->step, plane->step, high - low, scale);
        for (int32_t i = 0; i < low; i++)
            out[r][i] = out[r][low];
        for (int32_t i = high; i < columns; i++)
            out[r][i] = out[r][high - 1];
    }
}

/* One row of the start values at twice the size: 3/4 of the nearest, 1/4 of the next one. */
static void stretch(float *out, const uint16_t *near, const uint16_t *far, int32_t first, int32_t columns,
                    int32_t width)
{
    float mean[TILE_PITCH / 2 + 2];
    int32_t start = (first >> 1) - 1, pairs = (columns + 1) / 2;

    for (int32_t i = 0; i < pairs + 2; i++) {
        int32_t k = clamped(start + i, width);

        mean[i] = ((float)near[k] * 3.0f + (float)far[k]) * (1.0f / 4096.0f);
    }
    for (int32_t i = 0; i < pairs; i++) {
        out[2 * i] = mean[i + 1] * 3.0f + mean[i];
        out[2 * i + 1] = mean[i + 1] * 3.0f + mean[i + 2];
    }
}

void tile_load_start(const tile *t, tile_plane out, const pyramid_level *level, const colour_field *start,
                     int32_t plane)
{
    int32_t columns = t->columns + 2 * TILE_ROUNDS, first = t->x - TILE_ROUNDS;
    bool same = start->width == level->width && start->height == level->height;

    for (int32_t r = 0; r < t->rows + 2 * TILE_ROUNDS; r++) {
        int32_t y = t->y + r - TILE_ROUNDS;

        if (same) {
            const uint16_t *in = field_row(start, plane, clamped(y, start->height));

            for (int32_t i = 0; i < columns; i++)
                out[r][i] = (float)in[clamped(first + i, start->width)] * (1.0f / 256.0f);
        } else {
            int32_t near = clamped(y >> 1, start->height);
            int32_t far = clamped((y >> 1) + (y & 1 ? 1 : -1), start->height);

            stretch(out[r], field_row(start, plane, near), field_row(start, plane, far), first, columns,
                    start->width);
        }
    }
}

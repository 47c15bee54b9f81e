#include "matte/tile.h"
#include "matte/wide.h"

static int32_t clamped(int32_t i, int32_t size)
{
    return i < 0 ? 0 : i < size ? i : size - 1;
}

bool tile_is_mixed(const pyramid_level *level, int32_t x, int32_t y)
{
    int32_t left = clamped(x - TILE_ROUNDS, level->width);
    int32_t right = clamped(x + TILE_WIDTH + TILE_ROUNDS - 1, level->width);
    int32_t bottom = clamped(y + TILE_HEIGHT + TILE_ROUNDS - 1, level->height);

    for (int32_t row = clamped(y - TILE_ROUNDS, level->height); row <= bottom; row++) {
        const unsigned char *alpha = plane_row(&level->alpha, row);
        unsigned char mixed = 0;

        for (int32_t i = left; i <= right; i++)
            mixed |= (unsigned char)(alpha[i] - TILE_TRACE) <= 255 - 2 * TILE_TRACE;
        if (mixed)
            return true;
    }
    return false;
}

/* The steps of pictures are constants in their loops. */
WIDE_BODY void widen_bytes_body(float *restrict out, const unsigned char *in, int32_t step, int32_t n,
                                float scale)
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
WIDE_TWINS(widen_bytes, (float *out, const unsigned char *in, int32_t step, int32_t n, float scale),
           (out, in, step, n, scale))

/* Repeats the values at both ends of [low, high) outwards. */
static void repeat_ends(float *row, int32_t low, int32_t high, int32_t n)
{
    for (int32_t i = 0; i < low; i++)
        row[i] = row[low];
    for (int32_t i = high; i < n; i++)
        row[i] = row[high - 1];
}

void tile_load_plane(const tile *t, tile_plane out, const pyramid_level *level, const sample_plane *plane,
                     float scale)
{
    int32_t columns = t->columns + 2 * TILE_ROUNDS, first = t->x - TILE_ROUNDS;
    int32_t low = first < 0 ? -first : 0;
    int32_t high = columns < level->width - first ? columns : level->width - first;

    for (int32_t r = 0; r < t->rows + 2 * TILE_ROUNDS; r++) {
        const unsigned char *in = plane_row(plane, clamped(t->y + r - TILE_ROUNDS, level->height));

        widen_bytes(out[r] + low, in + (int64_t)(first + low) * plane->step, plane->step, high - low, scale);
        repeat_ends(out[r], low, high, columns);
    }
}

/* One row of the start values at twice the size, 3/4 of the nearest and 1/4 of the next one in both
 * directions. mean: one value before the first pixel's, and one after the last one's. */
WIDE_BODY void mix_rows_body(float *restrict mean, const uint16_t *near, const uint16_t *far, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        mean[i] = (float)(near[i] * 3 + far[i]) * (1.0f / 4096.0f);
}
WIDE_TWINS(mix_rows, (float *mean, const uint16_t *near, const uint16_t *far, int32_t n), (mean, near, far, n))

WIDE_BODY void mix_columns_body(float *restrict out, const float *mean, int32_t pairs)
{
    for (int32_t i = 0; i < pairs; i++) {
        out[2 * i] = mean[i + 1] * 3.0f + mean[i];
        out[2 * i + 1] = mean[i + 1] * 3.0f + mean[i + 2];
    }
}
WIDE_TWINS(mix_columns, (float *out, const float *mean, int32_t pairs), (out, mean, pairs))

static void load_double(const tile *t, tile_plane out, const colour_field *start, int32_t plane)
{
    float mean[TILE_PITCH / 2 + 2];
    int32_t pairs = (t->columns + 2 * TILE_ROUNDS + 1) / 2, first = (t->x - TILE_ROUNDS) / 2 - 1;
    int32_t low = first < 0 ? -first : 0;
    int32_t high = pairs + 2 < start->width - first ? pairs + 2 : start->width - first;

    for (int32_t r = 0; r < t->rows + 2 * TILE_ROUNDS; r++) {
        int32_t y = t->y + r - TILE_ROUNDS, half = y >> 1;
        int32_t near = clamped(half, start->height), far = clamped(y & 1 ? half + 1 : half - 1, start->height);

        mix_rows(mean + low, field_row(start, plane, near) + first + low,
                 field_row(start, plane, far) + first + low, high - low);
        repeat_ends(mean, low, high, pairs + 2);
        mix_columns(out[r], mean, pairs);
    }
}

void tile_load_start(const tile *t, tile_plane out, const pyramid_level *level, const colour_field *start,
                     int32_t plane)
{
    if (start->width != level->width || start->height != level->height) {
        load_double(t, out, start, plane);
        return;
    }
    for (int32_t r = 0; r < t->rows + 2 * TILE_ROUNDS; r++) {
        const uint16_t *in = field_row(start, plane, clamped(t->y + r - TILE_ROUNDS, start->height));

        for (int32_t i = 0; i < t->columns + 2 * TILE_ROUNDS; i++)
            out[r][i] = (float)in[clamped(t->x + i - TILE_ROUNDS, start->width)] * (1.0f / 256.0f);
    }
}

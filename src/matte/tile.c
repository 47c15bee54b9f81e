#include "matte/tile.h"

/* Regularisation: how much two neighbours of equal alpha pull at each other. */
#define TILE_PULL 1e-5f

static inline float distance(float a, float b)
{
    float d = a - b;

    return (d < 0.0f ? -d : d) + TILE_PULL;
}

/* With N the means of the neighbours, S the sum of their pulls and e = I - a N_F - (1 - a) N_B, the least
 * squares are at F = N_F + e a / q, B = N_B + e (1 - a) / q, q = a^2 + (1 - a)^2 + S. A pixel that is all
 * subject or all background follows the picture to the end instead. */
static void weigh(tile *t)
{
    for (int32_t r = 1; r < t->rows + 2 * TILE_ROUNDS - 1; r++) {
        const float *above = t->alpha[r - 1], *here = t->alpha[r], *below = t->alpha[r + 1];

        for (int32_t i = 1; i < t->columns + 2 * TILE_ROUNDS - 1; i++) {
            float a = here[i], rest = 1.0f - a;
            float left = distance(a, here[i - 1]), right = distance(a, here[i + 1]);
            float up = distance(a, above[i]), down = distance(a, below[i]);
            float sum = left + right + up + down;
            float share = 1.0f / sum, step = 1.0f / (a * a + rest * rest + sum);

            t->left[r][i] = left * share;
            t->right[r][i] = right * share;
            t->up[r][i] = up * share;
            t->down[r][i] = down * share;
            t->front[r][i] = a >= 1.0f ? 1.0f : a * step;
            t->back[r][i] = a <= 0.0f ? 1.0f : rest * step;
        }
    }
}

static inline float level_of(float v)
{
    return v < 0.0f ? 0.0f : v > 255.0f ? 255.0f : v;
}

static inline float neighbours(const tile *t, const tile_plane in, int32_t r, int32_t i)
{
    return in[r][i - 1] * t->left[r][i] + in[r][i + 1] * t->right[r][i] + in[r - 1][i] * t->up[r][i] +
           in[r + 1][i] * t->down[r][i];
}

/* One round; each leaves one more pixel of the margin behind. */
static void update(const tile *t, tile_plane f_out, tile_plane b_out, const tile_plane f, const tile_plane b,
                   const tile_plane colour, int32_t margin)
{
    for (int32_t r = margin; r < t->rows + 2 * TILE_ROUNDS - margin; r++)
        for (int32_t i = margin; i < t->columns + 2 * TILE_ROUNDS - margin; i++) {
            float mean_f = neighbours(t, f, r, i), mean_b = neighbours(t, b, r, i);
            float a = t->alpha[r][i];
            float miss = colour[r][i] - a * mean_f - (1.0f - a) * mean_b;

            f_out[r][i] = level_of(mean_f + miss * t->front[r][i]);
            b_out[r][i] = level_of(mean_b + miss * t->back[r][i]);
        }
}

void tile_solve(tile *t, const pyramid_level *level, const colour_field *start, int32_t x, int32_t y)
{
    t->x = x;
    t->y = y;
    t->columns = level->width - x < TILE_WIDTH ? level->width - x : TILE_WIDTH;
    t->rows = level->height - y < TILE_HEIGHT ? level->height - y : TILE_HEIGHT;
    tile_load_plane(t, t->alpha, level, &level->alpha, 1.0f / 255.0f);
    weigh(t);
    for (int32_t c = 0; c < 3; c++) {
        tile_load_plane(t, t->colour[c], level, &level->colour[c], 1.0f);
        tile_load_start(t, t->f[0], level, start, c);
        tile_load_start(t, t->b[0], level, start, c + 3);
        for (int32_t round = 1; round < TILE_ROUNDS; round++)
            update(t, t->f[round & 1], t->b[round & 1], (const float(*)[TILE_PITCH])t->f[~round & 1],
                   (const float(*)[TILE_PITCH])t->b[~round & 1], (const float(*)[TILE_PITCH])t->colour[c],
                   round);
        update(t, t->colour[c], t->background[c], (const float(*)[TILE_PITCH])t->f[~TILE_ROUNDS & 1],
               (const float(*)[TILE_PITCH])t->b[~TILE_ROUNDS & 1], (const float(*)[TILE_PITCH])t->colour[c],
               TILE_ROUNDS);
    }
}

#include "matte/tile.h"

#include "matte/wide.h"

/* Regularisation: how much two neighbours of equal alpha pull at each other. */
#define TILE_PULL 1e-5f

WIDE_BODY float distance(float a, float b)
{
    float d = a - b;

    return (d < 0.0f ? -d : d) + TILE_PULL;
}

/* With N the means of the neighbours, S the sum of their pulls and e = I - a N_F - (1 - a) N_B, the least
 * squares are at F = N_F + e a / q, B = N_B + e (1 - a) / q, q = a^2 + (1 - a)^2 + S. A pixel that is all
 * subject or all background follows the picture to the end instead. */
WIDE_BODY void weigh_body(tile *t)
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
WIDE_TWINS(weigh, (tile * t), (t))

WIDE_BODY float level_of(float v)
{
    v = v > 0.0f ? v : 0.0f;
    return v < 255.0f ? v : 255.0f;
}

/* One row of one round. */
WIDE_BODY void update_body(const tile *t, float *restrict f_out, float *restrict b_out, tile_plane f,
                           tile_plane b, const float *colour, int32_t r, int32_t from, int32_t to)
{
    const float *alpha = t->alpha[r], *front = t->front[r], *back = t->back[r];
    const float *left = t->left[r], *right = t->right[r], *up = t->up[r], *down = t->down[r];

    for (int32_t i = from; i < to; i++) {
        float mean_f =
            f[r][i - 1] * left[i] + f[r][i + 1] * right[i] + f[r - 1][i] * up[i] + f[r + 1][i] * down[i];
        float mean_b =
            b[r][i - 1] * left[i] + b[r][i + 1] * right[i] + b[r - 1][i] * up[i] + b[r + 1][i] * down[i];
        float miss = colour[i] - alpha[i] * mean_f - (1.0f - alpha[i]) * mean_b;

        f_out[i] = level_of(mean_f + miss * front[i]);
        b_out[i] = level_of(mean_b + miss * back[i]);
    }
}
WIDE_TWINS(update,
           (const tile *t, float *f_out, float *b_out, tile_plane f, tile_plane b, const float *colour,
            int32_t r, int32_t from, int32_t to),
           (t, f_out, b_out, f, b, colour, r, from, to))

/* All rounds of one channel; each leaves one more pixel of the margin behind. */
static void solve_channel(tile *t, int32_t c)
{
    int32_t width = t->columns + 2 * TILE_ROUNDS, height = t->rows + 2 * TILE_ROUNDS;

    for (int32_t round = 1; round <= TILE_ROUNDS; round++) {
        int32_t now = round & 1;
        bool last = round == TILE_ROUNDS;

        for (int32_t r = round; r < height - round; r++) {
            float result[TILE_PITCH]; /* the picture's row is still needed while F is made */

            update(t, last ? result : t->f[now][r], last ? t->background[c][r] : t->b[now][r], t->f[!now],
                   t->b[!now], t->colour[c][r], r, round, width - round);
            if (last)
                memcpy(t->colour[c][r] + round, result + round, (size_t)t->columns * sizeof *result);
        }
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
        solve_channel(t, c);
    }
}

/* rows_expand.c - one level of the image pyramid: SPEC.md 4.6, one axis after the other.
 *
 * On the doubled grid the even positions hold the coarse logits and the odd ones zeros, so an even result has
 * three taps and an odd one four, at coarse positions -1..2 around it. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

/* Twice the one-dimensional kernel (two axes make the factor 4): Gaussian of sigma 1, taps at distance 3..0. */
static const float taps[4] = { 2 * 0.004433048175243746f, 2 * 0.05400558262241448f, 2 * 0.2420362293761143f,
                               2 * 0.3990502796524549f };

typedef struct axis_taps {
    int32_t at[4];
    float weight[4];
    int32_t count;
} axis_taps;

/* Position on the doubled grid -> coarse positions; reflected at both ends without repeating the edge. */
static axis_taps around(int32_t position, int32_t coarse)
{
    axis_taps t = { .count = 0 };

    for (int32_t d = -3; d <= 3; d++) {
        int32_t g = position + d, last = 2 * coarse - 1;

        g = g < 0 ? -g : g > last ? 2 * last - g : g;
        if (g % 2)
            continue;
        t.at[t.count] = g / 2;
        t.weight[t.count++] = taps[3 - (d < 0 ? -d : d)];
    }
    return t;
}

static float across(const float *row, const axis_taps *t)
{
    float sum = 0;

    for (int32_t i = 0; i < t->count; i++)
        sum += t->weight[i] * row[t->at[i]];
    return sum;
}

void KERNEL(rows_expand)(const rows_call *c)
{
    int32_t coarse = c->in[0].width, width = c->out.width;
    float *column = c->scratch; /* the row after the vertical pass */

    for (int32_t y = c->first; y < c->end; y++) {
        axis_taps vertical = around(y, c->in[0].height);
        const float *residual = grid_row(&c->in[1], y);
        float *out = grid_row(&c->out, y);

        memset(column, 0, (size_t)coarse * sizeof *column);
        for (int32_t i = 0; i < vertical.count; i++) {
            const float *in = grid_row(&c->in[0], vertical.at[i]);

            for (int32_t x = 0; x < coarse; x++)
                column[x] += vertical.weight[i] * in[x];
        }
        for (int32_t x = 0; x < width; x++)
            if (x < 4 || x >= width - 4) {
                axis_taps horizontal = around(x, coarse);

                out[x] = across(column, &horizontal) + residual[x];
            }
        for (int32_t i = 2; i < coarse - 2; i++) {
            const float *v = column + i;

            out[2 * i] = taps[1] * (v[-1] + v[1]) + taps[3] * v[0] + residual[2 * i];
            out[2 * i + 1] = taps[0] * (v[-1] + v[2]) + taps[2] * (v[0] + v[1]) + residual[2 * i + 1];
        }
    }
}

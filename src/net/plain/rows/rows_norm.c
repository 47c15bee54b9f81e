/* rows_norm.c - layer norm: two passes over the channels of a pixel, which the first one has brought near. */
#include <math.h>

#include "net/plain/kernels.h"
#include "net/plain/rows/bytes.h"

#define EPSILON 1e-5f /* of the networks' training */
#define SUMS 4        /* that grow side by side: hides the latency of additions, and rounds less */

INLINE float joined(vec sums[SUMS])
{
    return vsum((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

INLINE float mean_of(const float *in, int32_t first, int32_t channels, const rows_type type)
{
    vec sums[SUMS];
    int32_t i = 0;

    for (int k = 0; k < SUMS; k++)
        sums[k] = spread(0);
    for (; i + SUMS * LANES <= channels; i += SUMS * LANES)
        for (int k = 0; k < SUMS; k++)
            sums[k] += load_channels(in, first + i + k * LANES, type);
    for (; i < channels; i += LANES)
        sums[0] += first_lanes(load_channels(in, first + i, type), channels - i);
    return joined(sums) / (float)channels;
}

/* What the mean was off by because it was rounded: where channels hardly differ, 1 / sqrt(variance) would make
 * much of it. Returns the variance. */
INLINE float variance_of(const float *in, int32_t first, int32_t channels, const rows_type type, float mean,
                         float *rest)
{
    vec sums[SUMS], squares[SUMS];
    int32_t i = 0;

    for (int k = 0; k < SUMS; k++)
        sums[k] = squares[k] = spread(0);
    for (; i + SUMS * LANES <= channels; i += SUMS * LANES)
        for (int k = 0; k < SUMS; k++) {
            vec v = load_channels(in, first + i + k * LANES, type) - mean;

            sums[k] += v;
            squares[k] += v * v;
        }
    for (; i < channels; i += LANES) {
        vec v = first_lanes(load_channels(in, first + i, type) - mean, channels - i);

        sums[0] += v;
        squares[0] += v * v;
    }
    *rest = joined(sums) / (float)channels;
    return joined(squares) / (float)channels - *rest * *rest;
}

INLINE void norm(const rows_call *c, const rows_type from, const rows_type to)
{
    int32_t channels = c->node->in[0].channels, first = c->node->in[0].first;
    byte_range range = range_of(&c->out);

    for (int32_t y = c->first; y < c->end; y++) {
        const float *in = grid_row(&c->in[0], y);
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < c->out.width; x++, in += c->in[0].pixel, out += c->out.pixel) {
            float mean = mean_of(in, first, channels, from), rest;
            float scale = 1 / sqrtf(variance_of(in, first, channels, from, mean, &rest) + EPSILON);

            if (channels == 1)
                set_channel(out, 0, to,
                            (channel_of(in, first, from) - mean - rest) * scale * c->kernel[0] + c->bias[0]);
            else
                for (int32_t i = 0; i < channels; i += LANES) {
                    vec v = load_channels(in, first + i, from) - mean - rest;

                    put_channels(out, i, to, range, v * scale * load(c->kernel + i) + load(c->bias + i));
                }
        }
    }
}

void KERNEL(rows_norm)(const rows_call *c)
{
    if (c->out.type == ROWS_U8 && c->in[0].type == ROWS_F32)
        norm(c, ROWS_F32, ROWS_U8);
    else if (c->out.type == ROWS_U8)
        norm(c, ROWS_BF16, ROWS_U8);
    else
        BY_TYPE(norm, c, c->in[0].type, c->out.type);
}

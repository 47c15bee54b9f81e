/* oracle_grid.c - norms, pooling, gathering, sums of two values, and the masks of blending. */
#include <math.h>
#include <stdlib.h>

#include "oracle/oracle_ops.h"

void oracle_norm(oracle_call *call)
{
    const tensor *in = &call->in[0];

    for (size_t at = 0; at < tensor_count(in); at += (size_t)in->c) {
        const float *x = in->at + at;
        double mean = 0, variance = 0;

        for (int32_t c = 0; c < in->c; c++)
            mean += (double)x[c] / in->c;
        for (int32_t c = 0; c < in->c; c++)
            variance += ((double)x[c] - mean) * ((double)x[c] - mean) / in->c;
        for (int32_t c = 0; c < in->c; c++)
            call->out.at[at + (size_t)c] =
                (float)(((double)x[c] - mean) / sqrt(variance + 1e-5) * (double)call->kernel[c] +
                        (double)call->bias[c]);
    }
}

/* Quarters in the reference's order: (even row, even column), (odd, even), (even, odd), (odd, odd). */
void oracle_merge(oracle_call *call)
{
    const tensor *in = &call->in[0], *out = &call->out;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t y = 0; y < out->h; y++)
            for (int32_t x = 0; x < out->w; x++)
                for (int32_t c = 0; c < out->c; c++) {
                    int32_t quarter = c / in->c, v = 2 * y + quarter % 2, u = 2 * x + quarter / 2;

                    *tensor_at(out, n, y, x, c) =
                        v < in->h && u < in->w ? *tensor_at(in, n, v, u, c % in->c) : 0.0f;
                }
}

static float pooled(const oracle_call *call, int32_t n, int32_t y, int32_t x, int32_t c)
{
    const plan_node *k = call->node;
    const tensor *in = &call->in[0];
    double best = -HUGE_VAL, sum = 0;
    int32_t inside = 0;

    for (int32_t i = 0; i < k->kernel_h; i++)
        for (int32_t j = 0; j < k->kernel_w; j++) {
            int32_t v = y * k->stride - k->pad_h + i, u = x * k->stride - k->pad_w + j;

            if (v < 0 || v >= in->h || u < 0 || u >= in->w)
                continue;
            best = fmax(best, (double)*tensor_at(in, n, v, u, c));
            sum += (double)*tensor_at(in, n, v, u, c);
            inside++;
        }
    if (k->flags & PLAN_POOL_MAX)
        return (float)best;
    return (float)(sum / (k->flags & PLAN_POOL_INSIDE ? inside : k->kernel_h * k->kernel_w));
}

void oracle_pool(oracle_call *call)
{
    const tensor *out = &call->out;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t y = 0; y < out->h; y++)
            for (int32_t x = 0; x < out->w; x++)
                for (int32_t c = 0; c < out->c; c++)
                    *tensor_at(out, n, y, x, c) = pooled(call, n, y, x, c);
}

void oracle_of_two(oracle_call *call)
{
    bool product = call->node->op == PLAN_OP_MULTIPLY;

    for (size_t i = 0; i < tensor_count(&call->out); i++) {
        float a = call->in[0].at[i], b = call->in[1].at[i];

        call->out.at[i] = product ? a * b : a + b;
    }
}

/* Is (dy, dx) in the ellipse? Half the width of row dy is r sqrt((r^2 - dy^2) / r^2), rounded half to even;
 * an ellipse of radius 0 is one pixel. */
static bool within(int32_t r, int32_t dy, int32_t dx)
{
    return r == 0 ? dx == 0 : abs(dx) <= (int32_t)rint(r * sqrt((double)(r * r - dy * dy) / (r * r)));
}

void oracle_transition(oracle_call *call)
{
    const tensor *in = &call->in[0], *out = &call->out;
    int32_t r = call->node->window / 2;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t y = 0; y < out->h; y++)
            for (int32_t x = 0; x < out->w; x++) {
                double low = 1, high = 0;

                for (int32_t dy = -r; dy <= r; dy++)
                    for (int32_t dx = -r; dx <= r; dx++) {
                        double s;

                        if (y + dy < 0 || y + dy >= in->h || x + dx < 0 || x + dx >= in->w ||
                            !within(r, dy, dx))
                            continue;
                        s = 1 / (1 + exp(-(double)*tensor_at(in, n, y + dy, x + dx, 0)));
                        low = fmin(low, s);
                        high = fmax(high, s);
                    }
                *tensor_at(out, n, y, x, 0) = high - low > 0.5 ? 1.0f : 0.0f;
            }
}

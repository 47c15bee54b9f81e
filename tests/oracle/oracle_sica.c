/* oracle_sica.c - SPEC.md 4.5, steps 1 to 4 and 6. */
#include <assert.h>
#include <math.h>

#include "oracle/oracle_ops.h"

static double sigmoid(float x)
{
    return 1 / (1 + exp(-(double)x));
}

static float clipped(double x)
{
    return (float)fmin(fmax(x, 0), 1);
}

void oracle_sica_maps(oracle_call *call)
{
    const tensor *out = &call->out;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t y = 0; y < out->h; y++)
            for (int32_t x = 0; x < out->w; x++) {
                double threshold = (double)call->kernel[0];
                double p = sigmoid(*tensor_at(&call->in[0], n, y, x, 0)) - threshold;
                float *map = tensor_at(out, n, y, x, 0);

                map[0] = clipped(p);
                map[1] = clipped(-p);
                map[2] = (float)(threshold - fabs(p));
                if (out->c == 5) {
                    double q = sigmoid(*tensor_at(&call->in[1], n, y, x, 0)) - (double)call->kernel[1];

                    map[3] = clipped(q);
                    map[4] = clipped(-q);
                }
            }
}

void oracle_sica_context(oracle_call *call)
{
    const tensor *maps = &call->in[0], *features = &call->in[1];
    int64_t positions = (int64_t)maps->h * maps->w;
    bool raw = call->node->flags & PLAN_RAW_VIEW;

    for (int32_t n = 0; n < maps->n; n++)
        for (int32_t k = 0; k < maps->c; k++) {
            double mass = 0;

            for (int64_t i = 0; i < positions; i++)
                mass += fabs((double)*tensor_flat(maps, n, k * positions + i));
            for (int32_t c = 0; c < features->c; c++) {
                double sum = 0;

                for (int64_t i = 0; i < positions; i++)
                    sum += (double)*tensor_flat(maps, n, k * positions + i) *
                           (double)*tensor_flat(features, n, raw ? i * features->c + c : c * positions + i);
                if (call->node->flags & PLAN_MASS_PLUS_ONE)
                    sum /= mass + 1;
                *tensor_at(&call->out, n, 0, k, c) = (float)sum;
            }
        }
}

void oracle_sica_attend(oracle_call *call)
{
    const tensor *query = &call->in[0], *keys = &call->in[1], *values = &call->in[2];
    double weight[8];

    assert(keys->w <= 8); /* a network has 3 or 5 maps */
    for (int32_t n = 0; n < query->n; n++)
        for (int32_t y = 0; y < query->h; y++)
            for (int32_t x = 0; x < query->w; x++) {
                for (int32_t k = 0; k < keys->w; k++) {
                    weight[k] = 0;
                    for (int32_t c = 0; c < query->c; c++)
                        weight[k] +=
                            (double)*tensor_at(query, n, y, x, c) * (double)*tensor_at(keys, n, 0, k, c);
                    weight[k] *= (double)call->node->scale[0];
                }
                oracle_normalise(weight, keys->w);
                for (int32_t k = 0; !values->at && k < keys->w; k++)
                    *tensor_at(&call->out, n, y, x, k) = (float)weight[k];
                for (int32_t c = 0; values->at && c < values->c; c++) {
                    double sum = 0;

                    for (int32_t k = 0; k < keys->w; k++)
                        sum += weight[k] * (double)*tensor_at(values, n, 0, k, c);
                    *tensor_at(&call->out, n, y, x, c) = (float)sum;
                }
            }
}

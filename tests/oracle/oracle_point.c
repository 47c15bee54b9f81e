/* oracle_point.c - the ends of a network, and what works on single positions or on all of them. */
#include <math.h>

#include "oracle/oracle_ops.h"

void oracle_picture(oracle_call *call, const unsigned char *picture)
{
    for (size_t i = 0; i < tensor_count(&call->out); i++)
        call->out.at[i] = ((float)picture[i] - call->node->mean[i % 3]) * call->node->scale[i % 3];
}

void oracle_mean(oracle_call *call)
{
    const tensor *in = &call->in[0];

    for (int32_t n = 0; n < in->n; n++)
        for (int32_t c = 0; c < in->c; c++) {
            double sum = 0;

            for (int32_t y = 0; y < in->h; y++)
                for (int32_t x = 0; x < in->w; x++)
                    sum += (double)*tensor_at(in, n, y, x, c);
            *tensor_at(&call->out, n, 0, 0, c) = (float)(sum / in->h / in->w);
        }
}

void oracle_normalise(double *x, int32_t count)
{
    double largest = x[0], sum = 0;

    for (int32_t i = 1; i < count; i++)
        largest = fmax(largest, x[i]);
    for (int32_t i = 0; i < count; i++)
        sum += x[i] = exp(x[i] - largest);
    for (int32_t i = 0; i < count; i++)
        x[i] /= sum;
}

void oracle_softmax(oracle_call *call)
{
    const tensor *in = &call->in[0];

    for (int32_t n = 0; n < in->n; n++)
        for (int32_t y = 0; y < in->h; y++)
            for (int32_t x = 0; x < in->w; x++) {
                const float *z = tensor_at(in, n, y, x, 0);
                double largest = -HUGE_VAL, sum = 0;

                for (int32_t c = 0; c < in->c; c++)
                    largest = fmax(largest, (double)call->node->scale[0] * (double)z[c]);
                for (int32_t c = 0; c < in->c; c++)
                    sum += exp((double)call->node->scale[0] * (double)z[c] - largest);
                for (int32_t c = 0; c < in->c; c++)
                    *tensor_at(&call->out, n, y, x, c) =
                        (float)(exp((double)call->node->scale[0] * (double)z[c] - largest) / sum);
            }
}

void oracle_extremes(oracle_call *call)
{
    const tensor *in = &call->in[0];

    for (int32_t n = 0; n < in->n; n++) {
        float *low = tensor_at(&call->out, n, 0, 0, 0), *high = tensor_at(&call->out, n, 0, 0, 1);

        *low = *high = *tensor_at(in, n, 0, 0, 0);
        for (int32_t y = 0; y < in->h; y++)
            for (int32_t x = 0; x < in->w; x++) {
                *low = fminf(*low, *tensor_at(in, n, y, x, 0));
                *high = fmaxf(*high, *tensor_at(in, n, y, x, 0));
            }
    }
}

/* oracle_fold.c - a convolution of blended vectors, as one of their shares. */
#include "oracle/oracle_ops.h"

void oracle_fold(oracle_call *call)
{
    const tensor *vectors = &call->in[0], *out = &call->out;
    int32_t taps = (out->w - 1) / vectors->w;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t o = 0; o < out->c; o++) {
            for (int32_t tap = 0; tap < taps; tap++)
                for (int32_t k = 0; k < vectors->w; k++) {
                    double sum = 0;

                    for (int32_t c = 0; c < vectors->c; c++)
                        sum += (double)call->kernel[(o * vectors->c + c) * taps + tap] *
                               (double)*tensor_at(vectors, n, 0, k, c);
                    *tensor_at(out, n, 0, tap * vectors->w + k, o) = (float)sum;
                }
            *tensor_at(out, n, 0, taps * vectors->w, o) = call->bias[o];
        }
}

/* One output number: the sum over the window, which sees zeros outside the grid, and the bias. */
static double window(const oracle_call *call, int32_t n, int32_t y, int32_t x, int32_t o)
{
    const plan_node *node = call->node;
    const tensor *in = &call->in[0], *kernel = &call->in[1];
    double sum = (double)*tensor_at(kernel, n, 0, kernel->w - 1, o);

    for (int32_t i = 0; i < node->kernel_h; i++)
        for (int32_t j = 0; j < node->kernel_w; j++) {
            int32_t v = y * node->stride - node->pad_h + i * node->dilation;
            int32_t u = x * node->stride - node->pad_w + j * node->dilation;

            if (v < 0 || v >= in->h || u < 0 || u >= in->w)
                continue;
            for (int32_t k = 0; k < in->c; k++)
                sum += (double)*tensor_at(kernel, n, 0, (i * node->kernel_w + j) * in->c + k, o) *
                       (double)*tensor_at(in, n, v, u, k);
        }
    return sum;
}

void oracle_folded_conv(oracle_call *call)
{
    const tensor *out = &call->out;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t y = 0; y < out->h; y++)
            for (int32_t x = 0; x < out->w; x++)
                for (int32_t o = 0; o < out->c; o++)
                    *tensor_at(out, n, y, x, o) =
                        (float)oracle_activated(call->node->activation, window(call, n, y, x, o));
}

#include <math.h>

#include "oracle/oracle_ops.h"

double oracle_activated(plan_activation activation, double x)
{
    switch (activation) {
    case PLAN_RELU:
        return fmax(x, 0);
    case PLAN_RELU6:
        return fmin(fmax(x, 0), 6);
    case PLAN_GELU:
        return 0.5 * x * (1 + erf(x / sqrt(2)));
    default:
        return x;
    }
}

/* One output number, without bias: the sum over the kernel's window, which sees zeros outside the grid. */
static double window(const oracle_call *call, int32_t n, int32_t y, int32_t x, int32_t o)
{
    const plan_node *k = call->node;
    const tensor *in = &call->in[0];
    int32_t ins = in->c / k->groups, outs = call->out.c / k->groups, taps = k->kernel_h * k->kernel_w;
    const float *kernel = call->kernel + (size_t)o * (size_t)ins * (size_t)taps;
    double sum = 0;

    for (int32_t i = 0; i < k->kernel_h; i++)
        for (int32_t j = 0; j < k->kernel_w; j++) {
            int32_t v = y * k->stride - k->pad_h + i * k->dilation;
            int32_t u = x * k->stride - k->pad_w + j * k->dilation;

            if (v < 0 || v >= in->h || u < 0 || u >= in->w)
                continue;
            for (int32_t c = 0; c < ins; c++)
                sum += (double)kernel[c * taps + i * k->kernel_w + j] *
                       *tensor_at(in, n, v, u, o / outs * ins + c);
        }
    return sum;
}

void oracle_conv(oracle_call *call)
{
    const tensor *out = &call->out;

    for (int32_t n = 0; n < out->n; n++)
        for (int32_t y = 0; y < out->h; y++)
            for (int32_t x = 0; x < out->w; x++)
                for (int32_t o = 0; o < out->c; o++) {
                    double sum = window(call, n, y, x, o) + (double)call->bias[o];

                    if (call->residual.at)
                        sum += (double)*tensor_at(&call->residual, n, y, x, o);
                    *tensor_at(out, n, y, x, o) = (float)oracle_activated(call->node->activation, sum);
                }
}

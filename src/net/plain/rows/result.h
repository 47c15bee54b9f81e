/* result.h - what becomes of the sums of a convolution.
 *
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_RESULT_H
#define INSPYR_NET_ROWS_RESULT_H

#include "net/plain/rows/activation.h"

/* Channels channel..channel+LANES-1 of a pixel, of which one at least is there; residual: its pixel, or NULL.
 */
INLINE void put_result(const rows_call *c, float *out, const float *residual, int32_t channel, vec sum)
{
    int32_t left = c->p->values[c->node->out].c - channel;

    if (residual) {
        int32_t first = c->node->residual.first + channel;

        if (left >= LANES)
            sum += load_channels(residual, first, c->residual.type);
        else
            for (int32_t i = 0; i < left; i++)
                sum[i] += channel_of(residual, first + i, c->residual.type);
    }
    sum = activated_as(sum, c->node->activation, c->out.type);
    if (c->out.pixel >= KERNELS_BLOCK / 2)
        store_channels(out, channel, c->out.type, sum);
    else
        memcpy(out, &sum, (size_t)left * sizeof *out);
}

#endif

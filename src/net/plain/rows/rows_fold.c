/* rows_fold.c - a convolution of blended vectors, as one of their shares with a kernel that is made per
 * picture.
 */
#include "net/plain/rows/product.h"

/* As keys and values, these are products of large numbers that a softmax tames afterwards: each sum rounds
 * once.
 */
void KERNEL(rows_fold)(const rows_call *c)
{
    const plan_input *in = &c->node->in[0];
    int32_t vectors = c->in[0].width, outs = c->p->values[c->node->out].c;
    size_t positions = (size_t)c->out.width - 1, taps = positions / (size_t)vectors,
           depth = (size_t)in->channels;
    float *out = grid_row(&c->out, 0);

    for (int32_t first = 0; first < outs; first += BLOCK) {
        const float *kernel = c->kernel + (size_t)first * taps * depth;

        for (size_t at = 0; at < positions; at++) {
            const float *vector = grid_row(&c->in[0], 0) + at % (size_t)vectors * (size_t)c->in[0].pixel;
            const float *w = kernel + at / (size_t)vectors * depth * BLOCK;
            double sums[BLOCK] = { 0 };

            for (int32_t i = 0; i < in->channels; i++, w += BLOCK) {
                double x = (double)channel_of(vector, in->first + i, c->in[0].type);

                for (int k = 0; k < BLOCK; k++)
                    sums[k] += x * (double)w[k];
            }
            for (int32_t k = 0; k < BLOCK && first + k < outs; k++)
                out[at * (size_t)c->out.pixel + (size_t)(first + k)] = (float)sums[k];
        }
    }
    memcpy(out + positions * (size_t)c->out.pixel, c->bias, (size_t)outs * sizeof *out);
}

/* [tap, vector, output] -> [block][tap][vector][16], and the bias; zeros beyond the last output. */
static void pack(float *kernel, float *bias, const rows_grid *from, int32_t outs)
{
    const float *in = grid_row(from, 0);
    int32_t positions = from->width - 1;

    for (int32_t first = 0; first < outs; first += BLOCK) {
        size_t count = (size_t)(outs - first < BLOCK ? outs - first : BLOCK);

        for (int32_t at = 0; at <= positions; at++) {
            float *to = at < positions
                            ? kernel + ((size_t)first / BLOCK * (size_t)positions + (size_t)at) * BLOCK
                            : bias + first;

            memset(to + count, 0, (BLOCK - count) * sizeof *to);
            memcpy(to, in + (size_t)at * (size_t)from->pixel + first, count * sizeof *to);
        }
    }
}

void KERNEL(rows_folded_conv)(const rows_call *c)
{
    int32_t outs = c->p->values[c->node->out].c;
    float *kernel = c->scratch, *bias = kernel + whole_blocks((size_t)outs) * (size_t)(c->in[1].width - 1);
    plan_node node = *c->node;
    rows_call call = *c;

    pack(kernel, bias, &c->in[1], outs);
    node.inputs = 1;
    call.node = &node;
    call.kernel = kernel;
    call.bias = bias;
    KERNEL(rows_conv)(&call);
}

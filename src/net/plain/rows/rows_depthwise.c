/* rows_depthwise.c - convolution of every channel by itself: vectors run along the channels, four pixels at
 * once share the weights in registers. */
#include "net/plain/kernels.h"
#include "net/plain/rows/activation.h"

#define TILE 4

INLINE void tile(const rows_call *c, const float *const *rows, float *out, int32_t x, int32_t channel,
                 const int pixels, const rows_type from, const rows_type to)
{
    const plan_node *n = c->node;
    size_t padded = whole_blocks((size_t)c->p->values[n->out].c);
    ptrdiff_t pixel = c->in[0].pixel, step = pixel * n->stride;
    vec sums[TILE];

    for (int i = 0; i < pixels; i++)
        sums[i] = load(c->bias + channel);
    for (int32_t ky = 0; ky < n->kernel_h; ky++) {
        if (!rows[ky])
            continue;
        for (int32_t kx = 0; kx < n->kernel_w; kx++) {
            const float *a = rows[ky] + (x * n->stride + kx * n->dilation - n->pad_w) * pixel;
            vec weight = load(c->kernel + (size_t)(ky * n->kernel_w + kx) * padded + channel);

            for (int i = 0; i < pixels; i++)
                sums[i] += weight * load_channels(a + i * step, n->in[0].first + channel, from);
        }
    }
    for (int i = 0; i < pixels; i++) {
        sums[i] = activated(sums[i], n->activation);
        store_channels(out + (size_t)(x + i) * (size_t)c->out.pixel, channel, to, sums[i]);
    }
}

INLINE void depthwise(const rows_call *c, const rows_type from, const rows_type to)
{
    const plan_node *n = c->node;
    int32_t width = c->out.width, channels = c->p->values[n->out].c;

    for (int32_t y = c->first; y < c->end; y++) {
        const float *rows[9];
        float *out = grid_row(&c->out, y);

        for (int32_t ky = 0; ky < n->kernel_h; ky++)
            rows[ky] = grid_row_or_null(&c->in[0], y * n->stride + ky * n->dilation - n->pad_h);
        for (int32_t channel = 0; channel < channels; channel += LANES)
            if (width >= TILE)
                for (int32_t x = 0; x < width; x += TILE)
                    tile(c, rows, out, x > width - TILE ? width - TILE : x, channel, TILE, from, to);
            else
                for (int32_t x = 0; x < width; x++)
                    tile(c, rows, out, x, channel, 1, from, to);
    }
}

void KERNEL(rows_depthwise)(const rows_call *c)
{
    BY_TYPE(depthwise, c, c->in[0].type, c->out.type);
}

/* rows_resize.c - bilinear resize, both corner conventions: the tables hold the columns, rows are found here.
 */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

INLINE void one_channel(const rows_call *c, const float *above, const float *below, float weight, float *out,
                        int32_t channel, const rows_type type_in, const rows_type type_out)
{
    size_t from = (size_t)c->in[0].pixel, to = (size_t)c->out.pixel;
    int32_t first = c->node->in[0].first + channel;
    float rest = 1 - weight;

    for (int32_t x = 0; x < c->out.width; x++) {
        const sample *s = &c->tables->columns[x];
        size_t low = (size_t)s->low * from, high = (size_t)s->high * from;
        float right = s->weight, left = 1 - right;
        float a =
            left * channel_of(above + low, first, type_in) + right * channel_of(above + high, first, type_in);
        float b =
            left * channel_of(below + low, first, type_in) + right * channel_of(below + high, first, type_in);

        set_channel(out + (size_t)x * to, channel, type_out, rest * a + weight * b);
    }
}

INLINE void many_channels(const rows_call *c, const float *above, const float *below, float weight, float *out,
                          const rows_type type_in, const rows_type type_out)
{
    size_t from = (size_t)c->in[0].pixel, to = (size_t)c->out.pixel;
    int32_t first = c->node->in[0].first, channels = c->node->in[0].channels;
    float rest = 1 - weight;

    for (int32_t x = 0; x < c->out.width; x++) {
        const sample *s = &c->tables->columns[x];
        size_t low = (size_t)s->low * from, high = (size_t)s->high * from;
        float right = s->weight, left = 1 - right;

        for (int32_t ch = 0; ch < channels; ch += LANES) {
            vec a = load_channels(above + low, first + ch, type_in) * left +
                    load_channels(above + high, first + ch, type_in) * right;
            vec b = load_channels(below + low, first + ch, type_in) * left +
                    load_channels(below + high, first + ch, type_in) * right;

            store_channels(out + (size_t)x * to, ch, type_out, a * rest + b * weight);
        }
    }
}

INLINE void resize(const rows_call *c, const rows_type type_in, const rows_type type_out)
{
    const plan_input *in = &c->node->in[0];

    for (int32_t y = c->first; y < c->end; y++) {
        sample s = sample_at(y, c->in[0].height, c->out.height, in->sampling);
        const float *above = grid_row(&c->in[0], s.low), *below = grid_row(&c->in[0], s.high);
        float *out = grid_row(&c->out, y);

        if (c->out.pixel >= (int32_t)words_of(type_out, KERNELS_BLOCK))
            many_channels(c, above, below, s.weight, out, type_in, type_out);
        else
            for (int32_t ch = 0; ch < in->channels; ch++)
                one_channel(c, above, below, s.weight, out, ch, type_in, type_out);
    }
}

void KERNEL(rows_resize)(const rows_call *c)
{
    BY_TYPE(resize, c, c->in[0].type, c->out.type);
}

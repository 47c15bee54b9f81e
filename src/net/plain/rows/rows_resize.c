/* rows_resize.c - bilinear resize, both corner conventions: the tables hold the columns, rows are found here.
 */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

static void one_channel(const rows_call *c, const float *above, const float *below, float weight, float *out)
{
    size_t from = (size_t)c->in[0].pixel, to = (size_t)c->out.pixel;
    float rest = 1 - weight;

    for (int32_t x = 0; x < c->out.width; x++) {
        const sample *s = &c->tables->columns[x];
        size_t low = (size_t)s->low * from, high = (size_t)s->high * from;

        out[(size_t)x * to] = rest * ((1 - s->weight) * above[low] + s->weight * above[high]) +
                              weight * ((1 - s->weight) * below[low] + s->weight * below[high]);
    }
}

static void many_channels(const rows_call *c, const float *above, const float *below, float weight, float *out,
                          int32_t channels)
{
    size_t from = (size_t)c->in[0].pixel, to = (size_t)c->out.pixel;
    float rest = 1 - weight;

    for (int32_t x = 0; x < c->out.width; x++) {
        const sample *s = &c->tables->columns[x];
        size_t low = (size_t)s->low * from, high = (size_t)s->high * from;
        float right = s->weight, left = 1 - right;

        for (int32_t ch = 0; ch < channels; ch += LANES) {
            vec a = load(above + low + ch) * left + load(above + high + ch) * right;
            vec b = load(below + low + ch) * left + load(below + high + ch) * right;

            store(out + (size_t)x * to + ch, a * rest + b * weight);
        }
    }
}

void KERNEL(rows_resize)(const rows_call *c)
{
    const plan_input *in = &c->node->in[0];

    for (int32_t y = c->first; y < c->end; y++) {
        sample s = sample_at(y, c->in[0].height, c->out.height, in->sampling);
        const float *above = grid_row(&c->in[0], s.low) + in->first,
                    *below = grid_row(&c->in[0], s.high) + in->first;
        float *out = grid_row(&c->out, y);

        if (c->out.pixel >= 16)
            many_channels(c, above, below, s.weight, out, in->channels);
        else
            for (int32_t ch = 0; ch < in->channels; ch++)
                one_channel(c, above + ch, below + ch, s.weight, out + ch);
    }
}

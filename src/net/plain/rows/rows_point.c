/* rows_point.c - what looks at one pixel at a time: input, softmax, mean, and the logits' way out. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

void KERNEL(rows_picture)(const rows_call *c)
{
    const plan_node *n = c->node;
    size_t row_bytes = (size_t)n->w * 3;
    const unsigned char *picture =
        (n->low ? c->io->low_picture : c->io->picture) + (size_t)c->picture * (size_t)n->h * row_bytes;

    for (int32_t y = c->first; y < c->end; y++) {
        const unsigned char *in = picture + (size_t)y * row_bytes;
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < n->w; x++, in += 3, out += c->out.pixel)
            for (int i = 0; i < 3; i++)
                set_channel(out, i, c->out.type, ((float)in[i] - n->mean[i]) * n->scale[i]);
    }
}

void KERNEL(rows_input)(const rows_call *c)
{
    int32_t channels = c->p->values[c->node->out].c;
    size_t row = (size_t)c->node->w * (size_t)channels;
    const float *numbers = c->io->inputs[c->input_index] + (size_t)c->picture * (size_t)c->node->h * row;

    for (int32_t y = c->first; y < c->end; y++) {
        const float *in = numbers + (size_t)y * row;
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < c->node->w; x++, in += channels, out += c->out.pixel)
            for (int32_t i = 0; i < channels; i++)
                set_channel(out, i, c->out.type, in[i]);
    }
}

void KERNEL(rows_softmax)(const rows_call *c)
{
    const plan_input *slice = &c->node->in[0];
    int32_t channels = slice->channels;
    float *e = c->scratch;

    for (int32_t y = c->first; y < c->end; y++)
        for (int32_t x = 0; x < c->out.width; x++) {
            const float *in = grid_row(&c->in[0], y) + (size_t)x * (size_t)c->in[0].pixel;
            float *out = grid_row(&c->out, y) + (size_t)x * (size_t)c->out.pixel, best, total = 0;

            for (int32_t i = 0; i < channels; i++)
                e[i] = channel_of(in, slice->first + i, c->in[0].type);
            best = e[0];
            for (int32_t i = 1; i < channels; i++)
                best = e[i] > best ? e[i] : best;
            for (int32_t i = 0; i < channels; i++)
                e[i] = (e[i] - best) * c->node->scale[0];
            for (int32_t i = 0; i < channels; i += LANES)
                store(e + i, vexp(load(e + i)));
            for (int32_t i = 0; i < channels; i++)
                total += e[i];
            for (int32_t i = 0; i < channels; i++)
                set_channel(out, i, c->out.type, e[i] / total);
        }
}

void KERNEL(rows_mean)(const rows_call *c)
{
    const plan_input *slice = &c->node->in[0];

    for (int32_t y = c->first; y < c->end; y++) {
        const float *in = grid_row(&c->in[0], y);
        double *partial = c->partial + (size_t)y * (size_t)c->columns;

        memset(partial, 0, (size_t)c->columns * sizeof *partial);
        for (int32_t x = 0; x < c->node->w; x++, in += c->in[0].pixel)
            for (int32_t i = 0; i < slice->channels; i++)
                partial[i] += (double)channel_of(in, slice->first + i, c->in[0].type);
    }
}

void KERNEL(rows_output)(const rows_call *c)
{
    int32_t width = c->node->w;

    for (int32_t y = c->first; y < c->end; y++) {
        const float *in = grid_row(&c->in[0], y);
        double *extremes = c->partial + (size_t)y * (size_t)c->columns;
        float low = in[0], high = in[0];

        for (int32_t x = 1; x < width; x++) {
            low = in[x] < low ? in[x] : low;
            high = in[x] > high ? in[x] : high;
        }
        extremes[0] = (double)low;
        extremes[1] = (double)high;
        memcpy(c->io->logits + ((size_t)c->picture * (size_t)c->node->h + (size_t)y) * (size_t)width, in,
               (size_t)width * sizeof *in);
    }
}

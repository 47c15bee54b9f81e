/* rows_axial.c - axial attention along one line: keys and values are gathered, then each query sees all keys.
 */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

/* To the last channel: nothing may lie behind it. */
static void copy_values(const axial_line *l, float *to, const float *from)
{
    int32_t ch = 0;

    for (; ch + LANES <= l->channels; ch += LANES)
        store(to + ch, load_channels(from, l->value + ch, l->stacked_type));
    for (; ch < l->channels; ch++)
        to[ch] = channel_of(from, l->value + ch, l->stacked_type);
}

void KERNEL(rows_axial)(const axial_line *l)
{
    size_t padded = whole_blocks((size_t)l->length), width = whole_blocks((size_t)l->channels);
    float *keys = l->scratch, *scores = keys + (size_t)l->qk * padded, *values = scores + padded;

    memset(keys, 0, (size_t)l->qk * padded * sizeof *keys);
    for (int32_t i = 0; i < l->length; i++) {
        const float *from = l->stacked + (size_t)i * l->stacked_step;

        for (int32_t k = 0; k < l->qk; k++)
            keys[(size_t)k * padded + (size_t)i] = channel_of(from, l->key + k, l->stacked_type);
        copy_values(l, values + (size_t)i * width, from);
    }
    for (int32_t i = 0; i < l->length; i++) {
        const float *query = l->stacked + (size_t)i * l->stacked_step, *t = l->t + (size_t)i * l->t_step;
        float *out = l->out + (size_t)i * l->out_step, best, total = 0;

        for (size_t j = 0; j < padded; j += LANES) {
            vec sum = spread(0);

            for (int32_t k = 0; k < l->qk; k++)
                sum += load(keys + (size_t)k * padded + j) * channel_of(query, l->query + k, l->stacked_type);
            store(scores + j, sum);
        }
        best = scores[0];
        for (int32_t j = 1; j < l->length; j++)
            best = scores[j] > best ? scores[j] : best;
        for (size_t j = 0; j < padded; j += LANES)
            store(scores + j, vexp(load(scores + j) - best));
        for (int32_t j = 0; j < l->length; j++)
            total += scores[j];
        for (int32_t ch = 0; ch < l->channels; ch += LANES) {
            vec sum = spread(0);

            for (int32_t j = 0; j < l->length; j++)
                sum += load(values + (size_t)j * width + ch) * scores[j];
            sum = sum * (l->gamma / total);
            sum += l->add ? load_channels(out, ch, l->out_type)
                          : 2.0f * load_channels(t, l->t_first + ch, l->t_type);
            store_channels(out, ch, l->out_type, sum);
        }
    }
}

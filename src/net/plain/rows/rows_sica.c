/* rows_sica.c - the probability maps and the attention of SICA. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

static float clipped(float x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

static void sigmoids(float *out, const float *in, int32_t count)
{
    for (int32_t x = 0; x < count; x += LANES) /* rows and scratch have slack */
        store(out + x, 1.0f / (1.0f + vexp(-load(in + x))));
}

void KERNEL(rows_maps)(const rows_call *c)
{
    float threshold = c->kernel[0], second = c->kernel[1];
    int32_t width = c->out.width;
    size_t pixel = (size_t)c->out.pixel;

    for (int32_t y = c->first; y < c->end; y++) {
        float *out = grid_row(&c->out, y), *s = c->scratch;

        sigmoids(s, grid_row(&c->in[0], y), width);
        for (int32_t x = 0; x < width; x++) {
            float p = s[x] - threshold;

            out[(size_t)x * pixel] = clipped(p);
            out[(size_t)x * pixel + 1] = clipped(-p);
            out[(size_t)x * pixel + 2] = threshold - (p < 0 ? -p : p); /* may be below 0 and stays so */
        }
        if (c->node->inputs < 2)
            continue;
        sigmoids(s, grid_row(&c->in[1], y), width);
        for (int32_t x = 0; x < width; x++) {
            float q = s[x] - second;

            out[(size_t)x * pixel + 3] = clipped(q);
            out[(size_t)x * pixel + 4] = clipped(-q);
        }
    }
}

#define MAPS 5

/* [map][channel], scaled, with zeros beyond the last one. */
static void gather_keys(const rows_call *c, float *keys)
{
    const plan_input *in = &c->node->in[1];
    size_t deep = whole_blocks((size_t)in->channels);

    memset(keys, 0, MAPS * deep * sizeof *keys);
    for (int32_t m = 0; m < c->in[1].width; m++) {
        const float *key = grid_row(&c->in[1], 0) + (size_t)m * (size_t)c->in[1].pixel;

        for (int32_t i = 0; i < in->channels; i++)
            keys[(size_t)m * deep + (size_t)i] =
                channel_of(key, in->first + i, c->in[1].type) * c->node->scale[0];
    }
}

/* logits: a plane of `pitch` numbers per map. */
INLINE void products(const rows_call *c, const float *query, const float *keys, float *logits, size_t pitch,
                     const int maps, const rows_type type)
{
    int32_t d = c->node->in[0].channels, first = c->node->in[0].first;
    size_t deep = whole_blocks((size_t)d);

    for (int32_t x = 0; x < c->out.width; x++, query += c->in[0].pixel) {
        vec sums[MAPS];

        for (int m = 0; m < maps; m++)
            sums[m] = spread(0);
        for (int32_t i = 0; i < d; i += LANES) {
            vec q = load_channels(query, first + i, type);

            if (d - i < LANES) /* what follows may be no number */
                q = first_lanes(q, d - i);
            for (int m = 0; m < maps; m++)
                sums[m] += q * load(keys + (size_t)m * deep + i);
        }
        for (int m = 0; m < maps; m++)
            logits[(size_t)m * pitch + (size_t)x] = vsum(sums[m]);
    }
}

/* Softmax over the maps, in place, for many pixels at once. */
static void softmax(float *logits, size_t pitch, int32_t maps)
{
    for (size_t x = 0; x < pitch; x += LANES) {
        vec best = load(logits + x), total = spread(0);

        for (int32_t m = 1; m < maps; m++)
            best = vmax(load(logits + (size_t)m * pitch + x), best);
        for (int32_t m = 0; m < maps; m++) {
            vec e = vexp(load(logits + (size_t)m * pitch + x) - best);

            total += e;
            store(logits + (size_t)m * pitch + x, e);
        }
        total = 1.0f / total;
        for (int32_t m = 0; m < maps; m++)
            store(logits + (size_t)m * pitch + x, load(logits + (size_t)m * pitch + x) * total);
    }
}

INLINE void blend(const rows_call *c, const float *values, const float *shares, size_t pitch, float *out,
                  const int maps, const rows_type type)
{
    for (int32_t ch = 0; ch < c->node->in[2].channels; ch += LANES) {
        vec value[MAPS];

        for (int m = 0; m < maps; m++)
            value[m] = load_channels(values + (size_t)m * (size_t)c->in[2].pixel, c->node->in[2].first + ch,
                                     c->in[2].type);
        for (int32_t x = 0; x < c->out.width; x++) {
            vec sum = value[0] * shares[x];

            for (int m = 1; m < maps; m++)
                sum += value[m] * shares[(size_t)m * pitch + (size_t)x];
            store_channels(out + (size_t)x * (size_t)c->out.pixel, ch, type, sum);
        }
    }
}

static void hand_out(const rows_call *c, const float *shares, size_t pitch, float *out)
{
    for (int32_t x = 0; x < c->out.width; x++, out += c->out.pixel)
        for (int32_t m = 0; m < c->in[1].width; m++)
            out[m] = shares[(size_t)m * pitch + (size_t)x];
}

INLINE void attend(const rows_call *c, const rows_type query, const rows_type to)
{
    size_t pitch = whole_blocks((size_t)c->out.width);
    float *logits = c->scratch, *keys = logits + MAPS * pitch;
    const float *values = c->node->inputs > 2 ? grid_row(&c->in[2], 0) : NULL;

    gather_keys(c, keys);
    for (int32_t y = c->first; y < c->end; y++) {
        float *out = grid_row(&c->out, y);

        if (c->in[1].width == MAPS)
            products(c, grid_row(&c->in[0], y), keys, logits, pitch, MAPS, query);
        else
            products(c, grid_row(&c->in[0], y), keys, logits, pitch, 3, query);
        softmax(logits, pitch, c->in[1].width);
        if (!values)
            hand_out(c, logits, pitch, out);
        else if (c->in[1].width == MAPS)
            blend(c, values, logits, pitch, out, MAPS, to);
        else
            blend(c, values, logits, pitch, out, 3, to);
    }
}

void KERNEL(rows_attend)(const rows_call *c)
{
    BY_TYPE(attend, c, c->in[0].type, c->out.type);
}

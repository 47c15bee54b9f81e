/* rows_sica.c - the probability maps, the context sums and the attention of SICA. */
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

/* float32 sums of at most this many pixels before they go into double: keeps the error near 1e-6. */
#define RUN 16
#define MAPS 5

/* One row of one vector of channels: partial[map][channel] += map[x] * feature[x]. */
INLINE void weighted(const float *maps, size_t map_pixel, const float *feature, size_t pixel, int32_t width,
                     double *partial, int32_t columns, int32_t channels, const int count)
{
    for (int32_t x0 = 0; x0 < width; x0 += RUN) {
        int32_t end = x0 + RUN < width ? x0 + RUN : width;
        vec sums[MAPS];

        for (int m = 0; m < count; m++)
            sums[m] = spread(0);
        for (int32_t x = x0; x < end; x++) {
            vec f = load(feature + (size_t)x * pixel);

            for (int m = 0; m < count; m++)
                sums[m] += f * maps[(size_t)x * map_pixel + (size_t)m];
        }
        for (int m = 0; m < count; m++)
            for (int32_t i = 0; i < channels; i++)
                partial[m * columns + i] += (double)sums[m][i];
    }
}

static void masses(const float *maps, size_t pixel, int32_t width, double *mass, int32_t columns, int32_t count)
{
    for (int32_t m = 0; m < count; m++)
        for (int32_t x = 0; x < width; x++) {
            float v = maps[(size_t)x * pixel + (size_t)m];

            mass[m * columns] += (double)(v < 0 ? -v : v);
        }
}

/* The reference reads the C x N buffer of features as N x C: element e = c N + n stands in row e / C, column e
 * % C. */
static void reinterpreted(const rows_call *c, int32_t y, double *partial, int32_t columns)
{
    const plan_node *n = c->node;
    int32_t maps = n->in[0].channels, channels = columns - 1, before = 0, width = n->w;
    int64_t positions = (int64_t)n->h * n->w;

    for (int32_t k = 1; k < n->inputs; before += n->in[k++].channels) {
        const float *feature = grid_row(&c->in[k], y) + n->in[k].first;

        for (int32_t x = 0; x < width; x++)
            for (int32_t i = 0; i < n->in[k].channels; i++) {
                int64_t e = (before + i) * positions + (int64_t)y * width + x;
                int64_t row = e / channels;
                const float *map = grid_row(&c->in[0], (int32_t)(row / width)) +
                                   (size_t)(row % width) * (size_t)c->in[0].pixel;
                float value = feature[(size_t)x * (size_t)c->in[k].pixel + (size_t)i];

                for (int32_t m = 0; m < maps; m++)
                    partial[m * columns + e % channels] += (double)map[m] * (double)value;
            }
    }
}

/* Partial results of a row: for each map the sums of all channels, then the mass. */
void KERNEL(rows_context)(const rows_call *c)
{
    const plan_node *n = c->node;
    int32_t maps = n->in[0].channels, columns = c->columns / maps;

    for (int32_t y = c->first; y < c->end; y++) {
        const float *map = grid_row(&c->in[0], y);
        double *partial = c->partial + (size_t)y * (size_t)c->columns;
        int32_t before = 0;

        memset(partial, 0, (size_t)c->columns * sizeof *partial);
        masses(map, (size_t)c->in[0].pixel, n->w, partial + columns - 1, columns, maps);
        if (n->flags & PLAN_RAW_VIEW) {
            reinterpreted(c, y, partial, columns);
            continue;
        }
        for (int32_t k = 1; k < n->inputs; before += n->in[k++].channels)
            for (int32_t ch = 0; ch < n->in[k].channels; ch += LANES) {
                const float *feature = grid_row(&c->in[k], y) + n->in[k].first + ch;
                int32_t left = n->in[k].channels - ch, channels = left < LANES ? left : LANES;
                double *at = partial + before + ch;

                if (maps == 5)
                    weighted(map, (size_t)c->in[0].pixel, feature, (size_t)c->in[k].pixel, n->w, at, columns,
                             channels, 5);
                else
                    weighted(map, (size_t)c->in[0].pixel, feature, (size_t)c->in[k].pixel, n->w, at, columns,
                             channels, 3);
            }
    }
}

/* Keys lie transposed, one lane per map, so that all products of a pixel are sums of whole vectors. */
#define KEY_LANES 8

void KERNEL(rows_attend)(const rows_call *c)
{
    const plan_node *n = c->node;
    int32_t maps = c->in[1].width, d = n->in[0].channels, width = c->out.width;
    float *keys = c->scratch, *logits = keys + (size_t)d * KEY_LANES;
    const float *values = grid_row(&c->in[2], 0) + n->in[2].first;

    memset(keys, 0, (size_t)d * KEY_LANES * sizeof *keys);
    for (int32_t m = 0; m < maps; m++)
        for (int32_t i = 0; i < d; i++)
            keys[i * KEY_LANES + m] =
                grid_row(&c->in[1], 0)[(size_t)m * (size_t)c->in[1].pixel + (size_t)(n->in[1].first + i)] *
                n->scale[0];
    for (int32_t y = c->first; y < c->end; y++) {
        const float *query = grid_row(&c->in[0], y) + n->in[0].first;
        float *out = grid_row(&c->out, y);

        for (int32_t x = 0; x < width; x++) {
            const float *q = query + (size_t)x * (size_t)c->in[0].pixel;
            float *logit = logits + (size_t)x * KEY_LANES, sums[KEY_LANES] = { 0 }, best;

            for (int32_t i = 0; i < d; i++)
                for (int m = 0; m < KEY_LANES; m++)
                    sums[m] += q[i] * keys[i * KEY_LANES + m];
            best = sums[0];
            for (int32_t m = 1; m < maps; m++)
                best = sums[m] > best ? sums[m] : best;
            for (int m = 0; m < KEY_LANES; m++)
                logit[m] = sums[m] - best;
        }
        for (int32_t i = 0; i < width * KEY_LANES; i += LANES)
            store(logits + i, vexp(load(logits + i)));
        for (int32_t x = 0; x < width; x++) {
            float *a = logits + (size_t)x * KEY_LANES, total = 0;

            for (int32_t m = 0; m < maps; m++)
                total += a[m];
            for (int32_t ch = 0; ch < n->in[2].channels; ch += LANES) {
                vec sum = spread(0);

                for (int32_t m = 0; m < maps; m++)
                    sum += load(values + (size_t)m * (size_t)c->in[2].pixel + ch) * (a[m] / total);
                store(out + (size_t)x * (size_t)c->out.pixel + ch, sum);
            }
        }
    }
}

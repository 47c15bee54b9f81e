/* rows_context.c - the sums of SICA's features under its maps, also as the reference reads them. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

/* float32 sums of at most this many pixels before they go into double: keeps the error near 1e-6. */
#define RUN 16
#define MAPS 5

/* One row of one vector of channels: partial[map][channel] += map[x] * feature[x]. */
INLINE void weighted(const float *maps, size_t map_pixel, const float *feature, int32_t first, size_t pixel,
                     int32_t width, double *partial, int32_t columns, int32_t channels, const int count,
                     const rows_type type)
{
    for (int32_t x0 = 0; x0 < width; x0 += RUN) {
        int32_t end = x0 + RUN < width ? x0 + RUN : width;
        vec sums[MAPS];

        for (int m = 0; m < count; m++)
            sums[m] = spread(0);
        for (int32_t x = x0; x < end; x++) {
            vec f = load_channels(feature + (size_t)x * pixel, first, type);

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

static const float *map_at(const rows_call *c, int32_t row, int32_t column)
{
    return grid_row(&c->in[0], row) + (size_t)column * (size_t)c->in[0].pixel;
}

/* The reference reads the C x N buffer of features as N x C: element e = c N + n stands in row e / C, column e
 * % C. Along a row of pixels both go on by one, so they are divided once per row and channel. */
static void reinterpreted(const rows_call *c, int32_t y, double *partial, int32_t columns)
{
    const plan_node *n = c->node;
    int32_t maps = n->in[0].channels, channels = columns - 1, before = 0, width = n->w;
    int64_t positions = (int64_t)n->h * n->w;

    for (int32_t k = 1; k < n->inputs; before += n->in[k++].channels)
        for (int32_t i = 0; i < n->in[k].channels; i++) {
            const float *feature = grid_row(&c->in[k], y);
            int64_t e = (before + i) * positions + (int64_t)y * width;
            int32_t row = (int32_t)(e / channels / width), column = (int32_t)(e / channels % width);
            int32_t to = (int32_t)(e % channels);
            const float *map = map_at(c, row, column);

            for (int32_t x = 0; x < width; x++, feature += c->in[k].pixel) {
                float f = channel_of(feature, n->in[k].first + i, c->in[k].type);

                for (int32_t m = 0; m < maps; m++)
                    partial[m * columns + to] += (double)map[m] * (double)f;
                if (++to < channels)
                    continue;
                to = 0;
                map += c->in[0].pixel;
                if (++column == width && ++row < n->h) {
                    column = 0;
                    map = map_at(c, row, 0);
                }
            }
        }
}

/* Where N = C M, pixel q C + j contributes to column j alone: the product of its channels and of the maps at
 * positions q, q + M, q + 2 M ... */
static void gather_maps(const rows_call *c, int64_t q, int64_t apart, float *maps, int32_t channels)
{
    int32_t count = c->node->in[0].channels, width = c->node->w;
    int32_t row = (int32_t)(q / width), column = (int32_t)(q % width);
    int32_t rows = (int32_t)(apart / width), columns = (int32_t)(apart % width);
    size_t pitch = even_pitch(channels);

    for (int32_t m = 0; m < count; m++)
        memset(maps + (size_t)m * pitch + channels, 0, (pitch - (size_t)channels) * sizeof *maps);
    for (int32_t ch = 0; ch < channels; ch++) {
        const float *map = map_at(c, row, column);

        for (int32_t m = 0; m < count; m++)
            maps[(size_t)m * pitch + (size_t)ch] = map[m];
        row += rows;
        column += columns;
        if (column >= width) {
            column -= width;
            row++;
        }
    }
}

INLINE void pixel_products(const rows_call *c, int32_t y, int32_t x, const float *maps, size_t pitch,
                           double *partial, int32_t columns, const int count)
{
    const plan_node *n = c->node;
    vec sums[MAPS];
    int32_t before = 0;

    for (int m = 0; m < count; m++)
        sums[m] = spread(0);
    for (int32_t k = 1; k < n->inputs; before += n->in[k++].channels) {
        const float *feature = grid_row(&c->in[k], y) + (size_t)x * (size_t)c->in[k].pixel;
        int32_t channels = n->in[k].channels;

        for (int32_t ch = 0; ch < channels; ch += LANES) {
            vec f = load_channels(feature, n->in[k].first + ch, c->in[k].type);

            if (channels - ch < LANES)
                f = first_lanes(f, channels - ch);
            for (int m = 0; m < count; m++)
                sums[m] += f * load(maps + (size_t)m * pitch + before + ch);
        }
    }
    for (int m = 0; m < count; m++)
        partial[m * columns] += (double)vsum(sums[m]);
}

static void reinterpreted_evenly(const rows_call *c, int32_t y, double *partial, int32_t columns)
{
    const plan_node *n = c->node;
    int32_t channels = columns - 1, width = n->w;
    size_t pitch = even_pitch(channels);
    int64_t apart = (int64_t)n->h * n->w / channels, first = (int64_t)y * width;

    for (int32_t x = 0; x < width; x++) {
        int32_t to = (int32_t)((first + x) % channels);

        if (!x || !to)
            gather_maps(c, (first + x) / channels, apart, c->scratch, channels);
        if (n->in[0].channels == MAPS)
            pixel_products(c, y, x, c->scratch, pitch, partial + to, columns, MAPS);
        else
            pixel_products(c, y, x, c->scratch, pitch, partial + to, columns, 3);
    }
}

INLINE void weighted_input(const rows_call *c, int32_t y, int32_t k, double *partial, int32_t columns,
                           const rows_type type)
{
    const plan_input *in = &c->node->in[k];
    const float *map = grid_row(&c->in[0], y), *feature = grid_row(&c->in[k], y);
    size_t map_pixel = (size_t)c->in[0].pixel, pixel = (size_t)c->in[k].pixel;

    for (int32_t ch = 0; ch < in->channels; ch += LANES) {
        int32_t left = in->channels - ch, channels = left < LANES ? left : LANES;

        if (c->node->in[0].channels == MAPS)
            weighted(map, map_pixel, feature, in->first + ch, pixel, c->node->w, partial + ch, columns,
                     channels, MAPS, type);
        else
            weighted(map, map_pixel, feature, in->first + ch, pixel, c->node->w, partial + ch, columns,
                     channels, 3, type);
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
            if ((int64_t)n->h * n->w % (columns - 1))
                reinterpreted(c, y, partial, columns);
            else
                reinterpreted_evenly(c, y, partial, columns);
            continue;
        }
        for (int32_t k = 1; k < n->inputs; before += n->in[k++].channels)
            if (c->in[k].type == ROWS_F32)
                weighted_input(c, y, k, partial + before, columns, ROWS_F32);
            else
                weighted_input(c, y, k, partial + before, columns, ROWS_BF16);
    }
}

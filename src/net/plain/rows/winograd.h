/* winograd.h - 3 x 3 convolutions with stride 1 by 4 x 4 products for 2 x 2 results: F(2x2, 3x3) of Lavin and
 * Gray, "Fast Algorithms for Convolutional Neural Networks" (2016), section 4.1.
 *
 * A tile is 2 x 2 results; rows and columns of tiles begin at even ones, so that a result does not depend on
 * the rows of the call. What tiles see of the inputs lies [component][tile][channel], and is multiplied by
 * weights [block][component][channel][16], as winograd.c transforms them. The including file defines
 * multiply(), below. Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_WINOGRAD_H
#define INSPYR_NET_ROWS_WINOGRAD_H

#include "net/plain/rows/result.h"

#define SIDE ((size_t)WINOGRAD_BLOCKS * KERNELS_BLOCK) /* words of a tile's sums in one component */

/* Makes the type that is read a constant of an inlined function. */
#define BY_TYPE_READ(f, type, ...)                                                                             \
    ((type) == ROWS_BF16 ? f(__VA_ARGS__, ROWS_BF16, seen) : f(__VA_ARGS__, ROWS_F32, seen))

typedef struct winograd_job {
    const rows_call *call;
    winograd_desk desk;
    float *seen, *sums;
    const float *zeros; /* what lies above and below a picture: as many as an input has channels */
    int32_t words;      /* that a tile sees in one component */
    int32_t across;     /* tiles in a row */
} winograd_job;

/* Sums of tiles 0..count-1 in one component, for `blocks` blocks of weights that are `next` words apart. May
 * make more tiles, up to a multiple of 12. */
static void multiply(const winograd_job *job, float *sums, const float *seen, const float *kernel, size_t next,
                     int32_t count, int32_t blocks);

/* One column of what a row of tiles sees, for LANES channels. */
INLINE void see_column(vec column[4], const float *const at[4], const size_t steps[4], ptrdiff_t x,
                       int32_t channel, const rows_type type)
{
    vec row[4];

    for (int i = 0; i < 4; i++)
        row[i] = load_channels(at[i] + x * (ptrdiff_t)steps[i], channel, type);
    column[0] = row[0] - row[2];
    column[1] = row[1] + row[2];
    column[2] = row[2] - row[1];
    column[3] = row[1] - row[3];
}

/* Tiles of one row of them, from column x of the results; rows of input from above to below. */
INLINE void see_strip(const winograd_job *job, const float *const at[4], const size_t steps[4], int32_t x,
                      int32_t tiles, int32_t channels, float *out, int32_t to, const rows_type type,
                      const rows_type seen)
{
    size_t next = job->desk.seen;

    for (int32_t ch = 0; ch < channels; ch += LANES) {
        float *tile = out + words_of(seen, (size_t)(to + ch));
        vec columns[4][4];

        for (int k = 2; k < 4; k++)
            see_column(columns[k], at, steps, x - 3 + k, ch, type);
        for (int32_t t = 0; t < tiles; t++, tile += job->words) {
            float *row = tile;

            memcpy(columns[0], columns[2], 2 * sizeof columns[0]);
            for (int k = 2; k < 4; k++)
                see_column(columns[k], at, steps, x + 2 * t - 1 + k, ch, type);
            for (int i = 0; i < 4; i++, row += 4 * next) {
                store_channels(row, 0, seen, columns[0][i] - columns[2][i]);
                store_channels(row + next, 0, seen, columns[1][i] + columns[2][i]);
                store_channels(row + 2 * next, 0, seen, columns[2][i] - columns[1][i]);
                store_channels(row + 3 * next, 0, seen, columns[1][i] - columns[3][i]);
            }
        }
    }
}

/* The same where all rows are there, so that they have one step. */
INLINE void see_inside(const winograd_job *job, const float *const at[4], size_t step, int32_t x, int32_t tiles,
                       int32_t channels, float *out, int32_t to, const rows_type type, const rows_type seen)
{
    const size_t steps[4] = { step, step, step, step };

    see_strip(job, at, steps, x, tiles, channels, out, to, type, seen);
}

/* Of the rows that a pair of results reads, at the slice of the input, those that the rows of the call read:
 * the others may not be made yet, or no longer be there. */
static void rows_seen(const winograd_job *job, int32_t input, int32_t y, const float *at[4], size_t steps[4])
{
    const rows_call *c = job->call;
    const rows_grid *in = &c->in[input];
    size_t before = words_of(in->type, (size_t)c->node->in[input].first);

    for (int32_t i = 0; i < 4; i++) {
        bool read = (i < 3 && y >= c->first) || (i > 0 && y + 1 < c->end);
        const float *row = read ? grid_row_or_null(in, y - 1 + i) : NULL;

        at[i] = row ? row + before : job->zeros;
        steps[i] = row ? (size_t)in->pixel : 0;
    }
}

/* What tiles from..end-1 see, counted along the rows of tiles of the call. */
INLINE void see(const winograd_job *job, int32_t from, int32_t end, const rows_type seen)
{
    const plan_node *n = job->call->node;
    int32_t count;

    for (int32_t t = from; t < end; t += count) {
        int32_t across = t % job->across, y = (job->call->first / 2 + t / job->across) * 2, to = 0;
        float *out = job->seen + (size_t)(t - from) * (size_t)job->words;

        count = job->across - across < end - t ? job->across - across : end - t;
        for (int32_t k = 0; k < n->inputs; to += n->in[k++].channels) {
            const float *at[4];
            size_t steps[4];

            rows_seen(job, k, y, at, steps);
            if (!steps[0] || !steps[2] || !steps[3])
                BY_TYPE_READ(see_strip, job->call->in[k].type, job, at, steps, 2 * across, count,
                             n->in[k].channels, out, to);
            else
                BY_TYPE_READ(see_inside, job->call->in[k].type, job, at, steps[0], 2 * across, count,
                             n->in[k].channels, out, to);
        }
    }
}

/* Where the two rows of results of a row of tiles are; NULL where the call does not make them. */
typedef struct winograd_rows {
    float *out[2];
    const float *residual[2];
} winograd_rows;

static winograd_rows rows_put(const rows_call *c, int32_t y)
{
    winograd_rows r = { { NULL }, { NULL } };

    for (int32_t i = 0; i < 2; i++)
        if (y + i >= c->first && y + i < c->end) {
            r.out[i] = grid_row(&c->out, y + i);
            r.residual[i] = c->node->residual.value < 0 ? NULL : grid_row(&c->residual, y + i);
        }
    return r;
}

/* The four results of a tile, LANES channels of them, without the bias. */
INLINE void results_of(const winograd_job *job, const float *sums, vec results[2][2])
{
    size_t next = job->desk.sums;
    vec halves[2][4];

    for (int j = 0; j < 4; j++, sums += next) {
        vec middle = load(sums + 4 * next), below = load(sums + 8 * next);

        halves[0][j] = load(sums) + middle + below;
        halves[1][j] = middle - below - load(sums + 12 * next);
    }
    for (int i = 0; i < 2; i++) {
        results[i][0] = halves[i][0] + halves[i][1] + halves[i][2];
        results[i][1] = halves[i][1] - halves[i][2] - halves[i][3];
    }
}

/* Tiles of one row of them from column x, whatever the node is. */
INLINE void put_any(const winograd_job *job, const winograd_rows *rows, const float *sums, int32_t x,
                    int32_t tiles, int32_t block, int32_t blocks)
{
    const rows_call *c = job->call;

    for (int32_t t = 0; t < tiles; t++, x += 2)
        for (int32_t ch = 0; ch < blocks * KERNELS_BLOCK; ch += LANES) {
            int32_t channel = block * KERNELS_BLOCK + ch;
            vec results[2][2], bias = load(c->bias + channel);

            results_of(job, sums + (size_t)t * SIDE + ch, results);
            for (int32_t i = 0; i < 2; i++)
                for (int32_t j = 0; j < 2 && x + j < c->out.width && rows->out[i]; j++)
                    put_result(c, rows->out[i] + (size_t)(x + j) * (size_t)c->out.pixel,
                               rows->residual[i]
                                   ? rows->residual[i] + (size_t)(x + j) * (size_t)c->residual.pixel
                                   : NULL,
                               channel, results[i][j] + bias);
        }
}

/* Whole tiles without a residual. */
INLINE void put_as(const winograd_job *job, const winograd_rows *rows, const float *sums, int32_t x,
                   int32_t tiles, int32_t block, int32_t blocks, const plan_activation activation,
                   const rows_type type)
{
    const rows_call *c = job->call;
    size_t pixel = (size_t)c->out.pixel;

    for (int32_t ch = 0; ch < blocks * KERNELS_BLOCK; ch += LANES) {
        int32_t channel = block * KERNELS_BLOCK + ch;
        vec bias = load(c->bias + channel);
        float *above = rows->out[0] + (size_t)x * pixel, *below = rows->out[1] + (size_t)x * pixel;

        for (int32_t t = 0; t < tiles; t++, above += 2 * pixel, below += 2 * pixel) {
            vec results[2][2];

            results_of(job, sums + (size_t)t * SIDE + ch, results);
            store_channels(above, channel, type, activated(results[0][0] + bias, activation));
            store_channels(above + pixel, channel, type, activated(results[0][1] + bias, activation));
            store_channels(below, channel, type, activated(results[1][0] + bias, activation));
            store_channels(below + pixel, channel, type, activated(results[1][1] + bias, activation));
        }
    }
}

static void put_strip(const winograd_job *job, const winograd_rows *rows, const float *sums, int32_t x,
                      int32_t tiles, int32_t block, int32_t blocks)
{
    const rows_call *c = job->call;
    bool whole = rows->out[0] && rows->out[1] && x + 2 * tiles <= c->out.width && !rows->residual[0];

    if (whole && c->node->activation == PLAN_RELU && c->out.type == ROWS_BF16)
        put_as(job, rows, sums, x, tiles, block, blocks, PLAN_RELU, ROWS_BF16);
    else if (whole && c->node->activation == PLAN_RELU)
        put_as(job, rows, sums, x, tiles, block, blocks, PLAN_RELU, ROWS_F32);
    else
        put_any(job, rows, sums, x, tiles, block, blocks);
}

static void put_tiles(const winograd_job *job, int32_t from, int32_t end, int32_t block, int32_t blocks)
{
    int32_t count;

    for (int32_t t = from; t < end; t += count) {
        int32_t across = t % job->across;
        winograd_rows rows = rows_put(job->call, (job->call->first / 2 + t / job->across) * 2);

        count = job->across - across < end - t ? job->across - across : end - t;
        put_strip(job, &rows, job->sums + (size_t)(t - from) * SIDE, 2 * across, count, block, blocks);
    }
}

/* The whole call; seen: how the products want what tiles see. */
INLINE void winograd(const rows_call *c, const rows_type seen)
{
    const plan_node *n = c->node;
    int32_t channels = c->p->weights[n->weights].in, blocks = c->p->values[n->out].c / KERNELS_BLOCK;
    winograd_job job = { .call = c, .desk = winograd_desk_of(channels, seen), .zeros = c->scratch };
    int32_t pairs = (c->end + 1) / 2 - c->first / 2, end;

    job.words = (int32_t)words_of(seen, (size_t)channels);
    job.across = (c->out.width + 1) / 2;
    job.seen = c->scratch + whole_blocks((size_t)channels);
    job.sums = job.seen + WINOGRAD_COMPONENTS * job.desk.seen;
    memset(c->scratch, 0, whole_blocks((size_t)channels) * sizeof *c->scratch);
    for (int32_t from = 0; from < pairs * job.across; from = end) {
        end = pairs * job.across - from < job.desk.tiles ? pairs * job.across : from + job.desk.tiles;
        see(&job, from, end, seen);
        for (int32_t block = 0; block < blocks; block += WINOGRAD_BLOCKS) {
            int32_t side = blocks - block < WINOGRAD_BLOCKS ? blocks - block : WINOGRAD_BLOCKS;
            size_t component = (size_t)job.words * KERNELS_BLOCK, next = WINOGRAD_COMPONENTS * component;

            for (size_t i = 0; i < WINOGRAD_COMPONENTS; i++)
                multiply(&job, job.sums + i * job.desk.sums, job.seen + i * job.desk.seen,
                         c->kernel + (size_t)block * next + i * component, next, end - from, side);
            put_tiles(&job, from, end, block, side);
        }
    }
}

#endif

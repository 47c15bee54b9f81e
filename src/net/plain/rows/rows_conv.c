/* rows_conv.c - dense convolution: tiles of some pixels times one or two blocks of 16 output channels, whose
 * sums stay in registers while all taps and input channels go by. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

#define BLOCK 16
#define VECS (BLOCK / LANES) /* vectors per block */

/* Pixels of a full tile: 12 x 2 vectors leave AVX-512 (32 registers) room for weights, 6 x 2 AVX2 (16). */
#if LANES == 16
#define TILE 12
#define TILE_BLOCKS 2
#define TILE_SMALL 4
#elif LANES == 8
#define TILE 6
#define TILE_BLOCKS 1
#define TILE_SMALL 3
#else
#define TILE 3
#define TILE_BLOCKS 1
#define TILE_SMALL 3
#endif

typedef struct row_input {
    const float *rows[9]; /* of the taps, from above to below, at column 0; NULL: outside the picture */
    size_t pixel;         /* floats */
    int32_t first, channels;
} row_input;

typedef struct row_job {
    const rows_call *call;
    row_input in[PLAN_INPUTS];
    const float *residual; /* row, at its first channel; NULL: none */
    float *out;
    int32_t in_total;
} row_job;

INLINE vec activated(vec v, plan_activation activation)
{
    if (activation != PLAN_LINEAR)
        v = vmax(v, spread(0));
    if (activation == PLAN_RELU6)
        v = vmin(v, spread(6));
    return v;
}

INLINE void finish(const row_job *job, vec sums[TILE][TILE_BLOCKS * VECS], int32_t x, int32_t block, int pixels,
                   int blocks)
{
    const rows_call *c = job->call;
    int32_t total = c->p->values[c->node->out].c;
    size_t pixel = (size_t)c->out.pixel;

    for (int i = 0; i < pixels; i++)
        for (int b = 0; b < blocks; b++) {
            int32_t channel = (block + b) * BLOCK, left = total - channel;
            float *out = job->out + (size_t)(x + i) * pixel + channel;
            bool whole = left >= BLOCK || pixel >= BLOCK;
            float partial[BLOCK];
            const float *residual = NULL;

            if (job->residual) {
                residual = job->residual + (size_t)(x + i) * (size_t)c->residual.pixel + channel;
                if (left < BLOCK) { /* the slice may end with its row's memory */
                    memset(partial, 0, sizeof partial);
                    memcpy(partial, residual, (size_t)left * sizeof *partial);
                    residual = partial;
                }
            }
            for (int v = 0; v < VECS; v++) {
                vec sum = sums[i][b * VECS + v];

                if (residual)
                    sum += load(residual + v * LANES);
                sum = activated(sum, c->node->activation);
                store(whole ? out + v * LANES : partial + v * LANES, sum);
            }
            if (!whole)
                memcpy(out, partial, (size_t)left * sizeof *out);
        }
}

/* Pixels x..x+pixels-1, blocks block..block+blocks-1. pixels and blocks are constants after inlining. */
INLINE void tile(const row_job *job, int32_t x, int32_t block, const int pixels, const int blocks)
{
    const rows_call *c = job->call;
    const plan_node *n = c->node;
    size_t block_floats = (size_t)n->kernel_h * (size_t)n->kernel_w * (size_t)job->in_total * BLOCK;
    const float *kernel = c->kernel + (size_t)block * block_floats;
    vec sums[TILE][TILE_BLOCKS * VECS];

    for (int b = 0; b < blocks; b++)
        for (int v = 0; v < VECS; v++)
            for (int i = 0; i < pixels; i++)
                sums[i][b * VECS + v] = load(c->bias + (block + b) * BLOCK + v * LANES);
    for (int32_t ky = 0; ky < n->kernel_h; ky++) {
        size_t before = 0;

        for (int32_t k = 0; k < n->inputs; k++) {
            const row_input *in = &job->in[k];
            size_t step = in->pixel * (size_t)n->stride;

            if (in->rows[ky])
                for (int32_t kx = 0; kx < n->kernel_w; kx++) {
                    const float *w =
                        kernel + ((size_t)(ky * n->kernel_w + kx) * (size_t)job->in_total + before) * BLOCK;
                    const float *a =
                        in->rows[ky] + in->first +
                        (ptrdiff_t)(x * n->stride + kx * n->dilation - n->pad_w) * (ptrdiff_t)in->pixel;

                    for (int32_t ch = 0; ch < in->channels; ch++, w += BLOCK, a++) {
                        vec weight[TILE_BLOCKS * VECS];

                        for (int b = 0; b < blocks; b++)
                            for (int v = 0; v < VECS; v++)
                                weight[b * VECS + v] = load(w + (size_t)b * block_floats + v * LANES);
                        for (int i = 0; i < pixels; i++)
                            for (int v = 0; v < blocks * VECS; v++)
                                sums[i][v] += weight[v] * a[(size_t)i * step];
                    }
                }
            before += (size_t)in->channels;
        }
    }
    finish(job, sums, x, block, pixels, blocks);
}

/* Full tiles from the left; the last one is moved back over pixels that are made twice, which costs less than a
 * ragged end. */
#define ALONG_ROW(pixels, blocks)                                                                              \
    for (int32_t x = 0; x < width; x += (pixels))                                                              \
    tile(job, x > width - (pixels) ? width - (pixels) : x, block, (pixels), (blocks))

/* Rows that go by one pair of blocks together. Wide products (160 x 960 weights are 600 kB) are read from the
 * second-level cache once for all of them: 1.3 times faster than row by row. */
#define ROWS 4

static void rows(const row_job *jobs, int32_t count)
{
    const rows_call *c = jobs->call;
    int32_t width = c->out.width, blocks = (c->p->values[c->node->out].c + BLOCK - 1) / BLOCK, block = 0;

#if TILE_BLOCKS == 2
    for (; block + 2 <= blocks && width >= TILE; block += 2)
        for (const row_job *job = jobs; job < jobs + count; job++)
            ALONG_ROW(TILE, 2);
#endif
    for (; block < blocks; block++)
        for (const row_job *job = jobs; job < jobs + count; job++)
            if (width >= TILE)
                ALONG_ROW(TILE, 1);
            else if (width >= TILE_SMALL)
                ALONG_ROW(TILE_SMALL, 1);
            else
                ALONG_ROW(1, 1);
}

static void find_rows(row_job *job, int32_t y)
{
    const rows_call *c = job->call;
    const plan_node *n = c->node;

    job->in_total = 0;
    for (int32_t k = 0; k < n->inputs; k++) {
        row_input *in = &job->in[k];

        in->pixel = (size_t)c->in[k].pixel;
        in->first = n->in[k].first;
        in->channels = n->in[k].channels;
        job->in_total += in->channels;
        for (int32_t ky = 0; ky < n->kernel_h; ky++)
            in->rows[ky] = grid_row_or_null(&c->in[k], y * n->stride + ky * n->dilation - n->pad_h);
    }
    job->residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y) + n->residual.first;
    job->out = grid_row(&c->out, y);
}

void KERNEL(rows_conv)(const rows_call *c)
{
    row_job jobs[ROWS];

    for (int32_t y = c->first; y < c->end; y += ROWS) {
        int32_t count = c->end - y < ROWS ? c->end - y : ROWS;

        for (int32_t i = 0; i < count; i++) {
            jobs[i].call = c;
            find_rows(&jobs[i], y + i);
        }
        rows(jobs, count);
    }
}

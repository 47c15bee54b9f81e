/* rows_conv.c - dense convolution: tiles of some pixels times one block of 16 output channels, whose sums stay
 * in registers while all taps and input channels go by. */
#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

#define BLOCK 16
#define VECS (BLOCK / LANES) /* vectors per block */

/* Pixels of a full tile: as many as make 12 sums, enough to hide the latency of multiply-add. With AVX-512 that
 * reaches 93 % of the peak of a Zen 4 core; 12 x 2 blocks and 24 x 1, which share weights better, reach 65 %,
 * because then the compiler no longer spreads an input within the multiply-add that uses it. 16 registers of 4
 * lanes hold two pixels: with three, sums are spilled and a pass takes 1.18 times as long. */
#if LANES == 16
#define TILE 12
#define TILE_SMALL 4
#elif LANES == 8
#define TILE 6
#define TILE_SMALL 3
#else
#define TILE 2
#define TILE_SMALL 2
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

INLINE void finish(const row_job *job, vec sums[TILE][VECS], int32_t x, int32_t block, const int pixels)
{
    const rows_call *c = job->call;
    int32_t channel = block * BLOCK, left = c->p->values[c->node->out].c - channel;
    size_t pixel = (size_t)c->out.pixel;
    bool whole = left >= BLOCK || pixel >= BLOCK;

    for (int i = 0; i < pixels; i++) {
        float *out = job->out + (size_t)(x + i) * pixel + channel;
        const float *residual = NULL;
        float partial[BLOCK];

        if (job->residual) {
            residual = job->residual + (size_t)(x + i) * (size_t)c->residual.pixel + channel;
            if (left < BLOCK) { /* the slice may end with its row's memory */
                memset(partial, 0, sizeof partial);
                memcpy(partial, residual, (size_t)left * sizeof *partial);
                residual = partial;
            }
        }
        for (int v = 0; v < VECS; v++) {
            vec sum = sums[i][v];

            if (residual)
                sum += load(residual + v * LANES);
            store(whole ? out + v * LANES : partial + v * LANES, activated(sum, c->node->activation));
        }
        if (!whole)
            memcpy(out, partial, (size_t)left * sizeof *out);
    }
}

/* Pixels x..x+pixels-1 of one block; pixels is a constant after inlining. */
INLINE void tile(const row_job *job, int32_t x, int32_t block, const int pixels)
{
    const rows_call *c = job->call;
    const plan_node *n = c->node;
    size_t taps = (size_t)n->kernel_h * (size_t)n->kernel_w;
    const float *kernel = c->kernel + (size_t)block * taps * (size_t)job->in_total * BLOCK;
    vec sums[TILE][VECS];

    for (int v = 0; v < VECS; v++)
        for (int i = 0; i < pixels; i++)
            sums[i][v] = load(c->bias + block * BLOCK + v * LANES);
    for (int32_t ky = 0; ky < n->kernel_h; ky++) {
        size_t before = 0;

        for (int32_t k = 0; k < n->inputs; k++) {
            const row_input *in = &job->in[k];
            size_t step = in->pixel * (size_t)n->stride;

            for (int32_t kx = 0; in->rows[ky] && kx < n->kernel_w; kx++) {
                const float *w =
                    kernel + ((size_t)(ky * n->kernel_w + kx) * (size_t)job->in_total + before) * BLOCK;
                const float *a =
                    in->rows[ky] + in->first +
                    (ptrdiff_t)(x * n->stride + kx * n->dilation - n->pad_w) * (ptrdiff_t)in->pixel;

                for (int32_t ch = 0; ch < in->channels; ch++, w += BLOCK, a++) {
                    vec weight[VECS];

                    for (int v = 0; v < VECS; v++)
                        weight[v] = load(w + v * LANES);
                    for (int i = 0; i < pixels; i++)
                        for (int v = 0; v < VECS; v++)
                            sums[i][v] += weight[v] * a[(size_t)i * step];
                }
            }
            before += (size_t)in->channels;
        }
    }
    finish(job, sums, x, block, pixels);
}

/* Full tiles from the left; the last one is moved back over pixels that are made twice, which costs less than a
 * ragged end. */
#define ALONG_ROW(pixels)                                                                                      \
    for (int32_t x = 0; x < width; x += (pixels))                                                              \
    tile(job, x > width - (pixels) ? width - (pixels) : x, block, (pixels))

static void row(const row_job *job)
{
    const rows_call *c = job->call;
    int32_t width = c->out.width, blocks = (c->p->values[c->node->out].c + BLOCK - 1) / BLOCK;

    for (int32_t block = 0; block < blocks; block++)
        if (width >= TILE)
            ALONG_ROW(TILE);
        else if (width >= TILE_SMALL)
            ALONG_ROW(TILE_SMALL);
        else
            ALONG_ROW(1);
}

void KERNEL(rows_conv)(const rows_call *c)
{
    const plan_node *n = c->node;
    row_job job = { .call = c };

    for (int32_t k = 0; k < n->inputs; k++) {
        job.in[k].pixel = (size_t)c->in[k].pixel;
        job.in[k].first = n->in[k].first;
        job.in[k].channels = n->in[k].channels;
        job.in_total += n->in[k].channels;
    }
    for (int32_t y = c->first; y < c->end; y++) {
        for (int32_t k = 0; k < n->inputs; k++)
            for (int32_t ky = 0; ky < n->kernel_h; ky++)
                job.in[k].rows[ky] = grid_row_or_null(&c->in[k], y * n->stride + ky * n->dilation - n->pad_h);
        job.residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y) + n->residual.first;
        job.out = grid_row(&c->out, y);
        row(&job);
    }
}

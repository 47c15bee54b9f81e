/* rows_conv.c - dense convolution: tiles of some pixels times one block of 16 output channels, whose sums stay
 * in registers while all taps and input channels go by. */
#include "net/plain/kernels.h"
#include "net/plain/rows/activation.h"
#include "net/plain/rows/bytes.h"
#include "net/plain/rows/product.h"

/* Weights beyond this share of a second-level cache are gone before the next row asks for them again: then some
 * blocks of them at a time, for all rows of the call. */
#define WEIGHTS_KEPT (32 * 1024)

typedef struct row_input {
    const float *rows[9]; /* of the taps, from above to below, at column 0; NULL: outside the picture */
    size_t pixel;         /* floats */
    int32_t first, channels;
    rows_type type;
} row_input;

typedef struct row_job {
    const rows_call *call;
    row_input in[PLAN_INPUTS];
    const float *residual; /* row; NULL: none */
    float *out;
    int32_t in_total;
} row_job;

INLINE void finish(const row_job *job, vec sums[TILE][VECS], int32_t x, int32_t block, const int pixels)
{
    const rows_call *c = job->call;
    int32_t channel = block * BLOCK, left = c->p->values[c->node->out].c - channel;
    size_t pixel = (size_t)c->out.pixel;
    bool whole = left >= BLOCK || pixel >= BLOCK / 2;
    byte_range range = range_of(&c->out);

    for (int i = 0; i < pixels; i++) {
        float *out = job->out + (size_t)(x + i) * pixel;
        const float *residual = NULL;
        float partial[BLOCK];

        if (job->residual) {
            residual = job->residual + (size_t)(x + i) * (size_t)c->residual.pixel;
            if (left < BLOCK || c->residual.type != ROWS_F32) { /* the slice may end with its row's memory */
                memset(partial, 0, sizeof partial);
                for (int32_t k = 0; k < left && k < BLOCK; k++)
                    partial[k] = channel_of(residual, c->node->residual.first + channel + k, c->residual.type);
                residual = partial;
            } else {
                residual += c->node->residual.first + channel;
            }
        }
        for (int v = 0; v < VECS; v++) {
            vec sum = sums[i][v];

            if (residual)
                sum += load(residual + v * LANES);
            if (whole)
                put_channels(out, channel + v * LANES, c->out.type, range, activated(sum, c->node->activation));
            else
                store(partial + v * LANES, activated(sum, c->node->activation));
        }
        if (!whole)
            memcpy(out + channel, partial, (size_t)left * sizeof *out);
    }
}

/* Terms that are summed before they go into the sum of sums. One sum of thousands of terms would round three
 * times as much, which networks with sharp attention enlarge to 4e-4 of a map's range; the additions are one
 * in 64. */
#define RUN 32

INLINE void add_run(vec sums[TILE][VECS], const float *a, size_t step, const float *w, int32_t channels,
                    const int pixels)
{
    if (channels < RUN / 4) {
        add_product(sums, a, step, w, BLOCK, channels, pixels);
        return;
    }
    for (int32_t first = 0; first < channels; first += RUN) {
        vec run[TILE][VECS];

        for (int i = 0; i < pixels; i++)
            for (int v = 0; v < VECS; v++)
                run[i][v] = spread(0);
        add_product(run, a + first, step, w + (size_t)first * BLOCK, BLOCK,
                    channels - first < RUN ? channels - first : RUN, pixels);
        for (int i = 0; i < pixels; i++)
            for (int v = 0; v < VECS; v++)
                sums[i][v] += run[i][v];
    }
}

/* Inputs of bf16, which this meets where slices do not begin and end with words. */
INLINE void add_narrow(vec sums[TILE][VECS], const float *pixel, size_t step, int32_t first, const float *w,
                       int32_t channels, const int pixels)
{
    for (int32_t k = 0; k < channels; k += RUN) {
        int32_t count = channels - k < RUN ? channels - k : RUN;
        float wide[TILE * RUN];

        for (int i = 0; i < pixels; i++)
            for (int32_t j = 0; j < count; j++)
                wide[i * RUN + j] = channel_of(pixel + (size_t)i * step, first + k + j, ROWS_BF16);
        add_product(sums, wide, RUN, w + (size_t)k * BLOCK, BLOCK, count, pixels);
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
                const float *a = in->rows[ky] + (ptrdiff_t)(x * n->stride + kx * n->dilation - n->pad_w) *
                                                    (ptrdiff_t)in->pixel;

                if (in->type == ROWS_BF16)
                    add_narrow(sums, a, step, in->first, w, in->channels, pixels);
                else
                    add_run(sums, a + in->first, step, w, in->channels, pixels);
            }
            before += (size_t)in->channels;
        }
    }
    finish(job, sums, x, block, pixels);
}

static void full_tile(const row_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, TILE);
}

static void small_tile(const row_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, TILE_SMALL);
}

static void single(const row_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, 1);
}

/* Full tiles from the left; the last one, of either size, is moved back over pixels that are made twice, which
 * costs less than a ragged end. Blocks share the inputs of a tile where they are many, tiles the weights of a
 * block where they are one. */
static void row(const row_job *job, int32_t first_block, int32_t end_block)
{
    int32_t width = job->call->out.width, pixels;

    for (int32_t x = 0; x < width; x += pixels) {
        void (*make)(const row_job *, int32_t, int32_t) = full_tile;

        pixels = TILE;
        if (width - x <= TILE_SMALL || width < TILE) {
            pixels = width < TILE_SMALL ? 1 : TILE_SMALL;
            make = pixels == 1 ? single : small_tile;
        }
        for (int32_t block = first_block; block < end_block; block++)
            make(job, x > width - pixels ? width - pixels : x, block);
    }
}

/* Vectors made of sums over the whole picture (keys and values of SICA) are products of large numbers, and what
 * becomes of them is divided by a softmax: rounding each sum once costs nothing, there being five of them. */
static void vectors(const rows_call *c)
{
    const plan_node *n = c->node;
    const plan_input *in = &n->in[0];
    int32_t outs = c->p->values[n->out].c;

    for (int32_t y = c->first; y < c->end; y++)
        for (int32_t x = 0; x < c->out.width; x++) {
            const float *a = grid_row(&c->in[0], y) + (size_t)x * (size_t)c->in[0].pixel + in->first;
            float *out = grid_row(&c->out, y) + (size_t)x * (size_t)c->out.pixel;

            for (int32_t o = 0; o < outs; o++) {
                const float *w = c->kernel + (size_t)(o / BLOCK) * (size_t)in->channels * BLOCK + o % BLOCK;
                double sum = (double)c->bias[o];

                for (int32_t k = 0; k < in->channels; k++)
                    sum += (double)a[k] * (double)w[k * BLOCK];
                out[o] = activated(spread((float)sum), n->activation)[0];
            }
        }
}

static bool of_vectors(const rows_call *c)
{
    const plan_node *n = c->node;

    return c->p->values[n->in[0].value].role == PLAN_VECTOR && n->inputs == 1 && is_pointwise(n) &&
           n->residual.value < 0;
}

#if LANES == 16
/* Few channels are all run, and then the smaller tile has less to move. */
static bool fills_wide_tiles(const rows_call *c)
{
    for (int32_t k = 0; k < c->node->inputs; k++)
        if (c->node->in[k].channels < BLOCK || c->in[k].type != ROWS_F32)
            return false;
    return true;
}
#endif

void KERNEL(rows_conv)(const rows_call *c)
{
    const plan_node *n = c->node;
    row_job job = { .call = c };
    int32_t blocks = (c->p->values[n->out].c + BLOCK - 1) / BLOCK, together;
    size_t block;

    if (of_vectors(c)) {
        vectors(c);
        return;
    }
#if LANES == 16
    if (fills_wide_tiles(c)) {
        KERNEL(rows_conv_wide)(c);
        return;
    }
#endif
    for (int32_t k = 0; k < n->inputs; k++) {
        job.in[k].pixel = (size_t)c->in[k].pixel;
        job.in[k].first = n->in[k].first;
        job.in[k].type = c->in[k].type;
        job.in[k].channels = n->in[k].channels;
        job.in_total += n->in[k].channels;
    }
    block = (size_t)n->kernel_h * (size_t)n->kernel_w * (size_t)job.in_total * BLOCK;
    together = block >= WEIGHTS_KEPT ? 1 : (int32_t)(WEIGHTS_KEPT / block);
    for (int32_t first = 0; first < blocks; first += together)
        for (int32_t y = c->first; y < c->end; y++) {
            for (int32_t k = 0; k < n->inputs; k++)
                for (int32_t ky = 0; ky < n->kernel_h; ky++)
                    job.in[k].rows[ky] =
                        grid_row_or_null(&c->in[k], y * n->stride + ky * n->dilation - n->pad_h);
            job.residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y);
            job.out = grid_row(&c->out, y);
            row(&job, first, first + together < blocks ? first + together : blocks);
        }
}

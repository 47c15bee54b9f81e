/* words.h - dense convolution whose inputs lie in words of four bytes: one of float32, two of bf16, or four
 * bytes.
 *
 * The including file defines dot(sum, left, right): a vector of sums of which each has its own word of weights
 * and all have the word of input spread in `left`. Sums are float32 and begin with the bias, unless it defines,
 * before it includes this, WORDS_INTEGERS, and then start(job, block): the first sums; and total(job, sum, x,
 * channel): float32 of a sum, all biases added. Layer 3 (net), only for the files beside it.
 *
 * A tile is 12 pixels x 2 blocks of outputs: 24 sums and 2 vectors of weights in 32 registers. */
#ifndef INSPYR_NET_ROWS_WORDS_H
#define INSPYR_NET_ROWS_WORDS_H

#include "net/plain/rows/activation.h"

#define BLOCK 16
#define PIXELS 12
#define PIXELS_SMALL 4

typedef struct word_input {
    const int32_t
        *rows[9];  /* of the taps, from above to below, at the first channel of column 0; NULL: zeros */
    size_t pixel;  /* words */
    int32_t words; /* of a pixel that count */
} word_input;

typedef struct word_job {
    const rows_call *call;
    word_input in[PLAN_INPUTS];
    const float *residual; /* row; NULL: none */
    float *out;
    const float *scales, *lows; /* of every pixel, or NULL: see rows_conv_int8.c */
    int32_t inputs, words;      /* of all of them */
    int32_t width;              /* pixels of a row, or of several that follow each other */
    size_t block;               /* words of a block of weights */
} word_job;

INLINE __m512i dot(__m512i sum, __m512i left, __m512i right);
#ifdef WORDS_INTEGERS
INLINE __m512i start(const word_job *job, int32_t block);
INLINE vec total(const word_job *job, __m512i sum, int32_t x, int32_t channel);
#else
INLINE __m512i start(const word_job *job, int32_t block)
{
    return (__m512i)load(job->call->bias + block * BLOCK);
}

INLINE vec total(const word_job *job, __m512i sum, int32_t x, int32_t channel)
{
    (void)job;
    (void)x;
    (void)channel;
    return (vec)sum;
}
#endif

/* One tap of one input. pixels and blocks are constants after inlining. */
INLINE void add_words(__m512i sums[PIXELS][2], const int32_t *a, size_t step, const int32_t *w, size_t next,
                      int32_t words, const int pixels, const int blocks)
{
    for (int32_t k = 0; k < words; k++, w += BLOCK, a++) {
        __m512i right[2];

        for (int b = 0; b < blocks; b++)
            right[b] = _mm512_loadu_si512(w + (size_t)b * next);
        for (int i = 0; i < pixels; i++) {
            __m512i left = _mm512_set1_epi32(a[(size_t)i * step]);

            for (int b = 0; b < blocks; b++)
                sums[i][b] = dot(sums[i][b], left, right[b]);
        }
    }
}

#ifdef WORDS_RUN
/* The same in runs of so many terms, each of which begins at zero, so that it rounds less; the totals lie in
 * the first-level cache. */
INLINE void add_runs(vec totals[PIXELS][2], const int32_t *a, size_t step, const int32_t *w, size_t next,
                     int32_t words, const int pixels, const int blocks)
{
    for (int32_t first = 0; first < words; first += WORDS_RUN) {
        __m512i sums[PIXELS][2];

        for (int b = 0; b < blocks; b++)
            for (int i = 0; i < pixels; i++)
                sums[i][b] = _mm512_setzero_si512();
        add_words(sums, a + first, step, w + (size_t)first * BLOCK, next,
                  words - first < WORDS_RUN ? words - first : WORDS_RUN, pixels, blocks);
        for (int b = 0; b < blocks; b++)
            for (int i = 0; i < pixels; i++)
                totals[i][b] += (vec)sums[i][b];
    }
}
#endif

INLINE void put(const word_job *job, vec sum, int32_t x, int32_t channel)
{
    const rows_call *c = job->call;
    int32_t left = c->p->values[c->node->out].c - channel;
    float *out = job->out + (size_t)x * (size_t)c->out.pixel;

    if (job->residual) {
        const float *residual = job->residual + (size_t)x * (size_t)c->residual.pixel;
        int32_t first = c->node->residual.first + channel;

        if (left >= BLOCK)
            sum += load_channels(residual, first, c->residual.type);
        else
            for (int32_t i = 0; i < left; i++)
                sum[i] += channel_of(residual, first + i, c->residual.type);
    }
    sum = activated(sum, c->node->activation);
    if (c->out.pixel >= BLOCK / 2)
        store_channels(out, channel, c->out.type, sum);
    else
        memcpy(out, &sum, (size_t)left * sizeof *out);
}

INLINE void tile(const word_job *job, int32_t x, int32_t block, const int pixels, const int blocks)
{
    const rows_call *c = job->call;
    const plan_node *n = c->node;
    const int32_t *kernel = (const int32_t *)(const void *)c->kernel + (size_t)block * job->block;
#ifdef WORDS_RUN
    vec totals[PIXELS][2];
    __m512i(*sums)[2] = (__m512i(*)[2])totals;
#else
    __m512i sums[PIXELS][2];
#endif

    for (int b = 0; b < blocks; b++)
        for (int i = 0; i < pixels; i++)
            sums[i][b] = start(job, block + b);
    for (int32_t ky = 0; ky < n->kernel_h; ky++) {
        size_t before = 0;

        for (int32_t k = 0; k < job->inputs; k++) {
            const word_input *in = &job->in[k];

            for (int32_t kx = 0; in->rows[ky] && kx < n->kernel_w; kx++) {
                const int32_t *w =
                    kernel + ((size_t)(ky * n->kernel_w + kx) * (size_t)job->words + before) * BLOCK;
                const int32_t *a = in->rows[ky] + (ptrdiff_t)(x * n->stride + kx * n->dilation - n->pad_w) *
                                                      (ptrdiff_t)in->pixel;

#ifdef WORDS_RUN
                add_runs(totals, a, in->pixel * (size_t)n->stride, w, job->block, in->words, pixels, blocks);
#else
                add_words(sums, a, in->pixel * (size_t)n->stride, w, job->block, in->words, pixels, blocks);
#endif
            }
            before += (size_t)in->words;
        }
    }
    for (int i = 0; i < pixels; i++)
        for (int b = 0; b < blocks; b++)
            put(job, total(job, sums[i][b], x + i, (block + b) * BLOCK), x + i, (block + b) * BLOCK);
}

static void full_pair(const word_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, PIXELS, 2);
}

static void full_single(const word_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, PIXELS, 1);
}

static void small_pair(const word_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, PIXELS_SMALL, 2);
}

static void small_single(const word_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, PIXELS_SMALL, 1);
}

static void one_pixel(const word_job *job, int32_t x, int32_t block)
{
    tile(job, x, block, 1, 1);
}

/* For the blocks first..end-1: full tiles from the left; the last one, of either size, is moved back over
 * pixels that are made twice. */
static void row_of_tiles(const word_job *job, int32_t first, int32_t end)
{
    int32_t width = job->width, pixels;

    for (int32_t x = 0; x < width; x += pixels) {
        bool small = width - x <= PIXELS_SMALL || width < PIXELS;
        int32_t from, block = first;

        pixels = !small ? PIXELS : width < PIXELS_SMALL ? 1 : PIXELS_SMALL;
        from = x > width - pixels ? width - pixels : x;
        for (; pixels > 1 && block + 1 < end; block += 2)
            (small ? small_pair : full_pair)(job, from, block);
        for (; block < end; block++)
            (pixels == 1 ? one_pixel : small ? small_single : full_single)(job, from, block);
    }
}

/* Rows from y on that lie behind each other in all that the call reads and writes: for a product of pixels they
 * are one row. inputs: how many of the node's are read in place. */
static int32_t joined(const rows_call *c, int32_t y, int32_t end, int32_t inputs)
{
    const plan_node *n = c->node;
    int32_t rows = end - y;

    if (!is_pointwise(n))
        return 1;
    for (int32_t k = -2; k < inputs; k++) {
        const rows_grid *g = k == -2 ? &c->out : k == -1 ? &c->residual : &c->in[k];
        int32_t left = g->ring ? g->ring - y % g->ring : rows;

        if (k == -1 && n->residual.value < 0)
            continue;
        if (g->pitch != (size_t)g->width * (size_t)g->pixel)
            return 1;
        rows = left < rows ? left : rows;
    }
    return rows;
}

/* Blocks of weights that stay in a second-level cache (so many words of it) while the rows of a call go by. */
#define WEIGHTS_KEPT (96 * 1024)
INLINE int32_t blocks_kept(size_t block)
{
    int32_t blocks = (int32_t)(WEIGHTS_KEPT / block) / 2 * 2;

    return blocks < 2 ? 2 : blocks;
}

/* Inputs as they are stored, so many channels to a word. */
INLINE void convolve_words(const rows_call *c, const int32_t each)
{
    const plan_node *n = c->node;
    word_job job = { .call = c, .inputs = n->inputs };
    int32_t blocks = (c->p->values[n->out].c + BLOCK - 1) / BLOCK, together, rows;

    for (int32_t k = 0; k < n->inputs; k++) {
        job.in[k].pixel = (size_t)c->in[k].pixel;
        job.in[k].words = n->in[k].channels / each;
        job.words += job.in[k].words;
    }
    job.block = (size_t)n->kernel_h * (size_t)n->kernel_w * (size_t)job.words * BLOCK;
    together = blocks_kept(job.block);
    for (int32_t first = 0; first < blocks; first += together)
        for (int32_t y = c->first; y < c->end; y += rows) {
            rows = joined(c, y, c->end, n->inputs);
            for (int32_t k = 0; k < n->inputs; k++)
                for (int32_t ky = 0; ky < n->kernel_h; ky++) {
                    const float *from =
                        grid_row_or_null(&c->in[k], y * n->stride + ky * n->dilation - n->pad_h);

                    job.in[k].rows[ky] =
                        from ? (const int32_t *)(const void *)from + n->in[k].first / each : NULL;
                }
            job.residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y);
            job.out = grid_row(&c->out, y);
            job.width = c->out.width * rows;
            row_of_tiles(&job, first, first + together < blocks ? first + together : blocks);
        }
}

#endif

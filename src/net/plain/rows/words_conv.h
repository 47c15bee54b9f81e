/* words_conv.h - dense convolution whose inputs lie in words of four bytes: see words.h.
 *
 * Beyond what words.h asks for: sums are float32 and begin with the bias, unless the including file defines,
 * before it includes this, WORDS_INTEGERS, and then start(job, block): the first sums; parts_of(job,
 * channel): what that needs of a block; and total(job, sum, x, parts): float32 of a sum, all biases added.
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_WORDS_CONV_H
#define INSPYR_NET_ROWS_WORDS_CONV_H

#include "net/plain/rows/bytes.h"
#include "net/plain/rows/result.h"
#include "net/plain/rows/words.h"

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
    int32_t taps;               /* of a row of the kernel: 1 where all of them follow each other in one input */
    int32_t width;              /* pixels of a row, or of several that follow each other */
    size_t block;               /* words of a block of weights */
} word_job;

/* What becomes of integer sums, by output: factor (scale sum + low offset) + bias. */
typedef struct block_parts {
    vec factor, offset, bias;
} block_parts;

#ifdef WORDS_INTEGERS
INLINE __m512i start(const word_job *job, int32_t block);
INLINE block_parts parts_of(const word_job *job, int32_t channel);
INLINE vec total(const word_job *job, __m512i sum, int32_t x, const block_parts *parts);
#else
INLINE __m512i start(const word_job *job, int32_t block)
{
    return (__m512i)load(job->call->bias + block * BLOCK);
}

INLINE block_parts parts_of(const word_job *job, int32_t channel)
{
    (void)job;
    (void)channel;
    return (block_parts){ .factor = { 0 } };
}

INLINE vec total(const word_job *job, __m512i sum, int32_t x, const block_parts *parts)
{
    (void)job;
    (void)x;
    (void)parts;
    return (vec)sum;
}
#endif

#ifdef WORDS_RUN
/* The same in runs of so many terms, each of which begins at zero, so that it rounds less; the totals lie in
 * the first-level cache. */
INLINE void add_runs(__m512i totals[PIXELS][2], const int32_t *a, size_t step, const int32_t *w, size_t next,
                     int32_t words, const int pixels, const int blocks)
{
    for (int32_t first = 0; first < words; first += WORDS_RUN) {
        __m512i sums[PIXELS][2];

        clear_words(sums, pixels, blocks);
        add_words(sums, a + first, step, w + (size_t)first * BLOCK, next,
                  words - first < WORDS_RUN ? words - first : WORDS_RUN, pixels, blocks);
        for (int b = 0; b < blocks; b++)
            for (int i = 0; i < pixels; i++)
                totals[i][b] = (__m512i)((vec)totals[i][b] + (vec)sums[i][b]);
    }
}
#endif

/* Whatever the node is: one sum after the other, by way of memory. */
INLINE void finish_any(const word_job *job, __m512i sums[PIXELS][2], int32_t x, int32_t block, const int pixels,
                       const int blocks)
{
    const rows_call *c = job->call;
    vec totals[2][PIXELS];

    for (int b = 0; b < blocks; b++) {
        block_parts parts = parts_of(job, (block + b) * BLOCK);

        for (int i = 0; i < pixels; i++)
            totals[b][i] = total(job, sums[i][b], x + i, &parts);
    }
#pragma GCC unroll 1
    for (int i = 0; i < pixels; i++)
#pragma GCC unroll 1
        for (int b = 0; b < blocks; b++)
            put_result(c, job->out + (size_t)(x + i) * (size_t)c->out.pixel,
                       job->residual ? job->residual + (size_t)(x + i) * (size_t)c->residual.pixel : NULL,
                       (block + b) * BLOCK, totals[b][i]);
}

/* Whole blocks, with all decisions made. */
INLINE void finish_as(const word_job *job, __m512i sums[PIXELS][2], int32_t x, int32_t block, const int pixels,
                      const int blocks, const plan_activation activation, const rows_type type, const bool adds)
{
    const rows_call *c = job->call;
    size_t pixel = (size_t)c->out.pixel;
    float *out = job->out + (size_t)x * pixel;
    const float *residual = adds ? job->residual + (size_t)x * (size_t)c->residual.pixel : NULL;
    byte_range range = range_of(&c->out);

    for (int b = 0; b < blocks; b++) {
        int32_t channel = (block + b) * BLOCK;
        block_parts parts = parts_of(job, channel);

        for (int i = 0; i < pixels; i++) {
            vec sum = total(job, sums[i][b], x + i, &parts);

            if (adds)
                sum += load_channels(residual + (size_t)i * (size_t)c->residual.pixel,
                                     c->node->residual.first + channel, ROWS_F32);
            put_channels(out + (size_t)i * pixel, channel, type, range, activated_as(sum, activation, type));
        }
    }
}

/* The forms that layers of networks have; the others take a tenth longer. Bytes have these alone. */
INLINE void finish(const word_job *job, __m512i sums[PIXELS][2], int32_t x, int32_t block, const int pixels,
                   const int blocks)
{
    const rows_call *c = job->call;
    plan_activation activation = c->node->activation;
    bool adds = job->residual, whole = (block + blocks) * BLOCK <= c->p->values[c->node->out].c;

#ifdef WORDS_INTEGERS
    if (c->out.type == ROWS_U8) {
        if (activation == PLAN_RELU)
            finish_as(job, sums, x, block, pixels, blocks, PLAN_RELU, ROWS_U8, false);
        else if (activation == PLAN_GELU)
            finish_as(job, sums, x, block, pixels, blocks, PLAN_GELU, ROWS_U8, false);
        else
            finish_as(job, sums, x, block, pixels, blocks, PLAN_LINEAR, ROWS_U8, false);
        return;
    }
#endif
    if (whole && !adds && c->out.type == ROWS_BF16 && activation == PLAN_RELU)
        finish_as(job, sums, x, block, pixels, blocks, PLAN_RELU, ROWS_BF16, false);
    else if (whole && !adds && c->out.type == ROWS_BF16 && activation == PLAN_LINEAR)
        finish_as(job, sums, x, block, pixels, blocks, PLAN_LINEAR, ROWS_BF16, false);
    else if (whole && !adds && c->out.type == ROWS_BF16 && activation == PLAN_GELU)
        finish_as(job, sums, x, block, pixels, blocks, PLAN_GELU, ROWS_BF16, false);
    else if (whole && adds && c->out.type == ROWS_F32 && activation == PLAN_LINEAR &&
             c->residual.type == ROWS_F32)
        finish_as(job, sums, x, block, pixels, blocks, PLAN_LINEAR, ROWS_F32, true);
    else if (whole && !adds && c->out.type == ROWS_F32 && activation == PLAN_LINEAR)
        finish_as(job, sums, x, block, pixels, blocks, PLAN_LINEAR, ROWS_F32, false);
    else
        finish_any(job, sums, x, block, pixels, blocks);
}

INLINE void tile(const word_job *job, int32_t x, int32_t block, const int pixels, const int blocks)
{
    const rows_call *c = job->call;
    const plan_node *n = c->node;
    const int32_t *kernel = (const int32_t *)(const void *)c->kernel + (size_t)block * job->block;
    __m512i sums[PIXELS][2]; /* of float32, too: gcc 12.2 loses stores through a cast to them */

    for (int b = 0; b < blocks; b++)
        for (int i = 0; i < pixels; i++)
            sums[i][b] = start(job, block + b);
    for (int32_t ky = 0; ky < n->kernel_h; ky++) {
        size_t before = 0;

        for (int32_t k = 0; k < job->inputs; k++) {
            const word_input *in = &job->in[k];

            for (int32_t kx = 0; in->rows[ky] && kx < job->taps; kx++) {
                const int32_t *w =
                    kernel + ((size_t)(ky * n->kernel_w + kx) * (size_t)job->words + before) * BLOCK;
                const int32_t *a = in->rows[ky] + (ptrdiff_t)(x * n->stride + kx * n->dilation - n->pad_w) *
                                                      (ptrdiff_t)in->pixel;

#ifdef WORDS_RUN
                add_runs(sums, a, in->pixel * (size_t)n->stride, w, job->block, in->words, pixels, blocks);
#else
                add_words(sums, a, in->pixel * (size_t)n->stride, w, job->block, in->words, pixels, blocks);
#endif
            }
            before += (size_t)in->words;
        }
    }
    finish(job, sums, x, block, pixels, blocks);
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

/* Decides how tiles read the inputs, of which pixel and words are set. joins: taps that follow each other are
 * one run. */
INLINE void set_taps(word_job *job, const bool joins)
{
    const plan_node *n = job->call->node;
    word_input *in = &job->in[0];

    job->block = (size_t)n->kernel_h * (size_t)n->kernel_w * (size_t)job->words * BLOCK;
    job->taps = n->kernel_w;
    if (joins && job->inputs == 1 && n->dilation == 1 && in->pixel == (size_t)in->words) {
        in->words *= n->kernel_w;
        job->taps = 1;
    }
}

/* Inputs as they are stored, so many channels to a word. outside: what rows beside the picture look like, from
 * the first column that is read; NULL: they add nothing. */
INLINE void convolve_words(const rows_call *c, const int32_t each, const float *outside)
{
    const plan_node *n = c->node;
    word_job job = { .call = c, .inputs = n->inputs };
    int32_t blocks = (c->p->values[n->out].c + BLOCK - 1) / BLOCK, together, rows;

    for (int32_t k = 0; k < n->inputs; k++) {
        job.in[k].pixel = (size_t)c->in[k].pixel;
        job.in[k].words = n->in[k].channels / each;
        job.words += job.in[k].words;
    }
    set_taps(&job, each == 1); /* with bf16, gcc 12 makes a loop of it that takes 1.02 times as long */
    together = blocks_kept(job.block);
    for (int32_t first = 0; first < blocks; first += together)
        for (int32_t y = c->first; y < c->end; y += rows) {
            rows = joined(c, y, c->end, n->inputs);
            for (int32_t k = 0; k < n->inputs; k++)
                for (int32_t ky = 0; ky < n->kernel_h; ky++) {
                    const float *from =
                        grid_row_or_null(&c->in[k], y * n->stride + ky * n->dilation - n->pad_h);

                    if (from)
                        from += n->in[k].first / each;
                    else if (outside)
                        from = outside + (size_t)n->pad_w * (size_t)c->in[k].pixel;
                    job.in[k].rows[ky] = (const int32_t *)(const void *)from;
                }
            job.residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y);
            job.out = grid_row(&c->out, y);
            job.width = c->out.width * rows;
            row_of_tiles(&job, first, first + together < blocks ? first + together : blocks);
        }
}

#endif

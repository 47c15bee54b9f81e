/* rows_conv_bf16.c - dense convolution of bf16, summed in float32: as rows_conv.c, with two inputs in one word.
 */
#ifdef __AVX512BF16__
#include "net/plain/rows/words.h"

INLINE __m512i dot(__m512i sum, __m512i left, __m512i right)
{
    return (__m512i)_mm512_dpbf16_ps((__m512)sum, (__m512bh)left, (__m512bh)right);
}

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

void KERNEL(rows_conv_bf16)(const rows_call *c)
{
    const plan_node *n = c->node;
    word_job job = { .call = c, .inputs = n->inputs };
    int32_t blocks = (c->p->values[n->out].c + BLOCK - 1) / BLOCK, together, rows;

    for (int32_t k = 0; k < n->inputs; k++) {
        job.in[k].pixel = (size_t)c->in[k].pixel;
        job.in[k].words = n->in[k].channels / 2;
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

                    job.in[k].rows[ky] = from ? (const int32_t *)(const void *)from + n->in[k].first / 2 : NULL;
                }
            job.residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y);
            job.out = grid_row(&c->out, y);
            job.width = c->out.width * rows;
            row_of_tiles(&job, first, first + together < blocks ? first + together : blocks);
        }
}
#else
typedef int no_products_of_bf16;
#endif

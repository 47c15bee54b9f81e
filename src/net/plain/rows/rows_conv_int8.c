/* rows_conv_int8.c - dense convolution of bytes: inputs are quantised here, whatever type they are stored in.
 *
 * An input x is stored as the byte q with x = low + scale q, a weight as the signed byte w of a factor of its
 * output; so a sum of products is factor (scale sum(q w) + low sum(w)). scale and low are the unit's, or, for 1
 * x 1 kernels without them, each pixel's own, from the least to the largest of its channels. */
#if defined(__AVX512BF16__) && defined(__AVX512VNNI__)
#include <math.h>

#define WORDS_INTEGERS
#include "net/plain/rows/words.h"

/* As an instruction and not as an intrinsic: gcc 12 moves integer sums to and from memory around that. */
INLINE __m512i dot(__m512i sum, __m512i left, __m512i right)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(left), "v"(right));
    return sum;
}

INLINE __m512i start(const word_job *job, int32_t block)
{
    (void)job;
    (void)block;
    return _mm512_setzero_si512();
}

INLINE vec total(const word_job *job, __m512i sum, int32_t x, int32_t channel)
{
    const unit_int8 *u = job->call->bytes;
    float scale = job->scales ? job->scales[x] : u->scale, low = job->scales ? job->lows[x] : u->low;
    vec sums = (vec)_mm512_cvtepi32_ps(sum);

    return (sums * scale + load(u->sums + channel) * low) * load(u->factors + channel) +
           load(job->call->bias + channel);
}

/* Where quantised rows lie: with the columns that the kernel reads beyond the picture. */
typedef struct desk {
    unsigned char *rows;
    float *scales, *lows; /* of every pixel; NULL: the unit's */
    int32_t first;        /* row of the input */
    bytes_desk size;
} desk;

/* 16 channels; scale: 1 / that of the bytes. */
INLINE void quantise(unsigned char *out, vec v, float scale, float low)
{
    __m512i q = _mm512_cvtps_epi32((__m512)((v - low) * scale));

    _mm_storeu_si128((__m128i_u *)out, _mm512_cvtusepi32_epi8(_mm512_max_epi32(q, _mm512_setzero_si512())));
}

/* All inputs of a pixel, one behind the other. */
static void quantise_pixel(const rows_call *c, const float *const *at, unsigned char *out, float scale,
                           float low)
{
    const plan_node *n = c->node;

    for (int32_t k = 0; k < n->inputs; k++) {
        int32_t channels = n->in[k].channels;

        for (int32_t i = 0; i < channels; i += BLOCK) /* what goes beyond is written over by what follows */
            quantise(out + i, load_channels(at[k], n->in[k].first + i, c->in[k].type), 1 / scale, low);
        out += channels;
    }
}

/* The range of a pixel by itself. */
static void find_range(const rows_call *c, const float *const *at, float *scale, float *low)
{
    const plan_node *n = c->node;
    vec least = spread(INFINITY), most = spread(-INFINITY);
    float range;

    for (int32_t k = 0; k < n->inputs; k++)
        for (int32_t i = 0; i < n->in[k].channels; i += BLOCK) {
            vec v = load_channels(at[k], n->in[k].first + i, c->in[k].type);

            if (n->in[k].channels - i < BLOCK)
                v = first_lanes(v, n->in[k].channels - i); /* zero may become the least: no harm */
            least = vmin(least, v);
            most = vmax(most, v);
        }
    *low = -vlargest(-least);
    range = vlargest(most) - *low;
    *scale = range > 0 ? range / 255 : 1;
}

static void quantise_row(const rows_call *c, const desk *d, int32_t row)
{
    const plan_node *n = c->node;
    unsigned char *out = d->rows + (size_t)row * d->size.pitch;
    int zero = c->bytes->scale > 0 ? (int)rintf(-c->bytes->low / c->bytes->scale) : 0, y = d->first + row;
    const float *at[PLAN_INPUTS];

    zero = zero < 0 ? 0 : zero > 255 ? 255 : zero;
    if (y < 0 || y >= c->in[0].height) {
        memset(out, zero, d->size.pitch);
        return;
    }
    memset(out, zero, (size_t)n->pad_w * d->size.pixel);
    out += (size_t)n->pad_w * d->size.pixel;
    for (int32_t k = 0; k < n->inputs; k++)
        at[k] = grid_row(&c->in[k], y);
    for (int32_t x = 0; x < c->in[0].width; x++, out += d->size.pixel) {
        size_t i = (size_t)row * (size_t)d->size.columns + (size_t)x;

        if (d->scales)
            find_range(c, at, &d->scales[i], &d->lows[i]);
        quantise_pixel(c, at, out, d->scales ? d->scales[i] : c->bytes->scale,
                       d->scales ? d->lows[i] : c->bytes->low);
        for (int32_t k = 0; k < n->inputs; k++)
            at[k] += c->in[k].pixel;
    }
    memset(out, zero, d->size.pitch - (size_t)(n->pad_w + c->in[0].width) * d->size.pixel);
}

static desk set_up(const rows_call *c)
{
    desk d = { .rows = (unsigned char *)(void *)c->scratch, .size = bytes_desk_of(c->p, c->node) };

    if (c->bytes->scale > 0)
        return d;
    d.scales = c->scratch + d.size.words;
    d.lows = d.scales + (size_t)d.size.rows * (size_t)d.size.columns;
    return d;
}

static void chunk(const rows_call *c, word_job *job, desk *d, int32_t first, int32_t end)
{
    const plan_node *n = c->node;
    int32_t blocks = (c->p->values[n->out].c + BLOCK - 1) / BLOCK, together = blocks_kept(job->block), rows;

    d->first = first * n->stride - n->pad_h;
    for (int32_t row = 0; row <= (end - 1 - first) * n->stride + (n->kernel_h - 1) * n->dilation; row++)
        quantise_row(c, d, row);
    for (int32_t b = 0; b < blocks; b += together)
        for (int32_t y = first; y < end; y += rows) {
            rows = joined(c, y, end, 0);
            for (int32_t ky = 0; ky < n->kernel_h; ky++) {
                size_t row = (size_t)((y - first) * n->stride + ky * n->dilation);
                const unsigned char *at = d->rows + row * d->size.pitch + (size_t)n->pad_w * d->size.pixel;

                job->in[0].rows[ky] = (const int32_t *)(const void *)at;
            }
            if (d->scales) {
                job->scales = d->scales + (size_t)(y - first) * (size_t)d->size.columns;
                job->lows = d->lows + (size_t)(y - first) * (size_t)d->size.columns;
            }
            job->residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y);
            job->out = grid_row(&c->out, y);
            job->width = c->out.width * rows;
            row_of_tiles(job, b, b + together < blocks ? b + together : blocks);
        }
}

void KERNEL(rows_conv_int8)(const rows_call *c)
{
    const plan_node *n = c->node;
    desk d = set_up(c);
    word_job job = { .call = c, .inputs = 1, .words = (int32_t)(d.size.pixel / 4) };

    job.in[0] = (word_input){ .pixel = d.size.pixel / 4, .words = job.words };
    job.block = (size_t)n->kernel_h * (size_t)n->kernel_w * (size_t)job.words * BLOCK;
    for (int32_t y = c->first; y < c->end; y += d.size.results)
        chunk(c, &job, &d, y, y + d.size.results < c->end ? y + d.size.results : c->end);
}
#else
typedef int no_products_of_bytes;
#endif

/* rows_conv_int8.c - dense convolution of bytes: inputs are quantised here, whatever type they are stored in.
 *
 * An input x is stored as the byte q with x = low + scale q, a weight as the signed byte w of a factor of its
 * output; so a sum of products is factor (scale sum(q w) + low sum(w)). scale and low are the unit's, or, for 1
 * x 1 kernels without them, each pixel's own, from the least to the largest of its channels. */
#if defined(__AVX512BF16__) && defined(__AVX512VNNI__)
#include <math.h>

#define WORDS_INTEGERS
#define WORDS_PRODUCT "vpdpbusd"
#include "net/plain/rows/words_conv.h"

INLINE __m512i start(const word_job *job, int32_t block)
{
    (void)job;
    (void)block;
    return nothing();
}

INLINE block_parts parts_of(const word_job *job, int32_t channel)
{
    const unit_int8 *u = job->call->bytes;
    block_parts p = { load(u->factors + channel), load(u->sums + channel), load(job->call->bias + channel) };

    if (!job->scales) {
        p.bias += p.factor * p.offset * u->low;
        p.factor *= u->scale;
    }
    return p;
}

INLINE vec total(const word_job *job, __m512i sum, int32_t x, const block_parts *parts)
{
    vec number = (vec)_mm512_cvtepi32_ps(sum);

    if (job->scales)
        number = number * job->scales[x] + parts->offset * job->lows[x];
    return number * parts->factor + parts->bias;
}

/* Where quantised rows lie: with the columns that the kernel reads beyond the picture. */
typedef struct desk {
    unsigned char *rows;
    float *scales, *lows; /* of every pixel, in the order of the rows; NULL: the unit's */
    int32_t first;        /* row of the inputs that lies first, or did until others took its place */
    bytes_desk size;
} desk;

/* So many numbers that lie behind each other. What vectors write beyond them is written over by what follows,
 * or lies in the slack of the desk. */
INLINE void quantise_run(const float *in, int32_t first, unsigned char *out, int32_t count, byte_range range,
                         const rows_type type)
{
    for (int32_t i = 0; i < count; i += BLOCK)
        store_bytes(out + i, load_channels(in, first + i, type), range);
}

static void quantise_numbers(const rows_call *c, int32_t k, const float *in, unsigned char *out, int32_t count,
                             byte_range range)
{
    if (c->in[k].type == ROWS_U8)
        memcpy(out, (const unsigned char *)in + c->node->in[k].first, (size_t)count);
    else if (c->in[k].type == ROWS_BF16)
        quantise_run(in, c->node->in[k].first, out, count, range, ROWS_BF16);
    else
        quantise_run(in, c->node->in[k].first, out, count, range, ROWS_F32);
}

/* All inputs of a pixel, one behind the other. */
static void quantise_pixel(const rows_call *c, const float *const *at, unsigned char *out, byte_range range)
{
    for (int32_t k = 0; k < c->node->inputs; out += c->node->in[k++].channels)
        quantise_numbers(c, k, at[k], out, c->node->in[k].channels, range);
}

/* Is a row of the only input one run of numbers? */
static bool is_one_run(const rows_call *c)
{
    return c->node->inputs == 1 && c->bytes->scale > 0 &&
           words_of(c->in[0].type, (size_t)c->node->in[0].channels) == (size_t)c->in[0].pixel;
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

/* All pixels of a row; at: the first one in every input. */
static void quantise_pixels(const rows_call *c, const desk *d, int32_t row, const float *at[PLAN_INPUTS],
                            unsigned char *out)
{
    for (int32_t x = 0; x < c->in[0].width; x++, out += d->size.pixel) {
        size_t i = (size_t)row * (size_t)d->size.columns + (size_t)x;

        if (d->scales)
            find_range(c, at, &d->scales[i], &d->lows[i]);
        quantise_pixel(c, at, out,
                       d->scales ? (byte_range){ 1 / d->scales[i], d->lows[i] }
                                 : (byte_range){ 1 / c->bytes->scale, c->bytes->low });
        for (int32_t k = 0; k < c->node->inputs; k++)
            at[k] += c->in[k].pixel;
    }
}

static int32_t place_of(const desk *d, int32_t y)
{
    return (y - d->first) % d->size.rows;
}

static void quantise_row(const rows_call *c, const desk *d, int32_t y)
{
    const plan_node *n = c->node;
    int32_t row = place_of(d, y);
    unsigned char *out = d->rows + (size_t)row * d->size.pitch;
    int zero = c->bytes->scale > 0 ? zero_byte(c->bytes->scale, c->bytes->low) : 0;
    const float *at[PLAN_INPUTS];

    if (y < 0 || y >= c->in[0].height) {
        memset(out, zero, d->size.pitch);
        return;
    }
    memset(out, zero, (size_t)n->pad_w * d->size.pixel);
    out += (size_t)n->pad_w * d->size.pixel;
    for (int32_t k = 0; k < n->inputs; k++)
        at[k] = grid_row(&c->in[k], y);
    if (is_one_run(c)) {
        quantise_numbers(c, 0, at[0], out, c->in[0].width * n->in[0].channels,
                         (byte_range){ 1 / c->bytes->scale, c->bytes->low });
    } else {
        quantise_pixels(c, d, row, at, out);
    }
    out += (size_t)c->in[0].width * d->size.pixel;
    memset(out, zero, d->size.pitch - (size_t)(n->pad_w + c->in[0].width) * d->size.pixel);
}

static desk set_up(const rows_call *c)
{
    desk d = { .rows = (unsigned char *)(void *)(c->desk ? c->desk : c->scratch),
               .size = bytes_desk_of(c->p, c->node) };

    if (c->bytes->scale > 0)
        return d;
    d.scales = c->scratch + d.size.words;
    d.lows = d.scales + (size_t)d.size.rows * (size_t)d.size.columns;
    return d;
}

static void chunk(const rows_call *c, word_job *job, desk *d, int32_t first, int32_t end)
{
    const plan_node *n = c->node;
    int32_t blocks = (c->p->values[n->out].c + BLOCK - 1) / BLOCK, together = blocks_kept(job->block), rows,
            above = first * n->stride - n->pad_h,
            below = (end - 1) * n->stride - n->pad_h + (n->kernel_h - 1) * n->dilation;

    d->first = c->desk ? -n->pad_h : above;
    if (c->desk && *c->desk_end > above)
        above = *c->desk_end;
    for (int32_t y = above; y <= below; y++)
        quantise_row(c, d, y);
    if (c->desk)
        *c->desk_end = below + 1;
    for (int32_t b = 0; b < blocks; b += together)
        for (int32_t y = first; y < end; y += rows) {
            rows = joined(c, y, end, 0);
            for (int32_t ky = 0; ky < n->kernel_h; ky++) {
                int32_t row = place_of(d, y * n->stride - n->pad_h + ky * n->dilation);
                const unsigned char *at =
                    d->rows + (size_t)row * d->size.pitch + (size_t)n->pad_w * d->size.pixel;

                job->in[0].rows[ky] = (const int32_t *)(const void *)at;
            }
            if (d->scales) {
                job->scales = d->scales + (size_t)place_of(d, y) * (size_t)d->size.columns;
                job->lows = d->lows + (size_t)place_of(d, y) * (size_t)d->size.columns;
            }
            job->residual = n->residual.value < 0 ? NULL : grid_row(&c->residual, y);
            job->out = grid_row(&c->out, y);
            job->width = c->out.width * rows;
            row_of_tiles(job, b, b + together < blocks ? b + together : blocks);
        }
}

/* Are all inputs stored as bytes? They have the unit's range then. */
static bool is_quantised(const rows_call *c)
{
    bool all = true;

    for (int32_t k = 0; k < c->node->inputs; k++)
        all = all && c->in[k].type == ROWS_U8;
    return all;
}

void KERNEL(rows_conv_int8)(const rows_call *c)
{
    desk d = set_up(c);
    word_job job = { .call = c, .inputs = 1, .words = (int32_t)(d.size.pixel / 4) };

    if (is_quantised(c)) {
        memset(c->scratch, zero_byte(c->bytes->scale, c->bytes->low), d.size.outside * sizeof *c->scratch);
        convolve_words(c, 4, c->scratch);
        return;
    }
    job.in[0] = (word_input){ .pixel = d.size.pixel / 4, .words = job.words };
    set_taps(&job, true);
    for (int32_t y = c->first; y < c->end; y += d.size.results)
        chunk(c, &job, &d, y, y + d.size.results < c->end ? y + d.size.results : c->end);
}
#else
typedef int no_products_of_bytes;
#endif

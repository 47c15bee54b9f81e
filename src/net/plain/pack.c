#include <math.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "net/bf16.h"
#include "net/plain/tiles.h"
#include "net/quantised.h"

static bool is_depthwise(const plan_weights *w)
{
    return w->groups > 1;
}

static size_t packed_words(const plan_weights *w, size_t taps, plain_product product)
{
    size_t inputs = is_depthwise(w) ? 1 : (size_t)w->in;

    if (w->style == PLAN_STYLE_WINDOW)
        return whole_blocks(plan_kernel_count(w));

    if (product != PRODUCT_F32)
        inputs /= product == PRODUCT_BF16 ? 2 : 4;
    return w->in ? whole_blocks((size_t)w->out) * taps * inputs : KERNELS_BLOCK;
}

/* in: [row][column][head]; out: [head][row][column], both backwards: see window_bias(). */
static void pack_table(float *out, const float *in, const plan_weights *w)
{
    size_t positions = (size_t)w->kernel_h * (size_t)w->kernel_w, heads = (size_t)w->in;

    for (size_t head = 0; head < heads; head++)
        for (size_t i = 0; i < positions; i++)
            out[head * positions + i] = in[(positions - 1 - i) * heads + head];
}

/* in: [output][input][tap]; out: [block][tap][pair of inputs][16][2]. */
static void pack_bf16(uint16_t *out, const float *in, const plan_weights *w, size_t taps)
{
    size_t inputs = (size_t)w->in, outputs = (size_t)w->out;

    for (size_t first = 0; first < outputs; first += 16, out += 16 * taps * inputs)
        for (size_t t = 0; t < taps; t++)
            for (size_t i = 0; i < inputs; i++)
                for (size_t o = first; o < first + 16 && o < outputs; o++)
                    out[(t * inputs + i / 2 * 2) * 16 + (o - first) * 2 + i % 2] =
                        bf16_of(in[(o * inputs + i) * taps + t]);
}

/* in: [output][input][tap]; out: [block][tap][input][16], or [tap][channel] for depthwise kernels. */
static void pack_kernel(float *out, const float *in, const plan_weights *w, size_t taps, plain_product product)
{
    size_t inputs = (size_t)w->in, outputs = (size_t)w->out;

    memset(out, 0, packed_words(w, taps, product) * sizeof *out);
    if (w->style == PLAN_STYLE_WINDOW) {
        pack_table(out, in, w);
        return;
    }
    if (!w->in) {
        memcpy(out, in, plan_kernel_count(w) * sizeof *out);
        return;
    }
    if (is_depthwise(w)) {
        for (size_t o = 0; o < outputs; o++)
            for (size_t t = 0; t < taps; t++)
                out[t * whole_blocks(outputs) + o] = in[o * taps + t];
        return;
    }
    if (product == PRODUCT_BF16) {
        pack_bf16((uint16_t *)(void *)out, in, w, taps);
        return;
    }
    /* What is written lies in a row, and 16 rows are read at a time. */
    for (size_t first = 0; first < outputs; first += 16, out += 16 * taps * inputs)
        for (size_t t = 0; t < taps; t++)
            for (size_t i = 0; i < inputs; i++)
                for (size_t o = first; o < first + 16 && o < outputs; o++)
                    out[(t * inputs + i) * 16 + o - first] = in[(o * inputs + i) * taps + t];
}

/* Signed bytes, by a factor per output, which maps the largest to 127. out: [block][tap][four inputs][16][4].
 */
static void pack_int8(signed char *out, float *factors, float *sums, const float *in, const plan_weights *w)
{
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, inputs = (size_t)w->in, row = inputs * taps;

    memset(out, 0, whole_blocks((size_t)w->out) * row);
    for (size_t o = 0; o < (size_t)w->out; o++) {
        signed char *block = out + o / 16 * 16 * row;
        int32_t sum = 0;

        factors[o] = quantised_factor(in + o * row, row);
        for (size_t i = 0; i < inputs; i++)
            for (size_t t = 0; t < taps; t++) {
                long q = lrintf(in[o * row + i * taps + t] / factors[o]);

                block[(t * inputs + i / 4 * 4) * 16 + o % 16 * 4 + i % 4] = (signed char)q;
                sum += (int32_t)q;
            }
        sums[o] = (float)sum;
    }
}

/* Where each node's weights lie. NULL: no memory. */
static engine_packed *lay_out(const engine_host *host, const plan *p, const plain_product *products)
{
    const inspyr_allocator *a = &host->allocator;
    engine_packed *packed = memory_zeroed(a, sizeof *packed);

    if (!packed)
        return NULL;
    packed->allocator = *a;
    packed->count = p->weights_count;
    packed->units = memory_zeroed(a, (size_t)p->weights_count * sizeof *packed->units);
    packed->size = whole_blocks((size_t)p->weights_count); /* the products */
    for (int32_t i = 0; packed->units && i < p->weights_count; i++)
        packed->units[i] =
            (plain_unit){ .product = products[i], .taps = p->weights[i].kernel_h * p->weights[i].kernel_w };
    for (int32_t j = 0; packed->units && j < p->node_count; j++)
        if (p->nodes[j].flags & PLAN_WINOGRAD && products[p->nodes[j].weights] != PRODUCT_INT8)
            packed->units[p->nodes[j].weights].taps = WINOGRAD_COMPONENTS;
    if (!packed->units || !tiles_choose(packed, host, p)) {
        plain_unpack(packed);
        return NULL;
    }
    for (int32_t i = 0; i < p->weights_count; i++) {
        plain_unit *unit = &packed->units[i];

        unit->kernel = packed->size;
        packed->size += unit->made ? tiles_words(packed, unit)
                                   : packed_words(&p->weights[i], (size_t)unit->taps, unit->product);
        unit->bias = packed->size;
        packed->size += whole_blocks((size_t)p->weights[i].out);
        unit->bytes = packed->size;
        if (unit->product == PRODUCT_INT8)
            packed->size += KERNELS_BLOCK + 2 * whole_blocks((size_t)p->weights[i].out);
    }
    return packed;
}

unit_int8 plain_bytes(const engine_packed *packed, const plan *p, int32_t index)
{
    const float *bytes = packed->data + packed->units[index].bytes;

    if (packed->units[index].product != PRODUCT_INT8)
        return (unit_int8){ 0 };
    return (unit_int8){ .scale = bytes[0],
                        .low = bytes[1],
                        .factors = bytes + KERNELS_BLOCK,
                        .sums = bytes + KERNELS_BLOCK + whole_blocks((size_t)p->weights[index].out) };
}

/* Kernels that are packed at the same time: each needs one as the file has it, 17 MB for Swin-B, so wide pools
 * would hold more of those than of weights. */
#define DESKS 4

typedef struct pack_job {
    engine_packed *packed;
    const plan *p;
    const weights *w;
    float *scratch; /* of a desk */
    size_t largest;
    atomic_int next;    /* unit that nobody has taken yet */
    atomic_int damaged; /* a unit with a number that is none; -1: none has */
    atomic_int status;  /* of a plug-in that packs */
} pack_job;

static bool is_winograd(const plain_unit *unit, const plan_weights *w)
{
    return unit->taps != w->kernel_h * w->kernel_w;
}

/* Numbers of a kernel as the file has it, and as it becomes in the same memory. */
static size_t numbers_of(const engine_packed *packed, const plan *p, int32_t index)
{
    const plan_weights *w = &p->weights[index];
    size_t count = plan_kernel_count(w);

    return is_winograd(&packed->units[index], w) ? count / 9 * WINOGRAD_COMPONENTS : count;
}

static void pack_unit(const pack_job *job, int32_t index, float *kernel)
{
    const plain_unit *unit = &job->packed->units[index];
    const plan_weights *w = &job->p->weights[index];
    float *data = job->packed->own, *bytes = data + unit->bytes;
    size_t blocks = whole_blocks((size_t)w->out);
    quantised_unit range;

    if (unit->product != PRODUCT_INT8) {
        if (is_winograd(unit, w))
            plain_winograd_kernels(kernel, (size_t)w->out * (size_t)w->in);
        pack_kernel(data + unit->kernel, kernel, w, (size_t)unit->taps, unit->product);
        return;
    }
    memset(bytes, 0, (KERNELS_BLOCK + 2 * blocks) * sizeof *bytes);
    if (weights_quantised(job->w, job->p, index, &range) && range.ranged) {
        quantised_step step = quantised_step_of(range.low, range.high);

        bytes[0] = step.scale;
        bytes[1] = (float)-step.zero * step.scale;
    }
    pack_int8((signed char *)(void *)(data + unit->kernel), bytes + KERNELS_BLOCK,
              bytes + KERNELS_BLOCK + blocks, kernel, w);
}

static void pack_units(void *user, int32_t desk, int32_t lane)
{
    pack_job *job = user;
    float *scratch = job->scratch + (size_t)desk * job->largest;
    int32_t i;

    (void)lane;
    while ((i = atomic_fetch_add(&job->next, 1)) < job->p->weights_count) {
        const plan_weights *u = &job->p->weights[i];
        const plain_unit *unit = &job->packed->units[i];
        float *bias = job->packed->own + unit->bias;
        inspyr_status status = INSPYR_OK;

        memset(bias, 0, whole_blocks((size_t)u->out) * sizeof *bias);
        weights_unit(job->w, job->p, i, scratch, bias);
        if (!weights_finite(scratch, plan_kernel_count(u)) || !weights_finite(bias, (size_t)u->out))
            atomic_store(&job->damaged, i);
        if (unit->made)
            status = tiles_pack(job->packed, unit, job->packed->own + unit->kernel, scratch);
        else
            pack_unit(job, i, scratch);
        if (status)
            atomic_store(&job->status, status);
    }
}

/* Bytes where the file allows it and knows the range of the inputs, or every pixel can find its own. */
static plain_product product_of(const weights *w, const plan *p, const plan_node *n, inspyr_precision precision)
{
    plain_product product = plain_product_of(p, n, precision);
    quantised_unit unit;

    if (product == PRODUCT_F32 || precision != INSPYR_PRECISION_INT8 || !quantised_possible(p, n) ||
        !weights_quantised(w, p, n->weights, &unit) || (!unit.ranged && !is_pointwise(n)))
        return product;
    return PRODUCT_INT8;
}

/* One per unit, in memory that is given back. NULL: no memory. */
static plain_product *choose_products(const engine_host *host, const plan *p, const weights *w)
{
    plain_product *products =
        memory_zeroed(&host->allocator, ((size_t)p->weights_count + 1) * sizeof *products);

    for (int32_t j = 0; products && j < p->node_count; j++)
        if (p->nodes[j].weights >= 0)
            products[p->nodes[j].weights] = product_of(w, p, &p->nodes[j], host->precision);
    return products;
}

static engine_packed *lay_out_anew(const engine_host *host, const plan *p, const weights *w)
{
    plain_product *products = choose_products(host, p, w);
    engine_packed *packed = products ? lay_out(host, p, products) : NULL;

    memory_give(&host->allocator, products);
    return packed;
}

inspyr_status plain_pack(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                         inspyr_error *error)
{
    const inspyr_allocator *a = &host->allocator;
    pack_job job = { .packed = lay_out_anew(host, p, w), .p = p, .w = w, .largest = KERNELS_BLOCK };
    int32_t width = inspyr_pool_width(host->pool), desks = width < DESKS ? width : DESKS, damaged;

    *out = NULL;
    if (!job.packed)
        return failed(error, INSPYR_ERR_MEMORY, "no room for the weights");
    for (int32_t i = 0; i < p->weights_count; i++)
        if (numbers_of(job.packed, p, i) > job.largest)
            job.largest = whole_blocks(numbers_of(job.packed, p, i));
    job.packed->data = job.packed->own = memory_array(a, job.packed->size, sizeof *job.packed->data);
    job.scratch = memory_array(a, (size_t)desks * job.largest, sizeof *job.scratch);
    if (!job.packed->data || !job.scratch) {
        memory_give(a, job.scratch);
        plain_unpack(job.packed);
        return failed(error, INSPYR_ERR_MEMORY, "no room for the weights");
    }
    memset(job.packed->own, 0, whole_blocks((size_t)p->weights_count) * sizeof *job.packed->own);
    for (int32_t i = 0; i < p->weights_count; i++)
        memcpy(job.packed->own + i, &job.packed->units[i].product, sizeof *job.packed->own);
    atomic_init(&job.next, 0);
    atomic_init(&job.damaged, -1);
    atomic_init(&job.status, INSPYR_OK);
    pool_run(host->pool, desks, pack_units, &job);
    memory_give(a, job.scratch);
    damaged = atomic_load(&job.damaged);
    if (damaged >= 0) {
        plain_unpack(job.packed);
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: weights that are not finite",
                      p->weights[damaged].parts[0].name);
    }
    if (atomic_load(&job.status)) {
        plain_unpack(job.packed);
        return failed(error, (inspyr_status)atomic_load(&job.status), "the plug-in did not pack the weights");
    }
    *out = job.packed;
    return INSPYR_OK;
}

const void *plain_export(const engine_packed *packed, size_t *size)
{
    *size = packed->size * sizeof *packed->data;
    return packed->data;
}

/* Borrowed data become own ones. */
static bool take_over(engine_packed *packed)
{
    packed->own = memory_array(&packed->allocator, packed->size, sizeof *packed->own);
    if (!packed->own)
        return false;
    packed->data = memcpy(packed->own, packed->data, packed->size * sizeof *packed->own);
    return true;
}

/* The products that an export begins with, if they are such as this plan could have. */
static bool same_eligibility(const engine_host *host, const plan *p, const plain_product *products)
{
    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];

        if (n->weights < 0)
            continue;
        if (products[n->weights] != plain_product_of(p, n, host->precision) &&
            (products[n->weights] != PRODUCT_INT8 || host->precision != INSPYR_PRECISION_INT8 ||
             plain_product_of(p, n, host->precision) == PRODUCT_F32))
            return false;
    }
    return true;
}

bool plain_import(engine_packed **out, const engine_host *host, const plan *p, const void *bytes, size_t size)
{
    const plain_product *products = bytes;
    engine_packed *packed;
    bool writable;

    *out = NULL;
    if (size / sizeof *products < (size_t)p->weights_count || !same_eligibility(host, p, products))
        return false;
    packed = lay_out(host, p, products);
    if (!packed)
        return false;
    packed->data = bytes;
    if (size != packed->size * sizeof *packed->data || !tiles_fit(packed, &writable) ||
        (writable && !take_over(packed))) {
        plain_unpack(packed);
        return false;
    }
    *out = packed;
    return true;
}

size_t plain_packed_bytes(const engine_packed *packed)
{
    return packed->size * sizeof *packed->data;
}

void plain_unpack(engine_packed *packed)
{
    inspyr_allocator a;

    if (!packed)
        return;
    a = packed->allocator;
    if (packed->units)
        tiles_drop(packed);
    memory_give(&a, packed->units);
    memory_give(&a, packed->own);
    memory_give(&a, packed);
}

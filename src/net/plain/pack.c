#include <stdatomic.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/status.h"
#include "net/plain/tiles.h"

static bool is_depthwise(const plan_weights *w)
{
    return w->groups > 1;
}

static size_t packed_words(const plan_weights *w, plain_product product)
{
    if (w->style == PLAN_STYLE_WINDOW)
        return whole_blocks(plan_kernel_count(w));
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, inputs = is_depthwise(w) ? 1 : (size_t)w->in;

    if (product == PRODUCT_BF16)
        inputs /= 2;
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

static uint16_t narrowed(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/* in: [output][input][tap]; out: [block][tap][pair of inputs][16][2]. */
static void pack_bf16(uint16_t *out, const float *in, const plan_weights *w)
{
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, inputs = (size_t)w->in, outputs = (size_t)w->out;

    for (size_t first = 0; first < outputs; first += 16, out += 16 * taps * inputs)
        for (size_t t = 0; t < taps; t++)
            for (size_t i = 0; i < inputs; i++)
                for (size_t o = first; o < first + 16 && o < outputs; o++)
                    out[(t * inputs + i / 2 * 2) * 16 + (o - first) * 2 + i % 2] =
                        narrowed(in[(o * inputs + i) * taps + t]);
}

/* in: [output][input][tap]; out: [block][tap][input][16], or [tap][channel] for depthwise kernels. */
static void pack_kernel(float *out, const float *in, const plan_weights *w, plain_product product)
{
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, inputs = (size_t)w->in, outputs = (size_t)w->out;

    memset(out, 0, packed_words(w, product) * sizeof *out);
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
        pack_bf16((uint16_t *)(void *)out, in, w);
        return;
    }
    /* What is written lies in a row, and 16 rows are read at a time. */
    for (size_t first = 0; first < outputs; first += 16, out += 16 * taps * inputs)
        for (size_t t = 0; t < taps; t++)
            for (size_t i = 0; i < inputs; i++)
                for (size_t o = first; o < first + 16 && o < outputs; o++)
                    out[(t * inputs + i) * 16 + o - first] = in[(o * inputs + i) * taps + t];
}

/* Where each node's weights lie. NULL: no memory. */
static engine_packed *lay_out(const engine_host *host, const plan *p)
{
    const inspyr_allocator *a = &host->allocator;
    engine_packed *packed = memory_zeroed(a, sizeof *packed);

    if (!packed)
        return NULL;
    packed->allocator = *a;
    packed->count = p->weights_count;
    packed->units = memory_zeroed(a, (size_t)p->weights_count * sizeof *packed->units);
    for (int32_t j = 0; packed->units && j < p->node_count; j++)
        if (p->nodes[j].weights >= 0)
            packed->units[p->nodes[j].weights].product = plain_product_of(p, &p->nodes[j], host->precision);
    if (!packed->units || !tiles_choose(packed, host, p)) {
        plain_unpack(packed);
        return NULL;
    }
    for (int32_t i = 0; i < p->weights_count; i++) {
        plain_unit *unit = &packed->units[i];

        unit->kernel = packed->size;
        packed->size += unit->made ? tiles_words(packed, unit) : packed_words(&p->weights[i], unit->product);
        packed->units[i].bias = packed->size;
        packed->size += whole_blocks((size_t)p->weights[i].out);
    }
    return packed;
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
            pack_kernel(job->packed->own + unit->kernel, scratch, u, unit->product);
        if (status)
            atomic_store(&job->status, status);
    }
}

inspyr_status plain_pack(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                         inspyr_error *error)
{
    const inspyr_allocator *a = &host->allocator;
    pack_job job = { .packed = lay_out(host, p), .p = p, .w = w, .largest = KERNELS_BLOCK };
    int32_t width = inspyr_pool_width(host->pool), desks = width < DESKS ? width : DESKS, damaged;

    *out = NULL;
    if (!job.packed)
        return failed(error, INSPYR_ERR_MEMORY, "no room for the weights");
    for (int32_t i = 0; i < p->weights_count; i++)
        if (plan_kernel_count(&p->weights[i]) > job.largest)
            job.largest = whole_blocks(plan_kernel_count(&p->weights[i]));
    job.packed->data = job.packed->own = memory_array(a, job.packed->size, sizeof *job.packed->data);
    job.scratch = memory_array(a, (size_t)desks * job.largest, sizeof *job.scratch);
    if (!job.packed->data || !job.scratch) {
        memory_give(a, job.scratch);
        plain_unpack(job.packed);
        return failed(error, INSPYR_ERR_MEMORY, "no room for the weights");
    }
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

bool plain_import(engine_packed **out, const engine_host *host, const plan *p, const void *bytes, size_t size)
{
    engine_packed *packed = lay_out(host, p);
    bool writable;

    *out = NULL;
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

#include "base/memory.h"
#include "base/status.h"
#include "net/plain/plain.h"

static bool is_depthwise(const plan_weights *w)
{
    return w->groups > 1;
}

/* Floats of kernel and bias in the file's order, and packed. */
static size_t plain_floats(const plan_weights *w)
{
    return plan_kernel_count(w);
}

static size_t packed_floats(const plan_weights *w)
{
    if (w->style == PLAN_STYLE_WINDOW)
        return whole_blocks(plain_floats(w));
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, inputs = is_depthwise(w) ? 1 : (size_t)w->in;

    return w->in ? whole_blocks((size_t)w->out) * taps * inputs : 16;
}

/* in: [row][column][head]; out: [head][row][column], both backwards: see window_bias(). */
static void pack_table(float *out, const float *in, const plan_weights *w)
{
    size_t positions = (size_t)w->kernel_h * (size_t)w->kernel_w, heads = (size_t)w->in;

    for (size_t head = 0; head < heads; head++)
        for (size_t i = 0; i < positions; i++)
            out[head * positions + i] = in[(positions - 1 - i) * heads + head];
}

/* in: [output][input][tap]; out: [block][tap][input][16], or [tap][channel] for depthwise kernels. */
static void pack_kernel(float *out, const float *in, const plan_weights *w)
{
    size_t taps = (size_t)w->kernel_h * (size_t)w->kernel_w, inputs = (size_t)w->in, outputs = (size_t)w->out;

    memset(out, 0, packed_floats(w) * sizeof *out);
    if (w->style == PLAN_STYLE_WINDOW) {
        pack_table(out, in, w);
        return;
    }
    if (!w->in) {
        memcpy(out, in, plain_floats(w) * sizeof *out);
        return;
    }
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < inputs; i++)
            for (size_t t = 0; t < taps; t++) {
                float value = in[(o * inputs + i) * taps + t];

                if (is_depthwise(w))
                    out[t * whole_blocks((size_t)w->out) + o] = value;
                else
                    out[((o / 16 * taps + t) * inputs + i) * 16 + o % 16] = value;
            }
}

/* Where each node's weights lie. NULL: no memory. */
static engine_packed *lay_out(const inspyr_allocator *a, const plan *p)
{
    engine_packed *packed = memory_zeroed(a, sizeof *packed);

    if (!packed)
        return NULL;
    packed->allocator = *a;
    packed->count = p->weights_count;
    packed->units = memory_array(a, (size_t)p->weights_count, sizeof *packed->units);
    for (int32_t i = 0; packed->units && i < p->weights_count; i++) {
        packed->units[i].kernel = packed->size;
        packed->size += packed_floats(&p->weights[i]);
        packed->units[i].bias = packed->size;
        packed->size += whole_blocks((size_t)p->weights[i].out);
    }
    return packed;
}

inspyr_status plain_pack(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                         inspyr_error *error)
{
    const inspyr_allocator *a = &host->allocator;
    engine_packed *packed = lay_out(a, p);
    size_t largest = 16;
    float *scratch = NULL;

    *out = NULL;
    if (!packed)
        return failed(error, INSPYR_ERR_MEMORY, "no room for the weights");
    for (int32_t i = 0; i < p->weights_count; i++)
        if (plain_floats(&p->weights[i]) > largest)
            largest = plain_floats(&p->weights[i]);
    packed->data = packed->own = memory_array(a, packed->size, sizeof *packed->data);
    scratch = memory_array(a, largest, sizeof *scratch);
    if (!packed->units || !packed->data || !scratch) {
        memory_give(a, scratch);
        plain_unpack(packed);
        return failed(error, INSPYR_ERR_MEMORY, "no room for the weights");
    }
    for (int32_t i = 0; i < p->weights_count; i++) {
        const plan_weights *u = &p->weights[i];
        float *bias = packed->own + packed->units[i].bias;

        memset(bias, 0, whole_blocks((size_t)u->out) * sizeof *bias);
        weights_unit(w, p, i, scratch, bias);
        pack_kernel(packed->own + packed->units[i].kernel, scratch, u);
    }
    memory_give(a, scratch);
    *out = packed;
    return INSPYR_OK;
}

const void *plain_export(const engine_packed *packed, size_t *size)
{
    *size = packed->size * sizeof *packed->data;
    return packed->data;
}

bool plain_import(engine_packed **out, const engine_host *host, const plan *p, const void *bytes, size_t size)
{
    engine_packed *packed = lay_out(&host->allocator, p);

    *out = NULL;
    if (!packed)
        return false;
    packed->data = bytes;
    if (!packed->units || size != packed->size * sizeof *packed->data) {
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
    memory_give(&a, packed->units);
    memory_give(&a, packed->own);
    memory_give(&a, packed);
}

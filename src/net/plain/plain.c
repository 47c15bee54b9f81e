/* plain.c - the plain engine's table, and what tests and benchmarks ask of it. */
#include "net/plain/plain.h"

#include "base/status.h"
#include "net/bf16.h"

#define TAPS_MAX 9 /* rows of a kernel: row_input in rows_conv.c */
#define MAPS_MAX 5 /* rows_sica.c */

static bool plain_native(const plan *p, const plan_node *n)
{
    for (int32_t k = 0; k < n->inputs; k++)
        if (n->in[k].sampling != PLAN_AS_IS && n->op != PLAN_OP_RESIZE)
            return false;
    (void)p;
    return n->residual.value < 0 || n->residual.sampling == PLAN_AS_IS;
}

/* Pays wherever there are more channels than maps, which are 3 or 5. */
static bool wants_fold(const plan *p, const plan_node *conv)
{
    return p->weights[conv->weights].in > MAPS_MAX;
}

/* What no lowering can help. */
static const char *impossible(const plan *p, const plan_node *n)
{
    if (n->op == PLAN_OP_CONV && n->groups > 1 &&
        (n->groups != p->values[n->out].c || p->weights[n->weights].in != 1 || n->inputs > 1 ||
         n->residual.value >= 0))
        return "grouped convolutions other than depthwise ones";
    if ((n->op == PLAN_OP_CONV || n->op == PLAN_OP_FOLDED_CONV) && n->kernel_h > TAPS_MAX)
        return "kernels of more than 9 rows";
    if ((n->op == PLAN_OP_SICA_CONTEXT && n->in[0].channels != 3 && n->in[0].channels != MAPS_MAX) ||
        (n->op == PLAN_OP_SICA_ATTEND && p->values[n->in[1].value].w != 3 &&
         p->values[n->in[1].value].w != MAPS_MAX))
        return "other than three or five maps";
    return NULL;
}

static inspyr_status compile(engine_run **out, const engine_host *host, const engine_packed *packed,
                             const plan *p, uint32_t flags, inspyr_error *error)
{
    *out = NULL;
    if (host->precision > INSPYR_PRECISION_EXACT && !plain_kernels_select(plain_level(flags))->conv_bf16)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "%s has no products of bf16",
                      plain_kernels_select(plain_level(flags))->name);
    if ((flags & ENGINE_WATCH) && (host->precision > INSPYR_PRECISION_EXACT || host->products))
        return failed(error, INSPYR_ERR_ARGUMENT, "only exact runs without a plug-in can be watched");
    for (int32_t j = 0; j < p->node_count; j++) {
        const char *what = impossible(p, &p->nodes[j]);

        if (what)
            return failed(error, INSPYR_ERR_UNSUPPORTED, "the plain engine has no %s", what);
        if (!plain_native(p, &p->nodes[j]))
            return failed(error, INSPYR_ERR_INTERNAL, "node %d was not lowered", (int)j);
    }
    return plain_compile(out, host, packed, p, flags, error);
}

static const char *instructions(void)
{
    return plain_kernels_select(KERNELS_BEST)->name;
}

static bool has(inspyr_precision precision)
{
    return precision <= INSPYR_PRECISION_EXACT ||
           ((precision == INSPYR_PRECISION_BF16 || precision == INSPYR_PRECISION_INT8) &&
            plain_kernels_select(KERNELS_BEST)->conv_bf16);
}

static size_t run_bytes(const engine_run *run)
{
    return run->bytes;
}

static void read_pixel(float *out, const float *pixel, int32_t channels, const plain_value *v)
{
    const uint16_t *halves = (const uint16_t *)(const void *)pixel;
    const uint8_t *bytes = (const uint8_t *)(const void *)pixel;

    if (v->type == ROWS_F32) {
        memcpy(out, pixel, (size_t)channels * sizeof *out);
        return;
    }
    for (int32_t i = 0; i < channels; i++)
        out[i] = v->type == ROWS_BF16 ? bf16_widened(halves[i]) : v->low + v->scale * (float)bytes[i];
}

static inspyr_status read_value(const engine_run *run, plan_id id, float *out, inspyr_error *error)
{
    const plain_value *v;
    const plan_value *value;

    if (id < 0 || id >= run->p->value_count || !(run->flags & ENGINE_KEEP_VALUES))
        return failed(error, INSPYR_ERR_ARGUMENT, "value %d was not kept", (int)id);
    v = &run->values[id];
    value = &run->p->values[id];
    for (int32_t i = 0; i < value->n; i++)
        for (int32_t y = 0; y < value->h; y++) {
            const float *row = (const float *)(const void *)run->arena + (size_t)i * v->picture + v->offset +
                               (size_t)y * v->pitch;

            for (int32_t x = 0; x < value->w; x++, out += value->c)
                read_pixel(out, row + (size_t)x * (size_t)v->pixel, value->c, v);
        }
    return INSPYR_OK;
}

static void profile(const engine_run *run, double *milliseconds)
{
    for (int32_t j = 0; j < run->p->node_count; j++) {
        milliseconds[j] = 0;
        for (int32_t i = 0; i < run->lane_count; i++)
            milliseconds[j] += run->lanes[i].milliseconds[j];
    }
}

/* What both engines are; onednn has products of a plug-in, which its host names. */
#define ENGINE_OF_ROWS(its_name)                                                                               \
    {                                                                                                          \
        .abi = ENGINE_ABI, .size = sizeof(engine_kind), .layout = 5, .name = its_name,                         \
        .instructions = instructions, .has = has, .native = plain_native, .wants_fold = wants_fold,            \
        .wants_winograd = plain_wants_winograd, .pack = plain_pack, .packed_bytes = plain_packed_bytes,        \
        .save = plain_export, .restore = plain_import, .unpack = plain_unpack, .compile = compile,             \
        .run = plain_run, .run_bytes = run_bytes, .destroy = plain_destroy, .read_value = read_value,          \
        .profile = profile,                                                                                    \
    }

const engine_kind engine_plain = ENGINE_OF_ROWS("plain");
const engine_kind engine_onednn = ENGINE_OF_ROWS("onednn");

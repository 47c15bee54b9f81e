#include "oracle/oracle.h"

#include "base/memory.h"
#include "base/status.h"
#include "oracle/oracle_run.h"

static const char *instructions(void)
{
    return "c";
}

static bool has(inspyr_precision precision)
{
    return precision <= INSPYR_PRECISION_EXACT;
}

static bool native(const plan *p, const plan_node *node)
{
    (void)p;
    (void)node;
    return true;
}

static void unpack(engine_packed *packed)
{
    if (!packed)
        return;
    inspyr_allocator allocator = packed->allocator;
    for (int32_t i = 0; packed->units && i < packed->count; i++) {
        memory_give(&allocator, packed->units[i].kernel);
        memory_give(&allocator, packed->units[i].bias);
    }
    memory_give(&allocator, packed->units);
    memory_give(&allocator, packed);
}

static inspyr_status pack(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                          inspyr_error *error)
{
    engine_packed *packed = memory_zeroed(&host->allocator, sizeof *packed);

    *out = NULL;
    if (!packed)
        return failed(error, INSPYR_ERR_MEMORY, "no room for weights");
    packed->allocator = host->allocator;
    packed->units = memory_zeroed(&host->allocator, (size_t)p->weights_count * sizeof *packed->units);
    if (packed->units)
        packed->count = p->weights_count;
    for (int32_t i = 0; i < packed->count; i++) {
        const plan_weights *of = &p->weights[i];
        oracle_unit *unit = &packed->units[i];
        size_t numbers = plan_kernel_count(of);
        size_t biases = of->in ? (size_t)of->out : 1;

        unit->kernel = memory_array(&host->allocator, numbers, sizeof(float));
        unit->bias = memory_array(&host->allocator, biases, sizeof(float));
        if (!unit->kernel || !unit->bias) {
            unpack(packed);
            return failed(error, INSPYR_ERR_MEMORY, "no room for weights");
        }
        weights_unit(w, p, i, unit->kernel, unit->bias);
        packed->bytes += (numbers + biases) * sizeof(float);
    }
    *out = packed;
    return INSPYR_OK;
}

static const void *export_packed(const engine_packed *packed, size_t *size)
{
    (void)packed;
    *size = 0;
    return NULL;
}

static bool import_packed(engine_packed **out, const engine_host *host, const plan *p, const void *bytes,
                          size_t size)
{
    (void)host;
    (void)p;
    (void)bytes;
    (void)size;
    *out = NULL;
    return false;
}

static size_t packed_bytes(const engine_packed *packed)
{
    return packed->bytes;
}

static void destroy(engine_run *run)
{
    if (!run)
        return;
    inspyr_allocator allocator = run->host.allocator;
    for (int32_t i = 0; run->values && i < run->p->value_count; i++)
        memory_give(&allocator, run->values[i].at);
    memory_give(&allocator, run->values);
    memory_give(&allocator, run->milliseconds);
    memory_give(&allocator, run);
}

static inspyr_status compile(engine_run **out, const engine_host *host, const engine_packed *packed,
                             const plan *p, uint32_t flags, inspyr_error *error)
{
    engine_run *run = memory_zeroed(&host->allocator, sizeof *run);
    bool room;

    (void)flags;
    *out = NULL;
    if (!run)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a run");
    run->host = *host;
    run->p = p;
    run->packed = packed;
    run->values = memory_zeroed(&host->allocator, (size_t)p->value_count * sizeof *run->values);
    run->milliseconds = memory_zeroed(&host->allocator, (size_t)p->node_count * sizeof(double));
    room = run->values && run->milliseconds;
    for (int32_t i = 0; room && i < p->value_count; i++) {
        const plan_value *v = &p->values[i];

        run->values[i] = (tensor){ v->n, v->h, v->w, v->c, NULL };
        run->values[i].at = memory_array(&host->allocator, tensor_count(&run->values[i]), sizeof(float));
        room = run->values[i].at;
        run->bytes += tensor_count(&run->values[i]) * sizeof(float);
    }
    if (!room) {
        destroy(run);
        return failed(error, INSPYR_ERR_MEMORY, "no room for a run");
    }
    *out = run;
    return INSPYR_OK;
}

static size_t run_bytes(const engine_run *run)
{
    return run->bytes;
}

static inspyr_status read_value(const engine_run *run, plan_id value, float *out, inspyr_error *error)
{
    if (value < 0 || value >= run->p->value_count)
        return failed(error, INSPYR_ERR_ARGUMENT, "there is no value %d", (int)value);
    memcpy(out, run->values[value].at, tensor_count(&run->values[value]) * sizeof(float));
    return INSPYR_OK;
}

void oracle_follow(engine_run *run, float *const *given)
{
    run->given = given;
}

static void profile(const engine_run *run, double *milliseconds)
{
    memcpy(milliseconds, run->milliseconds, (size_t)run->p->node_count * sizeof(double));
}

const engine_kind engine_oracle = {
    .abi = ENGINE_ABI,
    .size = sizeof(engine_kind),
    .name = "oracle",
    .instructions = instructions,
    .has = has,
    .native = native,
    .pack = pack,
    .packed_bytes = packed_bytes,
    .save = export_packed,
    .restore = import_packed,
    .unpack = unpack,
    .compile = compile,
    .run = oracle_run,
    .run_bytes = run_bytes,
    .destroy = destroy,
    .read_value = read_value,
    .profile = profile,
};

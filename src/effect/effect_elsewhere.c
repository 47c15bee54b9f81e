#include "effect/effect_elsewhere.h"

#include <stdio.h>
#include <string.h>

#include "base/device_name.h"
#include "base/plugin.h"
#include "base/status.h"
#include "effect/effect_draw.h"

static inspyr_status open_cuda(elsewhere *e, const char *name, const inspyr_allocator *allocator,
                               inspyr_error *error)
{
    static const plugin_wanted wanted = { .name = "cuda",
                                          .abi = EFFECT_DEVICE_ABI,
                                          .size = sizeof(effect_device_table) };
    char text[EFFECT_DEVICE_TEXT];
    const void *found;
    int32_t ordinal = device_ordinal(name);
    inspyr_status status;

    if (ordinal < 0)
        return failed(error, INSPYR_ERR_DEVICE, "there is cpu and cuda:N");
    snprintf(e->name, sizeof e->name, "cuda:%d", (int)ordinal);
    status = plugin_find(&found, &wanted, error);
    if (status)
        return status;
    e->table = found;
    status = e->table->open(&e->device, ordinal, allocator, text, error);
    if (status)
        e->table = NULL;
    return status;
}

inspyr_status elsewhere_open(elsewhere *e, const inspyr_effect_options *o, const inspyr_allocator *allocator,
                             inspyr_error *error)
{
    bool cpu = !o->device || !strcmp(o->device, "cpu");
    bool forbidden = o->device && o->device_need == INSPYR_NEED_FORBIDDEN;
    const char *name = cpu ? "cuda:0" : o->device;
    inspyr_error why;

    memset(e, 0, sizeof *e);
    if (cpu != forbidden) /* the CPU is wanted, or everything but the other one, of which there is the CPU */
        return INSPYR_OK;
    e->required = forbidden || o->device_need == INSPYR_NEED_REQUIRED;
    if (!open_cuda(e, name, allocator, &why))
        return INSPYR_OK;
    if (e->required)
        return failed(error, why.status, "device %.40s is required: %.180s", name, why.message);
    snprintf(e->note, sizeof e->note, "using the cpu instead of %.40s: %.180s", name, why.message);
    return INSPYR_OK;
}

void elsewhere_close(elsewhere *e)
{
    if (e->table)
        e->table->close(e->device);
    e->table = NULL;
}

bool elsewhere_has(const elsewhere *e, int32_t effect, const float *values)
{
    return e->table && e->table->has(effect, values);
}

static inspyr_status draw(const elsewhere *e, device_picture *source, elsewhere_job *jobs, size_t n,
                          uint64_t seed, inspyr_error *error)
{
    device_job ours[DRAWINGS_MAX];
    inspyr_status status = INSPYR_OK;

    for (size_t i = 0; !status && i < n; i++) {
        status = e->table->create(&jobs[i].made, e->device, source->width, source->height, error);
        ours[i] = (device_job){ jobs[i].effect, jobs[i].values, seed, source, jobs[i].made };
    }
    if (!status)
        status = e->table->apply(e->device, ours, n, error);
    for (size_t i = 0; !status && i < n; i++)
        status = e->table->download(&jobs[i].dst, jobs[i].made, error);
    return status;
}

inspyr_status elsewhere_draw(const elsewhere *e, const inspyr_view *src, elsewhere_job *jobs, size_t n,
                             uint64_t seed, inspyr_error *error)
{
    device_picture *source;
    inspyr_error later;
    inspyr_status status = e->table->create(&source, e->device, src->width, src->height, error), waited;

    if (!status)
        status = e->table->upload(source, src, error);
    if (!status)
        status = draw(e, source, jobs, n, seed, error);
    waited = e->table->wait(e->device, &later); /* after a failure, too: copies may be under way */
    if (!status && waited)
        status = failed(error, waited, "%s", later.message);
    for (size_t i = 0; i < n; i++)
        e->table->free(jobs[i].made);
    e->table->free(source);
    return status;
}

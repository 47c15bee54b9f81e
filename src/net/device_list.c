/* device_list.c - inspyr_device_list(): engines and devices, and why some cannot be used. */
#include <stdio.h>

#include "base/options.h"
#include "base/status.h"
#include "net/choose.h"

static void set_precisions(inspyr_device *d, const engine_kind *engine)
{
    size_t used = 0;

    for (int32_t p = INSPYR_PRECISION_EXACT; p <= INSPYR_PRECISION_INT8; p++)
        if (engine->has((inspyr_precision)p))
            used += (size_t)snprintf(d->precisions + used, sizeof d->precisions - used, "%s%s", used ? " " : "",
                                     precision_name((inspyr_precision)p));
}

static void describe(inspyr_device *d, const char *engine, const char *device)
{
    const inspyr_load_options o = { .engine = engine, .device = device, .device_need = INSPYR_NEED_REQUIRED };
    inspyr_error error;
    choice c;

    snprintf(d->engine, sizeof d->engine, "%s", engine);
    snprintf(d->device, sizeof d->device, "%s", device);
    if (choose(&c, &o, &error)) {
        snprintf(d->reason, sizeof d->reason, "%.159s", error.message);
        return;
    }
    set_precisions(d, c.engine);
    snprintf(d->name, sizeof d->name, "%.95s", c.library);
    snprintf(d->instructions, sizeof d->instructions, "%.31s", c.engine->instructions());
    if (c.torch) {
        const torch_facts *facts = c.torch->opened(c.device);

        if (facts->name[0])
            snprintf(d->name, sizeof d->name, "%.95s", facts->name);
        snprintf(d->instructions, sizeof d->instructions, "%.31s", facts->instructions);
        d->free_bytes = facts->free_bytes;
        d->total_bytes = facts->total_bytes;
        c.torch->close(c.device);
    }
}

inspyr_status inspyr_device_list(inspyr_device *out, size_t index, inspyr_error *error)
{
    static const char *const engines[] = { "plain", "onednn", "torch" };
    const size_t count = sizeof engines / sizeof *engines, gpus = choose_gpu_count();
    inspyr_device ours = { .struct_size = sizeof ours };
    char device[16];

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    if (index < count) {
        describe(&ours, engines[index], "cpu");
    } else if (index < count + gpus) {
        snprintf(device, sizeof device, "cuda:%d", (int)(index - count) % 1024);
        describe(&ours, "torch", device);
    }
    if (options_export(out, OPTIONS_FIRST(inspyr_device, total_bytes), &ours, sizeof ours, error))
        return INSPYR_ERR_ARGUMENT;
    return index < count + gpus
               ? INSPYR_OK
               : failed(error, INSPYR_ERR_ARGUMENT, "device number %zu of %zu", index, count + gpus);
}

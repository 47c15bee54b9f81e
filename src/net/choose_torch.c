#include <string.h>

#include "base/device_name.h"
#include "base/plugin.h"
#include "base/status.h"
#include "kernels/effect_device.h"
#include "net/choose.h"

/* A pass of the slowest GPU that is supported takes a second at the largest size. */
#define TIMEOUT_MS 20000

/* One that is here already is used if it is the plug-in's own, and in nobody's way if the plug-in brought it.
 */
static inspyr_status refuse_foreign(inspyr_error *error)
{
    char path[PLUGIN_PATH_MAX];

    if (!plugin_mapped("libc10.so", path) || !strcmp(path, INSPYR_TORCH_C10)) /* every libtorch has one */
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_DEVICE, "another libtorch is in this process, %.160s: use one of the two",
                  path);
}

static const plugin_wanted wanted = { .name = "torch", .abi = TORCH_ABI, .size = sizeof(torch_table) };

size_t choose_gpu_count(void)
{
    char reason[TORCH_TEXT];
    const void *found;
    int32_t count = 0;

    if (!refuse_foreign(NULL) && !plugin_find(&found, &wanted, NULL))
        count = ((const torch_table *)found)->count(reason);
    return count > 0 ? (size_t)count : 1;
}

/* Without them libtorch's do. */
static const net_device_table *own_kernels(void)
{
    static const plugin_wanted cuda = { .name = "cuda",
                                        .abi = EFFECT_DEVICE_ABI,
                                        .size = sizeof(effect_device_table) };
    const void *found;

    return plugin_find(&found, &cuda, NULL) ? NULL : ((const effect_device_table *)found)->net;
}

inspyr_status choose_torch(choice *c, const inspyr_load_options *o, const char *device, inspyr_error *error)
{
    const torch_wish wish = { .ordinal = device_ordinal(device),
                              .budget = o->device_memory,
                              .reserve = o->device_reserve,
                              .patience_ms = o->device_timeout_ms ? o->device_timeout_ms : TIMEOUT_MS,
                              .own = device_ordinal(device) >= 0 ? own_kernels() : NULL };
    const void *found;
    inspyr_status status = refuse_foreign(error);

    if (!status)
        status = plugin_find(&found, &wanted, error);
    if (status)
        return status;
    c->torch = found;
    status = c->torch->check(c->library, error);
    if (!status)
        status = c->torch->open(&c->device, &wish, error);
    if (status)
        c->torch = NULL;
    else
        c->engine = c->torch->engine(c->device);
    return status;
}

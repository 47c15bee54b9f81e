#include "support/torch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/device_name.h"
#include "base/plugin.h"
#include "kernels/effect_device.h"
#include "support/parity.h"

static const torch_table *table;
static engine_device *device;

static const engine_kind *open_with(const torch_wish *wish)
{
    static const plugin_wanted wanted = { "torch", TORCH_ABI, sizeof(torch_table), NULL };
    char text[TORCH_TEXT];
    inspyr_error error;
    const void *found;

    if (plugin_find(&found, &wanted, &error) || (table = found)->check(text, &error) ||
        table->open(&device, wish, &error)) {
        print_message("without the engine torch: %s\n", error.message);
        return NULL;
    }
    print_message("%s\n", text);
    parity_device(device);
    return table->engine(device);
}

const engine_kind *torch_open(void)
{
    const torch_wish wish = { .ordinal = -1, .patience_ms = 1000 };

    return open_with(&wish);
}

const engine_kind *torch_open_on(const char *name, const char *folders, bool own)
{
    static const plugin_wanted cuda = { .name = "cuda",
                                        .abi = EFFECT_DEVICE_ABI,
                                        .size = sizeof(effect_device_table) };
    torch_wish wish = { .ordinal = device_ordinal(name), .patience_ms = 1000 };
    const void *found;
    inspyr_error error;

    assert_int_equal(setenv("INSPYR_PLUGIN_PATH", folders, 1), 0);
    if (own) {
        if (plugin_find(&found, &cuda, &error))
            fail_msg("%s", error.message);
        wish.own = ((const effect_device_table *)found)->net;
        wish.own_in_float = true;
    }
    return open_with(&wish);
}

void torch_close(void)
{
    if (device)
        table->close(device);
    device = NULL;
}

/* The comparison of a GPU's kernels with those played here, tried with a device that is the CPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/plugin.h"
#include "twins_net.h"

static void a_device_that_is_the_cpu_has_no_other_numbers(void **state)
{
    static const plugin_wanted wanted = { .name = "cuda",
                                          .abi = EFFECT_DEVICE_ABI,
                                          .size = sizeof(effect_device_table) };
    const effect_device_table *cuda;
    const void *table;
    effect_device *device;
    inspyr_allocator allocator;
    inspyr_error error;
    char text[EFFECT_DEVICE_TEXT];

    (void)state;
    assert_int_equal(setenv("INSPYR_PLUGIN_PATH", TEST_PLUGINS, 1), 0);
    assert_int_equal(memory_import(&allocator, NULL, &error), INSPYR_OK);
    assert_int_equal(plugin_find(&table, &wanted, &error), INSPYR_OK);
    cuda = table;
    assert_int_equal(cuda->open(&device, 0, &allocator, text, &error), INSPYR_OK);
    assert_int_equal(twins_net(cuda, device, 2), 0);
    cuda->close(device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_that_is_the_cpu_has_no_other_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

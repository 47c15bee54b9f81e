/* The plug-in's launches of the network refuse what no kernel may see. Needs no device: nothing is launched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <string.h>

#include "base/plugin.h"
#include "kernels/effect_device.h"

static const net_device_table *net;

static int find_table(void **state)
{
    static const plugin_wanted wanted = { .name = "cuda",
                                          .abi = EFFECT_DEVICE_ABI,
                                          .size = sizeof(effect_device_table) };
    const void *table;
    inspyr_error error;

    (void)state;
    if (plugin_find(&table, &wanted, &error))
        fail_msg("%s", error.message);
    net = ((const effect_device_table *)table)->net;
    assert_non_null(net);
    return 0;
}

static void the_table_is_of_this_abi(void **state)
{
    (void)state;
    assert_int_equal(net->abi, NET_DEVICE_ABI);
    assert_int_equal(net->size, sizeof(net_device_table));
}

static void every_launch_refuses_an_empty_job(void **state)
{
    static const union {
        net_picture picture;
        net_resize resize;
        net_norm norm;
        net_window window;
        net_sica_maps sica_maps;
        net_context context;
        net_attend attend;
        net_axial axial;
        net_expand expand;
        net_pool pool;
        net_pair pair;
        net_simple simple;
        net_extremes extremes;
        net_matte matte;
    } none;
    inspyr_error error;

    (void)state;
#define REFUSED(launch, job)                                                                                   \
    assert_int_equal(net->launch(&none.job, NULL, &error), INSPYR_ERR_ARGUMENT);                               \
    assert_non_null(strstr(error.message, #launch))
    REFUSED(picture, picture);
    REFUSED(resize, resize);
    REFUSED(norm, norm);
    REFUSED(window, window);
    REFUSED(sica_maps, sica_maps);
    REFUSED(context, context);
    REFUSED(attend, attend);
    REFUSED(axial, axial);
    REFUSED(expand, expand);
    REFUSED(pool, pool);
    REFUSED(pair, pair);
    REFUSED(merge, simple);
    REFUSED(mean, simple);
    REFUSED(softmax, simple);
    REFUSED(transition, simple);
    REFUSED(extremes, extremes);
    REFUSED(matte, matte);
}

/* Never read: the maps are refused before. */
#define SOMEWHERE ((void *)(uintptr_t)4096)

static net_map map(int32_t n, int32_t h, int32_t w, int32_t c)
{
    return (net_map){ SOMEWHERE, NET_HALF, n, h, w, c, c };
}

static void maps_that_do_not_fit_are_refused(void **state)
{
    const net_map fine = map(1, 24, 24, 32), wide = map(1, 24, 24, 96), huge = map(9, 1 << 15, 1 << 15, 8);
    const net_map huge_wide = map(9, 1 << 15, 1 << 15, 24);
    const net_window windows[] = {
        { wide, map(1, 24, 23, 32), SOMEWHERE, SOMEWHERE, 1, 12, 0 },
        { fine, fine, SOMEWHERE, SOMEWHERE, 1, 12, 0 },
        { wide, fine, NULL, SOMEWHERE, 1, 12, 0 },
        { wide, fine, SOMEWHERE, SOMEWHERE, 3, 12, 0 },
        { wide, fine, SOMEWHERE, SOMEWHERE, 1, 25, 0 },
        { wide, fine, SOMEWHERE, SOMEWHERE, 1, 12, 12 },
        { wide, fine, SOMEWHERE, SOMEWHERE, 0, 12, 0 },
        { huge_wide, huge, SOMEWHERE, SOMEWHERE, 1, 12, 0 },
    };
    const net_resize resizes[] = {
        { .in = { fine }, .out = wide, .count = 1 },
        { .in = { fine }, .out = map(1, 25, 24, 32), .count = 1 },
        { .in = { fine }, .out = fine, .count = 1, .sampling = { 3 } },
        { .in = { fine }, .out = fine, .count = NET_INPUTS + 1 },
        { .in = { huge }, .out = huge, .count = 1 },
        { .in = { map(2, 24, 24, 32) }, .out = fine, .count = 1, .sampling = { NET_CORNERS } },
    };
    const net_attend attends[] = {
        { fine, map(1, 1, NET_KEYS + 1, 32), map(1, 1, NET_KEYS + 1, 32), fine, 1 },
        { fine, map(1, 1, 5, 31), map(1, 1, 5, 32), fine, 1 },
        { map(1, 24, 24, 256), map(1, 1, 5, 256), map(1, 1, 5, 32), fine, 1 },
    };
    inspyr_error error;

    (void)state;
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++)
        assert_int_equal(net->window(&windows[i], NULL, &error), INSPYR_ERR_ARGUMENT);
    for (size_t i = 0; i < sizeof resizes / sizeof *resizes; i++)
        assert_int_equal(net->resize(&resizes[i], NULL, &error), INSPYR_ERR_ARGUMENT);
    for (size_t i = 0; i < sizeof attends / sizeof *attends; i++)
        assert_int_equal(net->attend(&attends[i], NULL, &error), INSPYR_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_of_this_abi),
        cmocka_unit_test(every_launch_refuses_an_empty_job),
        cmocka_unit_test(maps_that_do_not_fit_are_refused),
    };

    return cmocka_run_group_tests(tests, find_table, NULL);
}

/* Effects on a device: the plug-in is one whose device is the CPU (tests/plugin/cuda_alone.c), then the real
 * one on a machine that has no device. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plugin.h"
#include "effect/effect_table.h"
#include "kernels/effect_device.h"
#include "support/canvas.h"
#include "support/effects.h"

#define N 10

static const char *const names[N] = { "color",   "enhancedblackwhite",
                                      "popart",  "dithering",
                                      "duotone", "retro8bit",
                                      "sketch",  "watercolor",
                                      "mosaic",  "retro8bit:quality_preset=quality" };

static char *built; /* INSPYR_PLUGIN_PATH, as the build sets it */

/* What the callback for results was told. */
typedef struct told {
    int count;
    char devices[N][16], notes[N][256];
} told;

static int listen(void *user, const inspyr_effect_result *result)
{
    told *t = user;

    t->count++;
    snprintf(t->devices[result->index], sizeof t->devices[0], "%s", result->device);
    snprintf(t->notes[result->index], sizeof t->notes[0], "%s", result->note);
    return 0;
}

static inspyr_effect_options options_for(const char *device, inspyr_need need, told *t)
{
    inspyr_effect_options o;

    memset(t, 0, sizeof *t);
    inspyr_effect_options_init(&o);
    o.seed = 99;
    o.device = device;
    o.device_need = need;
    o.result = listen;
    o.result_user = t;
    return o;
}

static void draw_all(uint32_t crcs[N], const inspyr_view *picture, const inspyr_effect_options *o)
{
    inspyr_image *outs[N];
    inspyr_error error;

    if (inspyr_apply_effects(outs, NULL, picture, NULL, names, N, o, &error))
        fail_msg("%s", error.message);
    for (int i = 0; i < N; i++) {
        inspyr_view view;

        inspyr_image_view(outs[i], &view);
        crcs[i] = view_crc(&view);
        inspyr_image_free(outs[i]);
    }
}

static void a_device_draws_what_it_has_and_the_cpu_the_rest(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_RGB8, INSPYR_BGRA8 };

    (void)state;
    setenv("INSPYR_PLUGIN_PATH", TEST_PLUGINS, 1);
    for (int f = 0; f < 3; f++) {
        chance random = { 81 };
        canvas in = canvas_make(211, 97, formats[f], f == 0);
        uint32_t want[N], got[N];
        told t;
        inspyr_effect_options o = options_for(NULL, INSPYR_NEED_PREFERRED, &t);

        canvas_fill(&in, &random);
        draw_all(want, &in.view, &o);
        for (int i = 0; i < N; i++)
            assert_string_equal(t.devices[i], "cpu");
        o = options_for("cuda", INSPYR_NEED_PREFERRED, &t);
        draw_all(got, &in.view, &o);
        assert_memory_equal(got, want, sizeof want);
        assert_int_equal(t.count, N);
        for (int i = 0; i < N; i++) {
            assert_string_equal(t.devices[i], i < N - 1 ? "cuda:0" : "cpu");
            assert_string_equal(t.notes[i], i < N - 1 ? "" : "the device does not have it");
        }
        canvas_free(&in);
    }
}

static void a_required_device_fails_for_what_it_does_not_have(void **state)
{
    pixels p = noise(20, 20, INSPYR_RGB8, 3);
    inspyr_status statuses[N];
    inspyr_image *outs[N];
    inspyr_error error;
    told t;
    inspyr_effect_options o = options_for("cuda:0", INSPYR_NEED_REQUIRED, &t);

    (void)state;
    setenv("INSPYR_PLUGIN_PATH", TEST_PLUGINS, 1);
    assert_int_equal(inspyr_apply_effects(outs, statuses, &p.view, NULL, names, N, &o, &error),
                     INSPYR_ERR_UNSUPPORTED);
    assert_string_equal(error.message, "cuda:0 is required, and does not have retro8bit");
    for (int i = 0; i < N; i++) {
        assert_int_equal(statuses[i], i < N - 1 ? INSPYR_OK : INSPYR_ERR_UNSUPPORTED);
        assert_true((outs[i] != NULL) == (i < N - 1));
        inspyr_image_free(outs[i]);
    }
    free(p.data);
}

static void whatever_fails_on_a_device_the_cpu_draws_or_it_is_an_error(void **state)
{
    static const char *const functions[] = {
        "open", "source", "create", "upload", "apply", "download", "wait"
    };
    pixels p = noise(40, 30, INSPYR_RGBA8, 4);
    uint32_t want[N], got[N];
    told t;
    inspyr_effect_options o = options_for(NULL, INSPYR_NEED_PREFERRED, &t);

    (void)state;
    setenv("INSPYR_PLUGIN_PATH", TEST_PLUGINS, 1);
    draw_all(want, &p.view, &o);
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        inspyr_image *outs[N];
        inspyr_error error;
        char reason[64];

        setenv("INSPYR_CUDA_FAILS", functions[k], 1);
        snprintf(reason, sizeof reason, "%s fails", functions[k]);
        o = options_for("cuda:0", INSPYR_NEED_PREFERRED, &t);
        draw_all(got, &p.view, &o);
        assert_memory_equal(got, want, sizeof want);
        for (int i = 0; i < N; i++) {
            assert_string_equal(t.devices[i], "cpu");
            assert_non_null(strstr(t.notes[i], reason));
        }
        o = options_for("cuda:0", INSPYR_NEED_REQUIRED, &t);
        assert_int_equal(inspyr_apply_effects(outs, NULL, &p.view, NULL, names, N, &o, &error),
                         INSPYR_ERR_DEVICE);
        assert_non_null(strstr(error.message, reason));
        for (int i = 0; i < N; i++)
            assert_null(outs[i]);
    }
    unsetenv("INSPYR_CUDA_FAILS");
    free(p.data);
}

/* The first effect's device, or the status that there is instead. */
static inspyr_status device_of(char device[16], const char *name, inspyr_need need)
{
    pixels p = noise(9, 9, INSPYR_RGBA8, 4);
    inspyr_image *out;
    told t;
    inspyr_effect_options o = options_for(name, need, &t);
    inspyr_status status = inspyr_apply_effects(&out, NULL, &p.view, NULL, names, 1, &o, NULL);

    strcpy(device, t.devices[0]);
    inspyr_image_free(out);
    free(p.data);
    return status;
}

static void names_and_needs_of_devices(void **state)
{
    static const struct {
        const char *name;
        inspyr_need need;
        const char *device; /* NULL: INSPYR_ERR_DEVICE */
    } rows[] = {
        { NULL, INSPYR_NEED_REQUIRED, "cpu" },        { "cpu", INSPYR_NEED_PREFERRED, "cpu" },
        { "cpu", INSPYR_NEED_REQUIRED, "cpu" },       { "cpu", INSPYR_NEED_FORBIDDEN, "cuda:0" },
        { "cuda:7", INSPYR_NEED_REQUIRED, "cuda:7" }, { "cuda:0", INSPYR_NEED_FORBIDDEN, "cpu" },
        { "cuda:", INSPYR_NEED_REQUIRED, NULL },      { "cuda:1x", INSPYR_NEED_REQUIRED, NULL },
        { "cuda:1000", INSPYR_NEED_REQUIRED, NULL },  { "metal", INSPYR_NEED_REQUIRED, NULL },
        { "metal", INSPYR_NEED_PREFERRED, "cpu" },
    };
    char device[16];

    (void)state;
    setenv("INSPYR_PLUGIN_PATH", TEST_PLUGINS, 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        inspyr_status status = device_of(device, rows[i].name, rows[i].need);

        assert_int_equal(status, rows[i].device ? INSPYR_OK : INSPYR_ERR_DEVICE);
        if (rows[i].device)
            assert_string_equal(device, rows[i].device);
    }
    assert_int_equal(device_of(device, "cuda:0", (inspyr_need)3), INSPYR_ERR_ARGUMENT);
}

static void without_the_plug_in_the_reason_says_so(void **state)
{
    pixels p = noise(9, 9, INSPYR_RGBA8, 4);
    inspyr_image *out;
    inspyr_error error;
    told t;
    inspyr_effect_options o = options_for("cuda:0", INSPYR_NEED_REQUIRED, &t);

    (void)state;
    setenv("INSPYR_PLUGIN_PATH", TEST_DATA, 1);
    assert_int_equal(inspyr_apply_effects(&out, NULL, &p.view, NULL, names, 1, &o, &error), INSPYR_ERR_DEVICE);
    assert_string_equal(error.message, "device cuda:0 is required: the plug-in is not installed");
    free(p.data);
}

/* On a machine with a device there is nothing to see here: tests/twins_cuda.c is for those. */
static void the_plug_in_says_what_cuda_says_without_a_driver(void **state)
{
    static const plugin_wanted wanted = { .name = "cuda",
                                          .abi = EFFECT_DEVICE_ABI,
                                          .size = sizeof(effect_device_table) };
    const void *found;
    const effect_device_table *table;
    effect_device *device = (effect_device *)&wanted;
    inspyr_effect_values values;
    char text[EFFECT_DEVICE_TEXT];
    inspyr_allocator allocator = { 0 };
    inspyr_error error;

    (void)state;
    setenv("INSPYR_PLUGIN_PATH", built, 1);
    if (plugin_find(&found, &wanted, NULL))
        skip();
    table = found;
    effect_presets(&values, EFFECT_retro8bit);
    assert_true(table->has(EFFECT_retro8bit, values.values));
    values.values[0] = 2;
    assert_false(table->has(EFFECT_retro8bit, values.values));
    assert_false(table->has(EFFECT_COUNT, values.values));
    if (table->open(&device, 999, &allocator, text, &error) == INSPYR_OK)
        fail_msg("a thousand devices");
    assert_int_equal(error.status, INSPYR_ERR_DEVICE);
    assert_true(strstr(error.message, "driver") || strstr(error.message, "device"));
    assert_null(device);
    table->close(NULL);
    table->free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_draws_what_it_has_and_the_cpu_the_rest),
        cmocka_unit_test(a_required_device_fails_for_what_it_does_not_have),
        cmocka_unit_test(whatever_fails_on_a_device_the_cpu_draws_or_it_is_an_error),
        cmocka_unit_test(names_and_needs_of_devices),
        cmocka_unit_test(without_the_plug_in_the_reason_says_so),
        cmocka_unit_test(the_plug_in_says_what_cuda_says_without_a_driver),
    };

    built = getenv("INSPYR_PLUGIN_PATH") ? strdup(getenv("INSPYR_PLUGIN_PATH")) : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}

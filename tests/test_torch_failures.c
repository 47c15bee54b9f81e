/* What becomes of a model when its GPU has no memory, is lost, hangs, or is not there: on a device that a
 * script plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/pictures.h"

#define BATCH 4

static inspyr_status load(inspyr_model **out, const char *passes, inspyr_need need, inspyr_error *error)
{
    inspyr_load_options o;

    setenv("INSPYR_SCRIPT_PASSES", passes, 1);
    inspyr_load_options_init(&o);
    o.device = "cuda";
    o.device_need = need;
    return inspyr_model_load(out, TINY, &o, error);
}

static inspyr_model *opened(const char *passes, inspyr_need need)
{
    inspyr_error error;
    inspyr_model *m;

    if (load(&m, passes, need, &error))
        fail_msg("%s", error.message);
    return m;
}

/* Mattes of a batch as bytes; status otherwise. */
static inspyr_status mattes(inspyr_model *m, unsigned char *bytes, inspyr_error *error)
{
    pixels picture = noise(40, 24, INSPYR_RGB8, 3);
    inspyr_view pictures[BATCH], alphas[BATCH];
    inspyr_status status;

    for (size_t i = 0; i < BATCH; i++) {
        pictures[i] = picture.view;
        alphas[i] = (inspyr_view){ bytes + i * 40 * 24, 40, 40, 24, INSPYR_GREY8, 0 };
    }
    status = inspyr_matte(m, pictures, alphas, BATCH, NULL, error);
    free(picture.data);
    return status;
}

static unsigned char expected[BATCH * 40 * 24];

static void gives_the_same(inspyr_model *m)
{
    unsigned char bytes[sizeof expected];
    inspyr_error error;

    if (mattes(m, bytes, &error))
        fail_msg("%s", error.message);
    for (size_t i = 0; i < sizeof bytes; i++)
        if (abs(bytes[i] - expected[i]) > 1)
            fail_msg("pixel %zu is %d, expected %d", i, bytes[i], expected[i]);
}

static void fails_with(inspyr_model *m, inspyr_status status, const char *word)
{
    unsigned char bytes[sizeof expected];
    inspyr_error error;

    assert_int_equal(mattes(m, bytes, &error), status);
    if (!strstr(error.message, word))
        fail_msg("\"%s\" says nothing of \"%s\"", error.message, word);
}

static void a_model_on_a_gpu_gives_what_the_processor_gives_and_names_it(void **state)
{
    inspyr_model *m = opened(".", INSPYR_NEED_REQUIRED);
    inspyr_info info;

    (void)state;
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.device, "cuda:0");
    assert_string_equal(info.engine, "torch");
    assert_string_equal(info.instructions, "sm_00");
    assert_string_equal(info.note, "");
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_READY);
    gives_the_same(m);
    gives_the_same(m);
    inspyr_model_free(m);
}

static void without_memory_once_it_frees_what_waits_and_goes_on(void **state)
{
    inspyr_model *m = opened("m.", INSPYR_NEED_REQUIRED);

    (void)state;
    gives_the_same(m);
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_READY);
    inspyr_model_free(m);
}

static void without_memory_twice_it_goes_on_in_halves(void **state)
{
    inspyr_model *m = opened("mm.", INSPYR_NEED_REQUIRED);

    (void)state;
    gives_the_same(m);
    inspyr_model_free(m);
}

static void without_any_memory_it_says_so_and_stays_usable(void **state)
{
    inspyr_model *m = opened("mmmmmm.", INSPYR_NEED_REQUIRED);

    (void)state;
    fails_with(m, INSPYR_ERR_DEVICE_MEMORY, "out of memory");
    gives_the_same(m);
    inspyr_model_free(m);
}

static void without_memory_the_cpu_does_it_where_it_may_and_the_state_says_so(void **state)
{
    inspyr_model *m = opened("m", INSPYR_NEED_PREFERRED);

    (void)state;
    gives_the_same(m);
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_DEGRADED);
    inspyr_model_free(m);
}

static void a_lost_device_fails_the_model_for_good(void **state)
{
    inspyr_model *m = opened(".s.", INSPYR_NEED_REQUIRED);

    (void)state;
    gives_the_same(m);
    fails_with(m, INSPYR_ERR_DEVICE, "illegal memory access");
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_FAILED);
    fails_with(m, INSPYR_ERR_DEVICE, "load the model again");
    inspyr_model_free(m);
}

static void a_lost_device_is_replaced_by_the_cpu_where_it_may_be(void **state)
{
    inspyr_model *m = opened("s", INSPYR_NEED_PREFERRED);

    (void)state;
    gives_the_same(m);
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_DEGRADED);
    gives_the_same(m);
    inspyr_model_free(m);
}

static void a_device_that_hangs_is_an_error_and_lost(void **state)
{
    inspyr_model *m = opened("h", INSPYR_NEED_REQUIRED);

    (void)state;
    fails_with(m, INSPYR_ERR_DEVICE, "did not answer within 20000 ms");
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_FAILED);
    fails_with(m, INSPYR_ERR_DEVICE, "lost");
    inspyr_model_free(m);
}

static void is_not_loaded(inspyr_need need, inspyr_status status, const char *word)
{
    inspyr_model *m = NULL;
    inspyr_error error;

    assert_int_equal(load(&m, ".", need, &error), status);
    assert_null(m);
    if (!strstr(error.message, word))
        fail_msg("\"%s\" says nothing of \"%s\"", error.message, word);
}

static void too_little_free_memory_is_found_before_weights_are_read(void **state)
{
    inspyr_load_options o;
    inspyr_model *m;
    inspyr_error error;

    (void)state;
    inspyr_load_options_init(&o);
    o.device = "cuda:0";
    o.device_need = INSPYR_NEED_REQUIRED;
    o.device_reserve = (uint64_t)1 << 35;
    assert_int_equal(inspyr_model_load(&m, "there is no such file", &o, &error), INSPYR_ERR_DEVICE_MEMORY);
    assert_non_null(strstr(error.message, "34.36 GB are wanted"));
}

static void a_gpu_that_is_not_there_is_an_error_or_a_note(void **state)
{
    inspyr_model *m;
    inspyr_info info;

    (void)state;
    setenv("INSPYR_SCRIPT_GPUS", "0", 1);
    is_not_loaded(INSPYR_NEED_REQUIRED, INSPYR_ERR_DEVICE, "the script has none");
    m = opened(".", INSPYR_NEED_PREFERRED);
    setenv("INSPYR_SCRIPT_GPUS", "1", 1);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.device, "cpu");
    assert_non_null(strstr(info.note, "the script has none"));
    assert_int_equal(inspyr_model_state(m), INSPYR_STATE_DEGRADED);
    inspyr_model_free(m);
}

static void a_forbidden_cpu_means_a_gpu(void **state)
{
    inspyr_load_options o;
    inspyr_model *m;
    inspyr_info info;

    (void)state;
    setenv("INSPYR_SCRIPT_PASSES", ".", 1);
    inspyr_load_options_init(&o);
    o.device = "cpu";
    o.device_need = INSPYR_NEED_FORBIDDEN;
    assert_int_equal(inspyr_model_load(&m, TINY, &o, NULL), INSPYR_OK);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.device, "cuda:0");
    inspyr_model_free(m);
}

static void names_of_devices_are_checked(void **state)
{
    static const char *const wrong[] = { "cuda:", "cuda:1x", "cuda:-1", "cuda:1" };
    inspyr_load_options o;

    (void)state;
    inspyr_load_options_init(&o);
    o.device_need = INSPYR_NEED_REQUIRED;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        inspyr_model *m;
        inspyr_error error;

        o.device = wrong[i];
        assert_int_equal(inspyr_model_load(&m, TINY, &o, &error), INSPYR_ERR_DEVICE);
        if (!strstr(error.message, wrong[i]))
            fail_msg("\"%s\" does not name %s", error.message, wrong[i]);
    }
}

static void in_a_forked_child_it_is_an_error_and_no_hang(void **state)
{
    inspyr_model *m = opened(".", INSPYR_NEED_REQUIRED);
    int status;
    pid_t child;

    (void)state;
    gives_the_same(m);
    child = fork();
    if (!child) {
        unsigned char bytes[sizeof expected];

        alarm(20);
        if (mattes(m, bytes, NULL) != INSPYR_ERR_FORKED)
            _exit(1);
        inspyr_model_free(m);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    gives_the_same(m);
    inspyr_model_free(m);
}

static void a_workspace_limit_makes_batches_smaller_and_then_is_an_error(void **state)
{
    inspyr_load_options o;
    inspyr_model *m;
    inspyr_info info;
    uint64_t limit;

    (void)state;
    inspyr_info_init(&info);
    m = loaded(TINY, NULL, NULL);
    gives_the_same(m);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    limit = info.workspace_bytes;
    inspyr_model_free(m);

    inspyr_load_options_init(&o);
    o.workspace_limit = limit - 1;
    assert_int_equal(inspyr_model_load(&m, TINY, &o, NULL), INSPYR_OK);
    gives_the_same(m);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_true(info.workspace_bytes > 0 && info.workspace_bytes < limit);
    inspyr_model_free(m);

    o.workspace_limit = limit / 100;
    assert_int_equal(inspyr_model_load(&m, TINY, &o, NULL), INSPYR_OK);
    fails_with(m, INSPYR_ERR_MEMORY, "workspace_limit");
    inspyr_model_free(m);
}

static void the_list_has_the_gpu_or_why_there_is_none(void **state)
{
    inspyr_device d;

    (void)state;
    inspyr_device_init(&d);
    assert_int_equal(inspyr_device_list(&d, 3, NULL), INSPYR_OK);
    assert_string_equal(d.device, "cuda:0");
    assert_string_equal(d.name, "a script");
    assert_string_equal(d.precisions, "exact bf16 fp16");
    assert_string_equal(d.reason, "");
    assert_int_equal(inspyr_device_list(&d, 4, NULL), INSPYR_ERR_ARGUMENT);
    setenv("INSPYR_SCRIPT_GPUS", "0", 1);
    assert_int_equal(inspyr_device_list(&d, 3, NULL), INSPYR_OK);
    assert_non_null(strstr(d.reason, "the script has none"));
    setenv("INSPYR_SCRIPT_GPUS", "1", 1);
}

static int remember(void **state)
{
    inspyr_model *m;
    inspyr_status status;

    (void)state;
    setenv("INSPYR_PLUGIN_PATH", TEST_TORCH, 1);
    setenv("INSPYR_SCRIPT_GPUS", "1", 1);
    m = loaded(TINY, NULL, NULL);
    status = mattes(m, expected, NULL);
    inspyr_model_free(m);
    return (int)status;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_on_a_gpu_gives_what_the_processor_gives_and_names_it),
        cmocka_unit_test(without_memory_once_it_frees_what_waits_and_goes_on),
        cmocka_unit_test(without_memory_twice_it_goes_on_in_halves),
        cmocka_unit_test(without_any_memory_it_says_so_and_stays_usable),
        cmocka_unit_test(without_memory_the_cpu_does_it_where_it_may_and_the_state_says_so),
        cmocka_unit_test(a_lost_device_fails_the_model_for_good),
        cmocka_unit_test(a_lost_device_is_replaced_by_the_cpu_where_it_may_be),
        cmocka_unit_test(a_device_that_hangs_is_an_error_and_lost),
        cmocka_unit_test(too_little_free_memory_is_found_before_weights_are_read),
        cmocka_unit_test(a_gpu_that_is_not_there_is_an_error_or_a_note),
        cmocka_unit_test(a_forbidden_cpu_means_a_gpu),
        cmocka_unit_test(names_of_devices_are_checked),
        cmocka_unit_test(in_a_forked_child_it_is_an_error_and_no_hang),
        cmocka_unit_test(a_workspace_limit_makes_batches_smaller_and_then_is_an_error),
        cmocka_unit_test(the_list_has_the_gpu_or_why_there_is_none),
    };
    return cmocka_run_group_tests(tests, remember, NULL);
}

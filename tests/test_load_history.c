#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/context/load_history.h"

static char path[64];
static char key[65], other[65];

static int make_keys(void **state)
{
    inspyr_load_options options;

    (void)state;
    snprintf(path, sizeof path, "/tmp/inspyr-history-%d", (int)getpid());
    inspyr_load_options_init(&options);
    load_history_key(key, NULL, &options);
    load_history_key(other, "model.safetensors", &options);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void write_text(const char *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fputs(text, file) < 0, 0);
    assert_int_equal(fclose(file), 0);
}

static void estimates_are_the_median_of_the_loads_of_one_key(void **state)
{
    (void)state;
    assert_true(load_history_estimate(path, key) < 0);
    assert_int_equal(load_history_add(path, key, 2, NULL), INSPYR_OK);
    assert_int_equal(load_history_add(path, key, 90.5, NULL), INSPYR_OK);
    assert_int_equal(load_history_add(path, other, 7, NULL), INSPYR_OK);
    assert_int_equal(load_history_add(path, key, 3.25, NULL), INSPYR_OK);
    assert_true(load_history_estimate(path, key) == 3.25);
    assert_true(load_history_estimate(path, other) == 7);
    assert_true(load_history_estimate(NULL, key) < 0);
}

static void old_loads_make_room_for_new_ones(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++)
        assert_int_equal(load_history_add(path, key, 100, NULL), INSPYR_OK);
    assert_int_equal(load_history_add(path, other, 7, NULL), INSPYR_OK);
    for (int i = 0; i < LOAD_HISTORY_EACH; i++)
        assert_int_equal(load_history_add(path, key, 1, NULL), INSPYR_OK);
    assert_true(load_history_estimate(path, key) == 1);
    assert_true(load_history_estimate(path, other) == 7);
}

static void the_file_stays_small_whatever_is_loaded(void **state)
{
    FILE *file;
    long size;

    (void)state;
    for (int i = 0; i < 200; i++) {
        char name[32], one[65];
        inspyr_load_options options;

        inspyr_load_options_init(&options);
        snprintf(name, sizeof name, "model-%d", i);
        load_history_key(one, name, &options);
        assert_int_equal(load_history_add(path, one, i, NULL), INSPYR_OK);
        assert_true(load_history_estimate(path, one) == i);
    }
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size = ftell(file);
    fclose(file);
    assert_in_range(size, 1, LOAD_HISTORY_LINES * 96);
}

static void damage_costs_the_damaged_line_alone(void **state)
{
    char text[1024];

    (void)state;
    snprintf(text, sizeof text,
             "%s 4.000\nrubbish\n%s nan\n%s -1.000\n%s 1e9\n%s 99999999999999999999.000\n%s 5.0000\n%s 6.0x0\n"
             "%.63s 8.000\n%s 7.000x\n%s 9.000",
             key, key, key, key, key, key, key, key, key, key);
    write_text(text);
    assert_true(load_history_estimate(path, key) == 4);
    assert_int_equal(load_history_add(path, key, 4, NULL), INSPYR_OK);
    assert_true(load_history_estimate(path, key) == 4);
}

static void keys_differ_by_all_that_loading_depends_on(void **state)
{
    inspyr_load_options options, same;
    char a[65], b[65];

    (void)state;
    inspyr_load_options_init(&options);
    load_history_key(a, "x", &options);
    for (int i = 0; i < 5; i++) {
        same = options;
        same.device = i == 0 ? "cuda" : NULL;
        same.engine = i == 1 ? "torch" : NULL;
        same.cache_dir = i == 2 ? "/tmp" : NULL;
        same.precision = i == 3 ? INSPYR_PRECISION_BF16 : INSPYR_PRECISION_AUTO;
        same.device_reserve = i == 4 ? 1 : 0;
        load_history_key(b, "x", &same);
        assert_string_not_equal(a, b);
    }
    load_history_key(b, "y", &options);
    assert_string_not_equal(a, b);
    load_history_key(b, NULL, &options);
    assert_string_not_equal(a, b);
    load_history_key(b, "x", &options);
    assert_string_equal(a, b);
}

static void a_folder_that_is_not_there_is_an_error_and_no_more(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(load_history_add("/nonexistent/history", key, 1, &error), INSPYR_ERR_FILE);
    assert_true(load_history_estimate("/nonexistent/history", key) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(estimates_are_the_median_of_the_loads_of_one_key, remove_file),
        cmocka_unit_test_teardown(old_loads_make_room_for_new_ones, remove_file),
        cmocka_unit_test_teardown(the_file_stays_small_whatever_is_loaded, remove_file),
        cmocka_unit_test_teardown(damage_costs_the_damaged_line_alone, remove_file),
        cmocka_unit_test(keys_differ_by_all_that_loading_depends_on),
        cmocka_unit_test(a_folder_that_is_not_there_is_an_error_and_no_more),
    };
    return cmocka_run_group_tests(tests, make_keys, NULL);
}

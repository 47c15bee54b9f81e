#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/status.h"

static void a_message_is_one_line_even_if_a_name_has_a_newline(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(failed(&error, INSPYR_ERR_FILE, "%s: not found", "a\nb"), INSPYR_ERR_FILE);
    assert_string_equal(error.message, "a b: not found");
    assert_int_equal(error.status, INSPYR_ERR_FILE);
}

static void every_status_has_its_own_name_and_text(void **state)
{
    static const inspyr_status all[] = {
#define VALUE(name, value, text) INSPYR_##name,
        INSPYR_STATUS_LIST(VALUE)
#undef VALUE
    };

    (void)state;
    assert_string_equal(inspyr_status_text(INSPYR_OK), "success");
    assert_string_equal(inspyr_status_text(INSPYR_ERR_LIMIT), "the image is larger than the limits allow");
    assert_string_equal(inspyr_status_text((inspyr_status)-999), "unknown status");
    assert_string_equal(inspyr_status_name(INSPYR_OK), "OK");
    assert_string_equal(inspyr_status_name(INSPYR_ERR_IMAGE), "ERR_IMAGE");
    assert_string_equal(inspyr_status_name((inspyr_status)-999), "UNKNOWN");
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(inspyr_status_text(all[i]), inspyr_status_text(all[j]));
}

static void a_long_message_is_cut_and_stays_terminated(void **state)
{
    inspyr_error error;

    (void)state;
    memset(&error, 0xAA, sizeof error);
    assert_int_equal(failed(&error, INSPYR_ERR_FILE, "%1000s", "x"), INSPYR_ERR_FILE);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

static void success_clears_what_an_earlier_failure_said(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(failed(&error, INSPYR_ERR_FILE, "no such file"), INSPYR_ERR_FILE);
    succeeded(&error);
    assert_int_equal(error.status, INSPYR_OK);
    assert_string_equal(error.message, "");
}

static void the_version_in_the_library_is_the_header_s(void **state)
{
    char version[32];

    (void)state;
    snprintf(version, sizeof version, "%d.%d.%d", INSPYR_VERSION_MAJOR, INSPYR_VERSION_MINOR,
             INSPYR_VERSION_PATCH);
    assert_string_equal(inspyr_version(), version);
    assert_non_null(strstr(inspyr_features(), "plain"));
    assert_non_null(strstr(inspyr_features(), "build="));
}

static void a_failure_without_a_place_for_its_text_is_still_a_status(void **state)
{
    (void)state;
    assert_int_equal(failed(NULL, INSPYR_ERR_MEMORY, "no room"), INSPYR_ERR_MEMORY);
    succeeded(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_one_line_even_if_a_name_has_a_newline),
        cmocka_unit_test(every_status_has_its_own_name_and_text),
        cmocka_unit_test(a_long_message_is_cut_and_stays_terminated),
        cmocka_unit_test(success_clears_what_an_earlier_failure_said),
        cmocka_unit_test(the_version_in_the_library_is_the_header_s),
        cmocka_unit_test(a_failure_without_a_place_for_its_text_is_still_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

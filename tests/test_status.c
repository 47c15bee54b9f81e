#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/status.h"

static void a_message_is_one_line_even_if_a_name_has_a_newline(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(failed(&error, INSPYR_ERR_FILE, "%s: not found", "a\nb"), INSPYR_ERR_FILE);
    assert_string_equal(error.message, "a b: not found");
    assert_int_equal(error.status, INSPYR_ERR_FILE);
}

static void every_status_has_its_own_text(void **state)
{
    (void)state;
    assert_string_equal(inspyr_status_text(INSPYR_OK), "success");
    assert_string_equal(inspyr_status_text(INSPYR_ERR_LIMIT), "the image is larger than the limits allow");
    assert_string_equal(inspyr_status_text((inspyr_status)-999), "unknown status");
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
        cmocka_unit_test(every_status_has_its_own_text),
        cmocka_unit_test(a_failure_without_a_place_for_its_text_is_still_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

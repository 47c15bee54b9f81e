#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/log.h"

typedef struct heard {
    int lines;
    inspyr_log_level level;
    char last[1000];
} heard;

static void hear(void *user, inspyr_log_level level, const char *line)
{
    heard *h = user;

    h->lines++;
    h->level = level;
    strncpy(h->last, line, sizeof h->last - 1);
}

static void a_name_from_a_file_cannot_begin_a_line_of_its_own(void **state)
{
    heard h = { 0 };
    const log_hook hook = { hear, &h };

    (void)state;
    log_line(&hook, INSPYR_LOG_WARNING, "%s loaded", "x\r\nall is well\x1b[2J\x7f\xc3\xa9");
    assert_int_equal(h.lines, 1);
    assert_int_equal(h.level, INSPYR_LOG_WARNING);
    assert_string_equal(h.last, "x  all is well [2J \xc3\xa9 loaded");
}

static void a_line_too_long_is_cut(void **state)
{
    heard h = { 0 };
    const log_hook hook = { hear, &h };

    (void)state;
    log_line(&hook, INSPYR_LOG_INFO, "%0900d", 7);
    assert_int_equal(h.lines, 1);
    assert_in_range(strlen(h.last), 200, 899);
}

static void nobody_who_listens_is_fine(void **state)
{
    const log_hook hook = { NULL, NULL };

    (void)state;
    log_line(&hook, INSPYR_LOG_ERROR, "%d", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_from_a_file_cannot_begin_a_line_of_its_own),
        cmocka_unit_test(a_line_too_long_is_cut),
        cmocka_unit_test(nobody_who_listens_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

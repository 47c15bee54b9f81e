#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "support/boxes.h"

static void what_a_decoder_must_not_do_ends_it_and_the_next_call_works(void **state)
{
    static const char *const forbidden[] = { "open", "socket", "exec",    "fork",
                                             "kill", "code",   "protect", "limit" };
    inspyr_sandbox *sandbox = box_open(1, 0, 0);
    inspyr_error error;

    (void)state;
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        assert_int_equal(box_try(sandbox, forbidden[i], NULL, &error), INSPYR_ERR_IMAGE);
        assert_string_equal(error.message, "the decoder's process tried over this file what it must not do");
        assert_int_equal(box_try(sandbox, "fine", NULL, &error), INSPYR_OK);
    }
    assert_int_equal(box_try(sandbox, "leave", NULL, &error), INSPYR_ERR_IMAGE);
    assert_int_equal(box_try(sandbox, "crash", NULL, &error), INSPYR_ERR_IMAGE);
    assert_int_equal(box_try(sandbox, "fine", NULL, &error), INSPYR_OK);
    inspyr_sandbox_free(sandbox);
}

static void memory_and_files_of_a_decoder_are_few(void **state)
{
    inspyr_sandbox *sandbox = box_open(1, 0, 0);
    unsigned char pixel = 77;

    (void)state;
    assert_int_equal(box_try(sandbox, "files", &pixel, NULL), INSPYR_OK);
    assert_in_range(pixel, 0, 3);
    assert_int_equal(box_try(sandbox, "memory", &pixel, NULL), INSPYR_OK);
    assert_int_equal(pixel, 1);
    inspyr_sandbox_free(sandbox);
}

static void an_answer_that_lies_is_an_error_and_ends_its_helper(void **state)
{
    static const char *const lies[] = { "wide",   "many",    "negative",        "larger",      "longer",
                                        "format", "magic",   "status",          "both",        "unsealed",
                                        "half",   "profile", "endless profile", "orientation", "no file" };
    inspyr_sandbox *sandbox = box_open(1, 2000, 0);
    inspyr_error error;
    char word[32];

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        snprintf(word, sizeof word, "lie %s", lies[i]);
        assert_int_equal(box_try(sandbox, word, NULL, &error), INSPYR_ERR_IMAGE);
        if (strncmp(error.message, "the decoder's answer is not", 27) != 0)
            fail_msg("%s: %s", lies[i], error.message);
        assert_int_equal(box_try(sandbox, "fine", NULL, &error), INSPYR_OK);
    }
    assert_int_equal(box_try(sandbox, "lie nothing", NULL, &error), INSPYR_OK);
    inspyr_sandbox_free(sandbox);
}

static void a_text_from_there_is_one_line_that_ends(void **state)
{
    inspyr_sandbox *sandbox = box_open(1, 2000, 0);
    inspyr_error error;

    (void)state;
    assert_int_equal(box_try(sandbox, "lie text", NULL, &error), INSPYR_ERR_IMAGE);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    assert_int_equal(strspn(error.message, "?"), sizeof error.message - 1);
    inspyr_sandbox_free(sandbox);
}

static void a_decoder_that_hangs_is_ended_when_its_time_is_over(void **state)
{
    inspyr_sandbox *sandbox = box_open(1, 300, 0);
    inspyr_error error;
    double began = clock_ms();

    (void)state;
    assert_int_equal(box_try(sandbox, "hang", NULL, &error), INSPYR_ERR_LIMIT);
    assert_string_equal(error.message, "decoding took longer than it may");
    assert_true(clock_ms() - began >= 300);
    assert_int_equal(count_children(NULL), 0);
    assert_int_equal(box_try(sandbox, "fine", NULL, &error), INSPYR_OK);
    inspyr_sandbox_free(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_decoder_must_not_do_ends_it_and_the_next_call_works),
        cmocka_unit_test(memory_and_files_of_a_decoder_are_few),
        cmocka_unit_test(an_answer_that_lies_is_an_error_and_ends_its_helper),
        cmocka_unit_test(a_text_from_there_is_one_line_that_ends),
        cmocka_unit_test(a_decoder_that_hangs_is_ended_when_its_time_is_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

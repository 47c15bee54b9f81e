#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/options.h"

/* A struct as this library knows it, as its first version had it, and as a later library will have it. */
typedef struct ours {
    size_t struct_size;
    uint64_t flags;
    uint64_t added;
} ours;

typedef struct newer {
    ours known;
    uint64_t later;
} newer;

#define FIRST offsetof(ours, added)

static void an_older_caller_gets_zeros_for_what_it_does_not_know(void **state)
{
    ours theirs, got;

    (void)state;
    memset(&theirs, 0xAA, sizeof theirs);
    theirs.struct_size = FIRST;
    theirs.flags = 7;
    assert_int_equal(options_import(&got, sizeof got, FIRST, &theirs, NULL), INSPYR_OK);
    assert_int_equal(got.flags, 7);
    assert_int_equal(got.added, 0);
}

static void a_newer_caller_is_served_while_what_it_adds_is_zero(void **state)
{
    newer theirs = { { sizeof theirs, 7, 8 }, 0 };
    ours got;

    (void)state;
    assert_int_equal(options_import(&got, sizeof got, FIRST, &theirs, NULL), INSPYR_OK);
    assert_int_equal(got.flags, 7);
    assert_int_equal(got.added, 8);
}

static void a_newer_caller_that_asks_for_more_is_refused_by_name(void **state)
{
    newer theirs = { { sizeof theirs, 0, 0 }, UINT64_C(1) << 63 };
    ours got;
    inspyr_error error;

    (void)state;
    assert_int_equal(options_import(&got, sizeof got, FIRST, &theirs, &error), INSPYR_ERR_UNSUPPORTED);
    assert_int_equal(error.status, INSPYR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.message, inspyr_version()));
}

static void no_options_are_all_defaults(void **state)
{
    ours got;

    (void)state;
    memset(&got, 0xAA, sizeof got);
    assert_int_equal(options_import(&got, sizeof got, FIRST, NULL, NULL), INSPYR_OK);
    assert_int_equal(got.flags, 0);
    assert_int_equal(got.added, 0);
    assert_int_equal(got.struct_size, sizeof got);
}

static void a_size_that_was_never_set_is_an_argument_error(void **state)
{
    ours theirs = { 0, 0, 0 }, got;
    inspyr_error error;

    (void)state;
    assert_int_equal(options_import(&got, sizeof got, FIRST, &theirs, &error), INSPYR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "_init"));
    theirs.struct_size = FIRST - 1;
    assert_int_equal(options_import(&got, sizeof got, FIRST, &theirs, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(options_export(&theirs, FIRST, &got, sizeof got, NULL), INSPYR_ERR_ARGUMENT);
}

static void a_size_left_over_in_memory_is_an_argument_error(void **state)
{
    ours theirs, got;

    (void)state;
    memset(&theirs, 0xAA, sizeof theirs);
    assert_int_equal(options_import(&got, sizeof got, FIRST, &theirs, NULL), INSPYR_ERR_ARGUMENT);
    memset(&got, 0, sizeof got);
    assert_int_equal(options_export(&theirs, FIRST, &got, sizeof got, NULL), INSPYR_ERR_ARGUMENT);
}

static void an_older_caller_is_told_only_what_it_has_room_for(void **state)
{
    const ours mine = { sizeof mine, 7, 8 };
    ours theirs;

    (void)state;
    memset(&theirs, 0xAA, sizeof theirs);
    theirs.struct_size = FIRST;
    assert_int_equal(options_export(&theirs, FIRST, &mine, sizeof mine, NULL), INSPYR_OK);
    assert_int_equal(theirs.struct_size, FIRST);
    assert_int_equal(theirs.flags, 7);
    assert_int_equal(theirs.added, UINT64_C(0xAAAAAAAAAAAAAAAA));
}

static void a_newer_caller_reads_zero_where_this_library_knows_nothing(void **state)
{
    const ours mine = { sizeof mine, 7, 8 };
    newer theirs;

    (void)state;
    memset(&theirs, 0xAA, sizeof theirs);
    theirs.known.struct_size = sizeof theirs;
    assert_int_equal(options_export(&theirs, FIRST, &mine, sizeof mine, NULL), INSPYR_OK);
    assert_int_equal(theirs.known.struct_size, sizeof theirs);
    assert_int_equal(theirs.known.added, 8);
    assert_int_equal(theirs.later, 0);
}

static void nobody_who_wants_to_know_is_fine(void **state)
{
    const ours mine = { sizeof mine, 7, 8 };

    (void)state;
    assert_int_equal(options_export(NULL, FIRST, &mine, sizeof mine, NULL), INSPYR_OK);
}

static void unknown_flags_are_refused_and_named(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(options_flags(3, 3, &error), INSPYR_OK);
    assert_int_equal(options_flags(UINT64_C(1) << 40, 3, &error), INSPYR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "0x10000000000"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_older_caller_gets_zeros_for_what_it_does_not_know),
        cmocka_unit_test(a_newer_caller_is_served_while_what_it_adds_is_zero),
        cmocka_unit_test(a_newer_caller_that_asks_for_more_is_refused_by_name),
        cmocka_unit_test(no_options_are_all_defaults),
        cmocka_unit_test(a_size_that_was_never_set_is_an_argument_error),
        cmocka_unit_test(a_size_left_over_in_memory_is_an_argument_error),
        cmocka_unit_test(an_older_caller_is_told_only_what_it_has_room_for),
        cmocka_unit_test(a_newer_caller_reads_zero_where_this_library_knows_nothing),
        cmocka_unit_test(nobody_who_wants_to_know_is_fine),
        cmocka_unit_test(unknown_flags_are_refused_and_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

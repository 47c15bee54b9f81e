#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run/context/adaptive.h"
#include "support/chance.h"

static const int32_t delays[] = { 200, 800, 3000 };

static adaptive begun(void)
{
    adaptive a;

    assert_int_equal(adaptive_begin(&a, delays, 3, NULL), INSPYR_OK);
    return a;
}

static void without_levels_quality_never_changes(void **state)
{
    adaptive a;

    (void)state;
    assert_int_equal(adaptive_begin(&a, NULL, 0, NULL), INSPYR_OK);
    for (int64_t now = 0; now < 100000; now += 100)
        assert_int_equal(adaptive_saw(&a, 1000000, now), 0);
}

static void delays_that_do_not_rise_are_refused(void **state)
{
    static const int32_t wrong[][2] = { { 0, 5 }, { -1, 5 }, { 5, 5 }, { 6, 5 } };
    adaptive a;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(adaptive_begin(&a, wrong[i], 2, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(adaptive_begin(&a, delays, ADAPTIVE_LEVELS + 1, NULL), INSPYR_ERR_ARGUMENT);
}

static void one_slow_moment_lowers_nothing(void **state)
{
    adaptive a = begun();

    (void)state;
    for (int64_t now = 0; now < 100000; now += 100)
        assert_int_equal(adaptive_saw(&a, now % 400 == 0 ? 5000 : 10, now), 0);
}

static void lasting_delay_goes_down_one_level_at_a_time(void **state)
{
    adaptive a = begun();

    (void)state;
    assert_int_equal(adaptive_saw(&a, 5000, 0), 0);
    assert_int_equal(adaptive_saw(&a, 5000, ADAPTIVE_ENTER_MS - 1), 0);
    assert_int_equal(adaptive_saw(&a, 5000, ADAPTIVE_ENTER_MS), 1);
    assert_int_equal(adaptive_saw(&a, 5000, ADAPTIVE_ENTER_MS + 1), 1);
    assert_int_equal(adaptive_saw(&a, 5000, 2 * ADAPTIVE_ENTER_MS + 1), 2);
    assert_int_equal(adaptive_saw(&a, 5000, 2 * ADAPTIVE_ENTER_MS + 2), 2);
    assert_int_equal(adaptive_saw(&a, 5000, 3 * ADAPTIVE_ENTER_MS + 2), 3);
    assert_int_equal(adaptive_saw(&a, 500000, 9 * ADAPTIVE_ENTER_MS), 3);
}

static void a_level_is_kept_between_its_delay_and_half_of_it(void **state)
{
    adaptive a = begun();
    int64_t now = ADAPTIVE_ENTER_MS;

    (void)state;
    adaptive_saw(&a, 201, 0);
    assert_int_equal(adaptive_saw(&a, 201, now), 1);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(adaptive_saw(&a, 100 + i % 100, now += 100), 1);
    adaptive_saw(&a, 99, now += 100);
    assert_int_equal(adaptive_saw(&a, 99, now + ADAPTIVE_LEAVE_MS - 1), 1);
    assert_int_equal(adaptive_saw(&a, 99, now + ADAPTIVE_LEAVE_MS), 0);
}

static void levels_change_by_one_and_rest_in_between_under_any_delays(void **state)
{
    chance random = { 7 };
    adaptive a = begun();
    int64_t changed = -1000;
    int32_t level = 0;

    (void)state;
    for (int64_t now = 0; now < 1000000; now += chance_between(&random, 1, 200)) {
        int32_t next = adaptive_saw(&a, chance_between(&random, 0, 6000), now);

        assert_in_range(next, 0, 3);
        if (next != level) {
            assert_in_range(next - level + 1, 0, 2);
            assert_true(now - changed >= ADAPTIVE_ENTER_MS);
            changed = now;
        }
        level = next;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_levels_quality_never_changes),
        cmocka_unit_test(delays_that_do_not_rise_are_refused),
        cmocka_unit_test(one_slow_moment_lowers_nothing),
        cmocka_unit_test(lasting_delay_goes_down_one_level_at_a_time),
        cmocka_unit_test(a_level_is_kept_between_its_delay_and_half_of_it),
        cmocka_unit_test(levels_change_by_one_and_rest_in_between_under_any_delays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "run/context/forecast.h"
#include "support/chance.h"

#define PIXELS (384 * 384)

static void near(double got, double want, double share)
{
    if (fabs(got - want) > share * fabs(want))
        fail_msg("%g, expected %g", got, want);
}

/* fixed + each * n seconds, off by up to `noise` of it, for batches of all sizes up to most. */
static void teach(forecast *f, uint64_t pixels, double fixed, double each, int32_t most, double noise)
{
    chance random = { 3 };

    for (int i = 0; i < 100; i++) {
        int32_t n = 1 + i % most;
        double off = 1 + noise * (chance_between(&random, -1000, 1000) / 1000.0);

        forecast_learn(f, pixels, n, (fixed + each * n) * off, 0.01);
    }
}

static void nothing_is_foreseen_before_anything_was_seen(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    assert_true(forecast_pass(&f, PIXELS, 1) < 0);
    assert_true(forecast_delay(&f, PIXELS, 5, 8, 1) < 0);
    assert_true(forecast_wait(&f, PIXELS, 1, 8, 0.05, 1) == 0);
}

static void passes_are_foreseen_for_batches_never_seen(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    teach(&f, PIXELS, 0.3, 0.1, 4, 0.02);
    near(forecast_pass(&f, PIXELS, 1), 0.41, 0.05);
    near(forecast_pass(&f, PIXELS, 8), 1.18, 0.05);
}

static void one_size_of_batch_says_nothing_about_a_fixed_part(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    for (int i = 0; i < 10; i++)
        forecast_learn(&f, PIXELS, 2, 1, 0);
    near(forecast_pass(&f, PIXELS, 1), 0.5, 1e-9);
    near(forecast_pass(&f, PIXELS, 4), 2, 1e-9);
}

/* A pass of more pictures that took less time than one of fewer must not promise passes that take none. */
static void no_noise_makes_time_negative(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    forecast_learn(&f, PIXELS, 1, 2, 0);
    forecast_learn(&f, PIXELS, 2, 1, 0);
    for (int32_t n = 1; n <= 64; n++)
        assert_true(forecast_pass(&f, PIXELS, n) > 0.5);
    forecast_learn(&f, PIXELS, 1, 0.1, 0);
    forecast_learn(&f, PIXELS, 8, 10, 0);
    assert_true(forecast_pass(&f, PIXELS, 1) > 0);
}

static void a_machine_that_became_slow_is_noticed(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    teach(&f, PIXELS, 0.1, 0.1, 4, 0);
    for (int i = 0; i < 60; i++)
        forecast_learn(&f, PIXELS, 1 + i % 4, 3 * (0.1 + 0.1 * (1 + i % 4)), 0);
    near(forecast_pass(&f, PIXELS, 2), 0.9, 0.1);
}

static void unknown_sizes_cost_what_the_nearest_one_costs_per_pixel(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    teach(&f, 100, 0, 1, 4, 0);
    teach(&f, 10000, 0, 20, 4, 0);
    near(forecast_pass(&f, 200, 1), 2.01, 0.01);
    near(forecast_pass(&f, 5000, 1), 10.01, 0.01);
}

static void many_sizes_forget_the_one_unused_for_longest(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    for (uint64_t i = 1; i <= FORECAST_SIZES; i++)
        forecast_learn(&f, i * 1000, 1, (double)i, 0);
    forecast_learn(&f, 1000, 1, 1, 0);
    forecast_learn(&f, 99000, 1, 99, 0);
    near(forecast_pass(&f, 1000, 1), 1, 1e-9);
    near(forecast_pass(&f, 99000, 1), 99, 1e-9);
    near(forecast_pass(&f, 3000, 1), 3, 1e-9);
    for (int i = 0; i < FORECAST_SIZES; i++)
        assert_true(f.sizes[i].pixels != 2000);
}

static void a_job_waits_for_the_passes_before_it(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    teach(&f, PIXELS, 0.4, 0.1, 8, 0);
    near(forecast_delay(&f, PIXELS, 0, 8, 1) + 1, 1, 1e-9);
    near(forecast_delay(&f, PIXELS, 3, 8, 1), 0.4 + 0.3 + 0.03, 0.02);
    near(forecast_delay(&f, PIXELS, 19, 8, 1), 2 * (0.4 + 0.8 + 0.08) + 0.4 + 0.3 + 0.03, 0.02);
    near(forecast_delay(&f, PIXELS, 16, 8, 2), 0.4 + 0.8 + 0.08, 0.02);
}

/* Jobs every `gap` seconds up to now, which is where the last one came. */
static double arrivals(forecast *f, double gap)
{
    double now = 1;

    for (int i = 0; i < 50; i++)
        forecast_arrival(f, PIXELS, now += gap);
    return now;
}

static void a_batch_waits_for_the_job_that_is_due(void **state)
{
    forecast f = { .turns = 0 };
    double now = arrivals(&f, 0.02), wait;

    (void)state;
    teach(&f, PIXELS, 0.4, 0.05, 8, 0);
    wait = forecast_wait(&f, PIXELS, 1, 8, 0.05, now + 0.005);
    near(wait, 0.015, 0.05);
    assert_true(forecast_wait(&f, PIXELS, 8, 8, 0.05, now) == 0);
    assert_true(forecast_wait(&f, PIXELS, 1, 8, 0.01, now) == 0);
}

static void nobody_waits_where_batches_bring_nothing(void **state)
{
    forecast f = { .turns = 0 };
    double now = arrivals(&f, 0.001);

    (void)state;
    teach(&f, PIXELS, 0.02, 0.4, 8, 0);
    assert_true(forecast_wait(&f, PIXELS, 1, 8, 0.05, now) == 0);
}

static void a_pass_has_one_picture_where_more_were_seen_to_bring_nothing(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    for (int i = 0; i < 10; i++)
        forecast_learn(&f, PIXELS, 1, 0.4, 0);
    forecast_learn(&f, PIXELS, 8, 3.3, 0);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 1);
    for (int i = 0; i < 150; i++)
        forecast_learn(&f, PIXELS, 1, 0.4, 0);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 2);
    f = (forecast){ .turns = 0 };
    teach(&f, PIXELS, 0.4, 0.05, 8, 0.02);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 8);
}

static void what_passes_of_several_bring_is_found_out_with_two(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 1);
    forecast_learn(&f, PIXELS, 1, 0.4, 0);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 2);
    assert_int_equal(forecast_batch(&f, PIXELS, 1), 1);
    forecast_learn(&f, PIXELS, 2, 0.45, 0);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 8);
    f = (forecast){ .turns = 0 };
    for (int i = 0; i < 10; i++)
        forecast_learn(&f, PIXELS, 2, 0.45, 0);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 8);
}

static void sizes_not_seen_yet_share_passes_like_the_nearest_one(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    teach(&f, 1000, 0.4, 0.05, 8, 0);
    teach(&f, 100000, 0, 1, 8, 0);
    assert_int_equal(forecast_batch(&f, 2000, 8), 8);
    assert_int_equal(forecast_batch(&f, 90000, 8), 1);
}

static void a_batch_that_memory_was_too_small_for_is_not_tried_again_soon(void **state)
{
    forecast f = { .turns = 0 };

    (void)state;
    teach(&f, PIXELS, 0.4, 0.05, 8, 0);
    forecast_full(&f, PIXELS, 8);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 4);
    forecast_full(&f, PIXELS, 3);
    for (int i = 0; i < 99; i++)
        forecast_learn(&f, PIXELS, 1, 0.45, 0);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 1);
    forecast_learn(&f, PIXELS, 1, 0.45, 0);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 8);
    forecast_full(&f, PIXELS, 1);
    assert_int_equal(forecast_batch(&f, PIXELS, 8), 1);
}

static void nobody_waits_for_jobs_that_stopped_coming(void **state)
{
    forecast f = { .turns = 0 };
    double now = arrivals(&f, 0.02);

    (void)state;
    teach(&f, PIXELS, 0.4, 0.05, 8, 0);
    assert_true(forecast_wait(&f, PIXELS, 1, 8, 0.05, now + 0.05) > 0);
    assert_true(forecast_wait(&f, PIXELS, 1, 8, 0.05, now + 0.07) == 0);
}

static void waiting_never_costs_more_than_it_saves(void **state)
{
    forecast f = { .turns = 0 };
    double now = arrivals(&f, 0.04);

    (void)state;
    teach(&f, PIXELS, 0.1, 0.05, 8, 0);
    assert_true(forecast_wait(&f, PIXELS, 2, 8, 0.05, now) > 0);
    assert_true(forecast_wait(&f, PIXELS, 3, 8, 0.05, now) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_foreseen_before_anything_was_seen),
        cmocka_unit_test(passes_are_foreseen_for_batches_never_seen),
        cmocka_unit_test(one_size_of_batch_says_nothing_about_a_fixed_part),
        cmocka_unit_test(no_noise_makes_time_negative),
        cmocka_unit_test(a_machine_that_became_slow_is_noticed),
        cmocka_unit_test(unknown_sizes_cost_what_the_nearest_one_costs_per_pixel),
        cmocka_unit_test(many_sizes_forget_the_one_unused_for_longest),
        cmocka_unit_test(a_job_waits_for_the_passes_before_it),
        cmocka_unit_test(a_batch_waits_for_the_job_that_is_due),
        cmocka_unit_test(nobody_waits_where_batches_bring_nothing),
        cmocka_unit_test(a_pass_has_one_picture_where_more_were_seen_to_bring_nothing),
        cmocka_unit_test(what_passes_of_several_bring_is_found_out_with_two),
        cmocka_unit_test(sizes_not_seen_yet_share_passes_like_the_nearest_one),
        cmocka_unit_test(a_batch_that_memory_was_too_small_for_is_not_tried_again_soon),
        cmocka_unit_test(nobody_waits_for_jobs_that_stopped_coming),
        cmocka_unit_test(waiting_never_costs_more_than_it_saves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

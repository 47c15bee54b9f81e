#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"

static void pictures_of_the_smallest_sizes_work(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    c = playing_open(&p, NULL);
    matte_request(&r, &cutout);
    for (int side = 1; side <= 40; side++)
        for (int other = 1; other <= 3; other++) {
            shade_file f = shade(side, side, other);
            inspyr_job *job;

            assert_int_equal(inspyr_context_submit(&job, c, f.bytes, f.size, &r, NULL), INSPYR_OK);
            expect_shade(job, side);
        }
    context_end(c, &p);
}

static void pictures_that_wait_share_a_pass_and_get_their_own_results(void **state)
{
    inspyr_job *jobs[20];
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    for (int i = 0; i < 20; i++)
        jobs[i] = submitted(b.c, i, NULL);
    busy_go_on(&b);
    for (int i = 0; i < 20; i++)
        expect_shade(jobs[i], i);
    assert_int_equal(b.p.passes, 5);
    assert_int_equal(b.p.sizes[1], 2); /* to find out what several bring */
    assert_int_equal(b.p.sizes[2], 8);
    assert_int_equal(b.p.sizes[3], 8);
    assert_int_equal(b.p.sizes[4], 2);
    busy_end(&b);
}

static void the_same_picture_wanted_ten_times_at_once_is_one_pass(void **state)
{
    inspyr_job *jobs[10];
    inspyr_job_result result;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    for (int i = 0; i < 10; i++)
        jobs[i] = submitted(b.c, i < 5 ? 100 : 7, NULL); /* five join the pass that runs */
    busy_go_on(&b);
    inspyr_job_result_init(&result);
    assert_int_equal(inspyr_job_wait(jobs[0], -1, NULL), INSPYR_OK);
    assert_int_equal(inspyr_job_result_get(jobs[0], 0, &result, NULL), INSPYR_OK);
    for (int i = 0; i < 10; i++)
        expect_shade(jobs[i], i < 5 ? 100 : 7);
    assert_int_equal(b.p.pictures, 2);
    busy_end(&b);
}

static void what_differs_in_anything_that_shows_shares_nothing(void **state)
{
    inspyr_job *one, *other;
    inspyr_job_result result;
    inspyr_view view;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    one = submitted(b.c, 7, &b.r);
    b.cutout.flags = INSPYR_CUTOUT_THRESHOLD;
    b.cutout.threshold = 0.01f;
    other = submitted(b.c, 7, &b.r);
    busy_go_on(&b);
    expect_shade(one, 7);
    assert_int_equal(inspyr_job_wait(other, -1, NULL), INSPYR_OK);
    inspyr_job_result_init(&result);
    assert_int_equal(inspyr_job_result_get(other, 0, &result, NULL), INSPYR_OK);
    inspyr_image_view(result.image, &view);
    assert_int_equal(*(unsigned char *)view.data, 255);
    inspyr_job_free(other);
    assert_int_equal(b.p.pictures, 2); /* one matte for both */
    busy_end(&b);
}

static void a_device_that_one_requires_fails_nobody_else(void **state)
{
    inspyr_job *strict, *easy;
    inspyr_effect_options device;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    inspyr_effect_options_init(&device);
    device.device = "cuda:999"; /* is nowhere */
    device.device_need = INSPYR_NEED_REQUIRED;
    b.r.effects = "popart";
    b.r.effect = &device;
    strict = submitted(b.c, 7, &b.r);
    b.r.effect = NULL;
    easy = submitted(b.c, 7, &b.r);
    busy_go_on(&b);
    expect_status(strict, INSPYR_ERR_DEVICE);
    expect_status(easy, INSPYR_OK);
    assert_int_equal(b.p.pictures, 2); /* one matte for both */
    busy_end(&b);
}

static void separate_jobs_share_no_computation(void **state)
{
    inspyr_job *one, *other;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    b.r.flags = INSPYR_REQUEST_SEPARATE;
    one = submitted(b.c, 100, &b.r);
    other = submitted(b.c, 100, &b.r);
    busy_go_on(&b);
    expect_shade(one, 100);
    expect_shade(other, 100);
    assert_int_equal(b.p.pictures, 3);
    busy_end(&b);
}

static void the_first_to_ask_may_leave_and_the_others_get_their_result(void **state)
{
    inspyr_job *follower;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    follower = submitted(b.c, 100, NULL);
    inspyr_job_cancel(b.first);
    expect_status(b.first, INSPYR_ERR_CANCELLED);
    playing_hold(&b.p, false, false);
    expect_shade(follower, 100);
    assert_int_equal(b.p.passes, 1);
    busy_end(&b);
}

static void a_pass_ends_when_the_last_who_waits_for_it_has_left(void **state)
{
    inspyr_job *follower;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    follower = submitted(b.c, 100, NULL);
    inspyr_job_free(b.first);
    inspyr_job_free(follower);
    while (atomic_load(&b.p.passing)) /* it hangs until it is told that nobody waits */
        ;
    assert_int_equal(b.p.pictures, 0);
    playing_hold(&b.p, false, false);
    expect_shade(submitted(b.c, 100, NULL), 100);
    busy_end(&b);
}

static void who_asks_while_a_deserted_pass_ends_is_served_by_another(void **state)
{
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    for (int i = 0; i < 200; i++) {
        inspyr_job_free(b.first);
        b.first = submitted(b.c, 100, NULL);
    }
    busy_go_on(&b);
    busy_end(&b);
}

static void memory_that_runs_out_costs_one_batch_its_company_and_no_result(void **state)
{
    inspyr_job *jobs[16];
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    b.p.memory_over = 4;
    for (int i = 0; i < 16; i++)
        jobs[i] = submitted(b.c, i, NULL);
    busy_go_on(&b);
    for (int i = 0; i < 16; i++)
        expect_shade(jobs[i], i);
    assert_int_equal(b.p.drops, 1);
    assert_int_equal(b.p.sizes[2], 8); /* has no memory, and becomes eight passes */
    assert_int_equal(b.p.sizes[11], 4);
    assert_int_equal(b.p.sizes[12], 2);
    assert_int_equal(b.p.passes, 13);
    busy_end(&b);
}

static void memory_that_runs_out_is_not_shared_with_those_who_came_later(void **state)
{
    inspyr_job *late;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    b.p.memory_first = 2; /* the pass, and the second attempt */
    late = submitted(b.c, 100, NULL);
    playing_hold(&b.p, false, false);
    expect_status(b.first, INSPYR_ERR_DEVICE_MEMORY);
    expect_shade(late, 100);
    assert_int_equal(b.p.passes, 3);
    busy_end(&b);
}

static void a_damaged_picture_fails_alone_with_its_own_reason(void **state)
{
    static const unsigned char damaged[] = "P5\n9 9\n255\nab";
    inspyr_job *good, *bad;
    inspyr_error error;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    good = submitted(b.c, 1, NULL);
    assert_int_equal(inspyr_context_submit(&bad, b.c, damaged, sizeof damaged - 1, NULL, NULL), INSPYR_OK);
    busy_go_on(&b);
    assert_int_equal(inspyr_job_wait(bad, -1, &error), INSPYR_ERR_IMAGE);
    assert_true(error.message[0]);
    inspyr_job_free(bad);
    expect_shade(good, 1);
    busy_end(&b);
}

static void no_batching_means_a_pass_for_every_picture_duplicates_too(void **state)
{
    inspyr_context_options o;
    inspyr_job *jobs[6];
    busy_context b;

    (void)state;
    inspyr_context_options_init(&o);
    o.flags = INSPYR_CONTEXT_NO_BATCHING;
    busy_begin(&b, &o);
    for (int i = 0; i < 6; i++)
        jobs[i] = submitted(b.c, 100 + i / 3, NULL);
    busy_go_on(&b);
    for (int i = 0; i < 6; i++)
        expect_shade(jobs[i], 100 + i / 3);
    assert_int_equal(b.p.passes, 7);
    busy_end(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_of_the_smallest_sizes_work),
        cmocka_unit_test(pictures_that_wait_share_a_pass_and_get_their_own_results),
        cmocka_unit_test(the_same_picture_wanted_ten_times_at_once_is_one_pass),
        cmocka_unit_test(what_differs_in_anything_that_shows_shares_nothing),
        cmocka_unit_test(a_device_that_one_requires_fails_nobody_else),
        cmocka_unit_test(separate_jobs_share_no_computation),
        cmocka_unit_test(the_first_to_ask_may_leave_and_the_others_get_their_result),
        cmocka_unit_test(a_pass_ends_when_the_last_who_waits_for_it_has_left),
        cmocka_unit_test(who_asks_while_a_deserted_pass_ends_is_served_by_another),
        cmocka_unit_test(memory_that_runs_out_costs_one_batch_its_company_and_no_result),
        cmocka_unit_test(memory_that_runs_out_is_not_shared_with_those_who_came_later),
        cmocka_unit_test(a_damaged_picture_fails_alone_with_its_own_reason),
        cmocka_unit_test(no_batching_means_a_pass_for_every_picture_duplicates_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

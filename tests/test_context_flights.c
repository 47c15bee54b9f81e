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
    inspyr_job *first, *jobs[20];
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    for (int i = 0; i < 20; i++)
        jobs[i] = submitted(c, i, NULL);
    playing_hold(&p, false, false);
    for (int i = 0; i < 20; i++)
        expect_shade(jobs[i], i);
    expect_shade(first, 100);
    assert_int_equal(p.passes, 5);
    assert_int_equal(p.sizes[1], 2); /* to find out what several bring */
    assert_int_equal(p.sizes[2], 8);
    assert_int_equal(p.sizes[3], 8);
    assert_int_equal(p.sizes[4], 2);
    context_end(c, &p);
}

static void the_same_picture_wanted_ten_times_at_once_is_one_pass(void **state)
{
    inspyr_job *first, *jobs[10];
    inspyr_job_result r;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    for (int i = 0; i < 10; i++)
        jobs[i] = submitted(c, i < 5 ? 100 : 7, NULL); /* five join the pass that runs */
    playing_hold(&p, false, false);
    inspyr_job_result_init(&r);
    assert_int_equal(inspyr_job_wait(jobs[0], -1, NULL), INSPYR_OK);
    assert_int_equal(inspyr_job_result_get(jobs[0], 0, &r, NULL), INSPYR_OK);
    for (int i = 0; i < 10; i++)
        expect_shade(jobs[i], i < 5 ? 100 : 7);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 2);
    context_end(c, &p);
}

static void what_differs_in_anything_that_shows_shares_nothing(void **state)
{
    inspyr_job *first, *a, *b;
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    inspyr_job_result result;
    inspyr_view view;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    matte_request(&r, &cutout);
    a = submitted(c, 7, &r);
    cutout.flags = INSPYR_CUTOUT_THRESHOLD;
    cutout.threshold = 0.01f;
    b = submitted(c, 7, &r);
    playing_hold(&p, false, false);
    expect_shade(a, 7);
    assert_int_equal(inspyr_job_wait(b, -1, NULL), INSPYR_OK);
    inspyr_job_result_init(&result);
    assert_int_equal(inspyr_job_result_get(b, 0, &result, NULL), INSPYR_OK);
    inspyr_image_view(result.image, &view);
    assert_int_equal(*(unsigned char *)view.data, 255);
    inspyr_job_free(b);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 2); /* one matte for both */
    context_end(c, &p);
}

static void a_device_that_one_requires_fails_nobody_else(void **state)
{
    inspyr_job *first, *strict, *easy;
    inspyr_effect_options device;
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    matte_request(&r, &cutout);
    inspyr_effect_options_init(&device);
    device.device = "cuda:999"; /* is nowhere */
    device.device_need = INSPYR_NEED_REQUIRED;
    r.effects = "popart";
    r.effect = &device;
    strict = submitted(c, 7, &r);
    r.effect = NULL;
    easy = submitted(c, 7, &r);
    playing_hold(&p, false, false);
    expect_status(strict, INSPYR_ERR_DEVICE);
    expect_status(easy, INSPYR_OK);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 2); /* one matte for both */
    context_end(c, &p);
}

static void separate_jobs_share_no_computation(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_job *first, *a, *b;
    inspyr_request r;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    matte_request(&r, &cutout);
    r.flags = INSPYR_REQUEST_SEPARATE;
    a = submitted(c, 100, &r);
    b = submitted(c, 100, &r);
    playing_hold(&p, false, false);
    expect_shade(a, 100);
    expect_shade(b, 100);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 3);
    context_end(c, &p);
}

static void the_first_to_ask_may_leave_and_the_others_get_their_result(void **state)
{
    inspyr_job *first, *follower;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    follower = submitted(c, 100, NULL);
    inspyr_job_cancel(first);
    expect_status(first, INSPYR_ERR_CANCELLED);
    playing_hold(&p, false, false);
    expect_shade(follower, 100);
    assert_int_equal(p.passes, 1);
    context_end(c, &p);
}

static void a_pass_ends_when_the_last_who_waits_for_it_has_left(void **state)
{
    inspyr_job *first, *follower;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    follower = submitted(c, 100, NULL);
    inspyr_job_free(first);
    inspyr_job_free(follower);
    while (atomic_load(&p.passing)) /* it hangs until it is told that nobody waits */
        ;
    assert_int_equal(p.pictures, 0);
    playing_hold(&p, false, false);
    expect_shade(submitted(c, 100, NULL), 100);
    context_end(c, &p);
}

static void who_asks_while_a_deserted_pass_ends_is_served_by_another(void **state)
{
    inspyr_context *c;
    inspyr_job *job;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &job);
    for (int i = 0; i < 200; i++) {
        inspyr_job *next;

        inspyr_job_free(job);
        next = submitted(c, 100, NULL);
        job = next;
    }
    playing_hold(&p, false, false);
    expect_shade(job, 100);
    context_end(c, &p);
}

static void memory_that_runs_out_costs_one_batch_its_company_and_no_result(void **state)
{
    inspyr_job *first, *jobs[16];
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    p.memory_over = 4;
    for (int i = 0; i < 16; i++)
        jobs[i] = submitted(c, i, NULL);
    playing_hold(&p, false, false);
    for (int i = 0; i < 16; i++)
        expect_shade(jobs[i], i);
    expect_shade(first, 100);
    assert_int_equal(p.drops, 1);
    assert_int_equal(p.sizes[2], 8); /* has no memory, and becomes eight passes */
    assert_int_equal(p.sizes[11], 4);
    assert_int_equal(p.sizes[12], 2);
    assert_int_equal(p.passes, 13);
    context_end(c, &p);
}

static void memory_that_runs_out_is_not_shared_with_those_who_came_later(void **state)
{
    inspyr_job *first, *late;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    p.memory_first = 2; /* the pass, and the second attempt */
    late = submitted(c, 100, NULL);
    playing_hold(&p, false, false);
    expect_status(first, INSPYR_ERR_DEVICE_MEMORY);
    expect_shade(late, 100);
    assert_int_equal(p.passes, 3);
    context_end(c, &p);
}

static void a_damaged_picture_fails_alone_with_its_own_reason(void **state)
{
    static const unsigned char damaged[] = "P5\n9 9\n255\nab";
    inspyr_job *first, *good, *bad;
    inspyr_error error;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    good = submitted(c, 1, NULL);
    assert_int_equal(inspyr_context_submit(&bad, c, damaged, sizeof damaged - 1, NULL, NULL), INSPYR_OK);
    playing_hold(&p, false, false);
    assert_int_equal(inspyr_job_wait(bad, -1, &error), INSPYR_ERR_IMAGE);
    assert_true(error.message[0]);
    inspyr_job_free(bad);
    expect_shade(good, 1);
    expect_shade(first, 100);
    context_end(c, &p);
}

static void no_batching_means_a_pass_for_every_picture_duplicates_too(void **state)
{
    inspyr_context_options o;
    inspyr_job *first, *jobs[6];
    inspyr_context *c;
    playing p;

    (void)state;
    inspyr_context_options_init(&o);
    o.flags = INSPYR_CONTEXT_NO_BATCHING;
    c = context_busy(&p, &o, &first);
    for (int i = 0; i < 6; i++)
        jobs[i] = submitted(c, 100 + i / 3, NULL);
    playing_hold(&p, false, false);
    for (int i = 0; i < 6; i++)
        expect_shade(jobs[i], 100 + i / 3);
    expect_shade(first, 100);
    assert_int_equal(p.passes, 7);
    context_end(c, &p);
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

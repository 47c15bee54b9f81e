#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"

static void every_result_comes_once_sizes_first_and_one_end_after_all(void **state)
{
    static const int32_t sizes[] = { 32, 64, 32 };
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    inspyr_job *job;
    bool seen[6] = { false };
    playing p;
    heard h;

    (void)state;
    playing_begin(&p);
    c = playing_open(&p, NULL);
    listening(&r, &cutout, &h);
    r.sizes = sizes;
    r.size_count = 3;
    r.effects = "color,popart,dithering";
    job = submitted(c, 5, &r);
    assert_int_equal(inspyr_job_wait(job, -1, NULL), INSPYR_OK);
    assert_int_equal(h.n, 6);
    assert_int_equal(h.count, 6);
    assert_int_equal(h.ends, 1);
    assert_false(h.result_after_end);
    assert_int_equal(h.status, INSPYR_OK);
    for (size_t i = 0; i < h.n; i++) {
        assert_false(seen[h.indices[i]]);
        seen[h.indices[i]] = true;
    }
    assert_true(h.indices[0] < 3);
    assert_int_equal(poll_of(job).results_ready, 6);
    assert_true(poll_of(job).progress == 1);
    inspyr_job_free(job);
    assert_int_equal(p.pictures, 2); /* 32 was wanted twice, and computed once */
    context_end(c, &p);
}

static void progress_never_goes_back(void **state)
{
    float last = 0;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    for (int i = 0; i < 200; i++) {
        float now = poll_of(b.first).progress;

        assert_true(now >= last && now < 1);
        last = now;
    }
    assert_true(last > 0);
    busy_go_on(&b);
    busy_end(&b);
}

static void a_job_may_be_freed_in_its_last_callback(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    playing p;
    heard h;

    (void)state;
    playing_begin(&p);
    c = playing_open(&p, NULL);
    listening(&r, &cutout, &h);
    h.frees = true;
    submitted(c, 1, &r);
    assert_int_equal(inspyr_context_drain(c, -1, NULL), INSPYR_OK);
    assert_int_equal(h.ends, 1);
    context_end(c, &p);
}

static void a_job_may_be_cancelled_in_its_callback_and_still_ends_once(void **state)
{
    static const int32_t sizes[] = { 32, 64, 96 };
    busy_context b;
    heard h;

    (void)state;
    busy_begin(&b, NULL);
    listening(&b.r, &b.cutout, &h);
    h.cancels = true;
    b.r.sizes = sizes;
    b.r.size_count = 3;
    h.job = submitted(b.c, 1, &b.r);
    busy_go_on(&b);
    expect_status(h.job, INSPYR_ERR_CANCELLED);
    assert_int_equal(h.n, 3);
    assert_int_equal(h.ends, 1);
    assert_false(h.result_after_end);
    busy_end(&b);
}

static void a_freed_job_is_never_heard_of_again(void **state)
{
    busy_context b;
    heard h;

    (void)state;
    busy_begin(&b, NULL);
    listening(&b.r, &b.cutout, &h);
    inspyr_job_free(submitted(b.c, 100, &b.r));
    busy_go_on(&b);
    busy_end(&b);
    assert_int_equal(h.n, 0);
    assert_int_equal(h.ends, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_comes_once_sizes_first_and_one_end_after_all),
        cmocka_unit_test(progress_never_goes_back),
        cmocka_unit_test(a_job_may_be_freed_in_its_last_callback),
        cmocka_unit_test(a_job_may_be_cancelled_in_its_callback_and_still_ends_once),
        cmocka_unit_test(a_freed_job_is_never_heard_of_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

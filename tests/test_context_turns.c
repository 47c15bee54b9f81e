/* Who goes next, and with whom, where deadlines are near: a played engine whose pass of n pictures takes
 * fixed + n * each milliseconds, which the context has found out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/jobs.h"

#define PASSES_BEFORE 4

/* A context that knows what passes of one and two take, and is busy with a pass of one that hangs. */
static inspyr_context *taught(playing *p, double fixed, double each, inspyr_job **busy)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_WAIT);
    inspyr_job *jobs[3];
    inspyr_context *c;

    o.max_wait_ms = -1;
    playing_begin(p);
    p->pass_ms = fixed;
    p->picture_ms = each;
    c = playing_open(p, &o);
    expect_shade(submitted(c, 200, NULL), 200);
    playing_hold(p, false, true);
    jobs[0] = submitted(c, 201, NULL);
    playing_await_pass(p);
    jobs[1] = submitted(c, 202, NULL);
    jobs[2] = submitted(c, 203, NULL);
    playing_hold(p, false, false);
    for (int i = 0; i < 3; i++)
        expect_shade(jobs[i], 201 + i);
    playing_hold(p, false, true);
    *busy = submitted(c, 100, NULL);
    playing_await_pass(p);
    assert_int_equal(p->passes, PASSES_BEFORE);
    assert_int_equal(p->sizes[2], 2);
    return c;
}

/* A job that will have `left` milliseconds, of 10 000, when the pass that hangs is over. */
static inspyr_job *hurried(inspyr_context *c, const playing *p, int value, double left)
{
    inspyr_cutout_options cutout;
    inspyr_request r;

    matte_request(&r, &cutout);
    r.deadline_ms = (int64_t)(10000 + p->pass_ms + p->picture_ms + left);
    return submitted(c, value, &r);
}

static void go_on(playing *p, inspyr_job *busy)
{
    playing_advance(p, 10000);
    playing_hold(p, false, false);
    expect_shade(busy, 100);
}

static void who_would_be_late_leaves_before_the_pass_while_others_wait(void **state)
{
    inspyr_job *busy, *late, *other;
    inspyr_context *c;
    playing p;

    (void)state;
    c = taught(&p, 0, 100, &busy);
    late = hurried(c, &p, 1, 50);
    other = submitted(c, 2, NULL);
    go_on(&p, busy);
    expect_shade(other, 2);
    expect_status(late, INSPYR_ERR_DEADLINE);
    assert_int_equal(p.passes, PASSES_BEFORE + 1);
    context_end(c, &p);
}

static void an_estimate_too_high_keeps_nobody_out_who_is_alone(void **state)
{
    inspyr_job *busy, *job;
    inspyr_context *c;
    playing p;

    (void)state;
    c = taught(&p, 0, 100, &busy);
    job = hurried(c, &p, 1, 50);
    p.picture_ms = 10; /* faster than was seen */
    go_on(&p, busy);
    expect_shade(job, 1);
    context_end(c, &p);
}

static void a_pass_takes_no_more_pictures_than_those_in_it_can_bear(void **state)
{
    inspyr_job *busy, *head, *others[2];
    inspyr_context *c;
    playing p;

    (void)state;
    c = taught(&p, 20, 80, &busy);
    head = hurried(c, &p, 1, 150);
    others[0] = submitted(c, 2, NULL);
    others[1] = submitted(c, 3, NULL);
    go_on(&p, busy);
    expect_shade(head, 1);
    expect_shade(others[0], 2);
    expect_shade(others[1], 3);
    assert_int_equal(p.sizes[PASSES_BEFORE], 1);
    assert_int_equal(p.sizes[PASSES_BEFORE + 1], 2);
    context_end(c, &p);
}

static void one_in_a_hurry_does_not_make_small_what_serves_many(void **state)
{
    inspyr_job *busy, *head, *others[7];
    inspyr_context *c;
    playing p;

    (void)state;
    c = taught(&p, 90, 10, &busy);
    head = hurried(c, &p, 1, 120);
    for (int i = 0; i < 7; i++)
        others[i] = submitted(c, 2 + i, NULL);
    go_on(&p, busy);
    for (int i = 0; i < 7; i++)
        expect_shade(others[i], 2 + i);
    expect_status(head, INSPYR_ERR_DEADLINE);
    assert_int_equal(p.sizes[PASSES_BEFORE], 7);
    assert_int_equal(p.passes, PASSES_BEFORE + 1);
    context_end(c, &p);
}

static void a_flight_goes_as_long_as_one_of_its_jobs_can_be_done(void **state)
{
    inspyr_job *busy, *late, *same, *other;
    inspyr_context *c;
    playing p;

    (void)state;
    c = taught(&p, 0, 100, &busy);
    same = hurried(c, &p, 1, 150);
    late = hurried(c, &p, 1, 50);
    other = submitted(c, 2, NULL);
    go_on(&p, busy);
    expect_shade(same, 1);
    expect_status(late, INSPYR_ERR_DEADLINE);
    expect_shade(other, 2);
    context_end(c, &p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_would_be_late_leaves_before_the_pass_while_others_wait),
        cmocka_unit_test(an_estimate_too_high_keeps_nobody_out_who_is_alone),
        cmocka_unit_test(a_pass_takes_no_more_pictures_than_those_in_it_can_bear),
        cmocka_unit_test(one_in_a_hurry_does_not_make_small_what_serves_many),
        cmocka_unit_test(a_flight_goes_as_long_as_one_of_its_jobs_can_be_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

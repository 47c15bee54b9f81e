#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/jobs.h"

static void loading_is_tried_again_a_bounded_number_of_times_and_once_more_by_a_later_job(void **state)
{
    inspyr_context_options o = with_flags(0);
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    p.load_failures = 4;
    o.load_attempts = 3;
    c = playing_open(&p, &o);
    while (inspyr_context_state(c) != INSPYR_STATE_FAILED)
        if (atomic_load(&p.attempts) < 3)
            playing_advance(&p, 1);
    assert_int_equal(p.attempts, 3);
    assert_int_equal(submit_status(c, 1, NULL), INSPYR_ERR_FILE); /* refused fast while the failure is young */
    playing_advance(&p, 1000);
    expect_status(submitted(c, 1, NULL), INSPYR_ERR_FILE);
    assert_int_equal(p.attempts, 4);
    playing_advance(&p, 1000);
    expect_shade(submitted(c, 1, NULL), 1);
    assert_int_equal(p.attempts, 5);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_READY);
    assert_int_equal(status_of(c).reason_status, INSPYR_OK);
    inspyr_context_free(c);
    playing_end(&p);
}

static void a_source_that_cannot_become_right_is_tried_once(void **state)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_WAIT);
    const context_seams seams = { &backend_played, NULL, context_clock_real };
    context_seams s = seams;
    inspyr_context *c;
    inspyr_error error;
    playing p;

    (void)state;
    playing_begin(&p);
    p.load_failures = 9;
    p.load_status = INSPYR_ERR_WEIGHTS;
    s.backend_user = &p;
    assert_int_equal(context_open_with(&c, &o, &s, &error), INSPYR_ERR_WEIGHTS);
    assert_null(c);
    assert_int_equal(p.attempts, 1);
    playing_end(&p);
}

static void while_loading_hangs_everything_can_be_asked_and_the_context_closed(void **state)
{
    inspyr_context_options o = with_flags(0);
    inspyr_job *job;
    inspyr_context *c;
    inspyr_info info;
    playing p;

    (void)state;
    playing_begin(&p);
    playing_hold(&p, true, false);
    c = playing_open(&p, &o);
    playing_await_load(&p);
    job = submitted(c, 1, NULL);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_LOADING);
    assert_int_equal(status_of(c).queue_items, 1);
    while (status_of(c).progress < 0.2f) /* it tells a quarter, and hangs */
        ;
    assert_true(status_of(c).elapsed_s >= 0);
    assert_int_equal(poll_of(job).state, INSPYR_JOB_QUEUED);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_context_info(c, &info, NULL), INSPYR_ERR_NOT_READY);
    assert_int_equal(inspyr_job_wait(job, 0, NULL), INSPYR_ERR_TIMEOUT);
    assert_int_equal(inspyr_context_warmup(c, NULL, 0, 0, NULL), INSPYR_ERR_TIMEOUT);
    inspyr_context_free(c);
    expect_status(job, INSPYR_ERR_CANCELLED); /* a job outlives its context */
    assert_int_equal(p.loads, 0);
    playing_end(&p);
}

static void a_context_can_be_closed_in_the_pause_between_two_attempts(void **state)
{
    inspyr_context_options o = with_flags(0);
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    p.load_failures = 9;
    o.retry_ms = 3600000;
    c = playing_open(&p, &o);
    while (status_of(c).attempt < 2) /* the clock stands still, so the pause has no end of its own */
        ;
    assert_string_equal(status_of(c).reason, "no model today");
    inspyr_context_free(c);
    assert_int_equal(p.attempts, 1);
    playing_end(&p);
}

static void jobs_wait_for_the_load_that_runs_and_share_it(void **state)
{
    inspyr_job *jobs[5];
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    playing_hold(&p, true, false);
    c = playing_open(&p, NULL);
    for (int i = 0; i < 5; i++)
        jobs[i] = submitted(c, i, NULL);
    playing_hold(&p, false, false);
    for (int i = 0; i < 5; i++)
        expect_shade(jobs[i], i);
    assert_int_equal(p.loads, 1);
    inspyr_context_free(c);
    playing_end(&p);
}

static void an_idle_context_frees_its_model_and_loads_it_for_the_next_job(void **state)
{
    inspyr_context_options o = with_flags(0);
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    o.idle_release_ms = 1000;
    c = playing_open(&p, &o);
    expect_shade(submitted(c, 1, NULL), 1);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_READY);
    playing_advance(&p, 999);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_READY);
    while (inspyr_context_state(c) != INSPYR_STATE_COLD) /* from when the worker has put away its last job */
        playing_advance(&p, 1);
    expect_shade(submitted(c, 2, NULL), 2);
    assert_int_equal(p.loads, 2);
    inspyr_context_free(c);
    playing_end(&p);
}

static void draining_finishes_what_is_there_and_takes_nothing_new(void **state)
{
    inspyr_job *job;
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    c = playing_open(&p, NULL);
    job = submitted(c, 3, NULL);
    assert_int_equal(inspyr_context_drain(c, -1, NULL), INSPYR_OK);
    assert_int_equal(poll_of(job).state, INSPYR_JOB_DONE);
    expect_shade(job, 3);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_DRAINING);
    assert_int_equal(submit_status(c, 1, NULL), INSPYR_ERR_NOT_READY);
    assert_int_equal(inspyr_context_warmup(c, NULL, 0, -1, NULL), INSPYR_ERR_NOT_READY);
    assert_int_equal(inspyr_context_drain(c, 0, NULL), INSPYR_OK);
    inspyr_context_free(c);
    playing_end(&p);
}

static void draining_cancels_what_hangs_when_its_time_is_over(void **state)
{
    inspyr_job *job, *waiting;
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    playing_hold(&p, false, true);
    c = playing_open(&p, NULL);
    job = submitted(c, 3, NULL);
    playing_await_pass(&p);
    waiting = submitted(c, 4, NULL);
    assert_int_equal(inspyr_context_drain(c, 0, NULL), INSPYR_ERR_TIMEOUT);
    expect_status(job, INSPYR_ERR_CANCELLED);
    expect_status(waiting, INSPYR_ERR_CANCELLED);
    inspyr_context_free(c);
    assert_int_equal(p.pictures, 0);
    playing_end(&p);
}

static void the_estimate_of_loading_is_this_machines_own(void **state)
{
    char path[] = "/tmp/inspyr-history-XXXXXX";
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_COLD);
    int file = mkstemp(path);
    inspyr_context *c;
    playing p;

    (void)state;
    assert_true(file >= 0);
    close(file);
    playing_begin(&p);
    p.load_ms = 4000;
    o.history = path;
    for (int i = 0; i < 3; i++) {
        c = playing_open(&p, &o);
        assert_true(status_of(c).estimate_s == (i ? 4.0f : -1.0f));
        assert_int_equal(inspyr_context_warmup(c, NULL, 0, -1, NULL), INSPYR_OK);
        assert_true(status_of(c).estimate_s == 0);
        assert_true(status_of(c).elapsed_s == 4);
        inspyr_context_free(c);
    }
    unlink(path);
    playing_end(&p);
}

static int in_the_child(inspyr_context *c, inspyr_job *job)
{
    inspyr_job *other;
    shade_file f = shade(1, 2, 2);
    inspyr_context_status s;
    int wrong = 0;

    inspyr_context_status_init(&s);
    wrong += inspyr_context_submit(&other, c, f.bytes, f.size, NULL, NULL) != INSPYR_ERR_FORKED;
    wrong += inspyr_context_status_get(c, &s, NULL) != INSPYR_ERR_FORKED;
    wrong += inspyr_context_drain(c, -1, NULL) != INSPYR_ERR_FORKED;
    wrong += inspyr_context_warmup(c, NULL, 0, -1, NULL) != INSPYR_ERR_FORKED;
    wrong += inspyr_job_wait(job, -1, NULL) != INSPYR_ERR_FORKED;
    inspyr_context_trim(c, 1);
    inspyr_job_cancel(job);
    inspyr_job_free(job);
    inspyr_context_free(c);
    return wrong;
}

static void a_forked_child_gets_a_status_and_can_free_without_waiting(void **state)
{
    inspyr_job *job;
    inspyr_context *c;
    int how = 0;
    pid_t child;
    playing p;

    (void)state;
    playing_begin(&p);
    playing_hold(&p, false, true);
    c = playing_open(&p, NULL);
    job = submitted(c, 9, NULL);
    playing_await_pass(&p);
    child = fork();
    if (!child)
        _exit(in_the_child(c, job));
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFEXITED(how));
    assert_int_equal(WEXITSTATUS(how), 0);
    playing_hold(&p, false, false);
    expect_shade(job, 9);
    inspyr_context_free(c);
    playing_end(&p);
}

static void *drain(void *context)
{
    return (void *)(intptr_t)inspyr_context_drain(context, -1, NULL);
}

static void draining_waits_for_a_load_that_a_job_waits_for(void **state)
{
    pthread_t thread;
    inspyr_context *c;
    inspyr_job *job;
    void *drained;
    playing p;

    (void)state;
    playing_begin(&p);
    playing_hold(&p, true, false);
    c = playing_open(&p, NULL);
    job = submitted(c, 3, NULL);
    playing_await_load(&p);
    assert_int_equal(pthread_create(&thread, NULL, drain, c), 0);
    while (inspyr_context_state(c) != INSPYR_STATE_DRAINING)
        ;
    playing_hold(&p, false, false);
    expect_shade(job, 3);
    pthread_join(thread, &drained);
    assert_int_equal((intptr_t)drained, INSPYR_OK);
    assert_int_equal(p.loads, 1);
    inspyr_context_free(c);
    playing_end(&p);
}

static void draining_does_not_wait_for_a_load_that_nobody_waits_for(void **state)
{
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    playing_hold(&p, true, false);
    c = playing_open(&p, NULL);
    playing_await_load(&p);
    assert_int_equal(inspyr_context_drain(c, -1, NULL), INSPYR_OK);
    inspyr_context_free(c);
    assert_int_equal(p.loads, 0);
    playing_end(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading_is_tried_again_a_bounded_number_of_times_and_once_more_by_a_later_job),
        cmocka_unit_test(a_source_that_cannot_become_right_is_tried_once),
        cmocka_unit_test(while_loading_hangs_everything_can_be_asked_and_the_context_closed),
        cmocka_unit_test(a_context_can_be_closed_in_the_pause_between_two_attempts),
        cmocka_unit_test(jobs_wait_for_the_load_that_runs_and_share_it),
        cmocka_unit_test(an_idle_context_frees_its_model_and_loads_it_for_the_next_job),
        cmocka_unit_test(draining_finishes_what_is_there_and_takes_nothing_new),
        cmocka_unit_test(draining_cancels_what_hangs_when_its_time_is_over),
        cmocka_unit_test(the_estimate_of_loading_is_this_machines_own),
        cmocka_unit_test(a_forked_child_gets_a_status_and_can_free_without_waiting),
        cmocka_unit_test(draining_waits_for_a_load_that_a_job_waits_for),
        cmocka_unit_test(draining_does_not_wait_for_a_load_that_nobody_waits_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

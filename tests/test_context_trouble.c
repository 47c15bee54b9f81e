#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <semaphore.h>

#include "support/jobs.h"

static void a_lost_device_answers_everybody_and_fails_for_good(void **state)
{
    inspyr_job *a, *b;
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    p.device_at = 1;
    playing_hold(&p, false, true);
    c = playing_open(&p, NULL);
    a = submitted(c, 1, NULL);
    playing_await_pass(&p);
    b = submitted(c, 2, NULL);
    playing_hold(&p, false, false);
    expect_status(a, INSPYR_ERR_DEVICE);
    expect_status(b, INSPYR_ERR_DEVICE);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_FAILED);
    playing_advance(&p, 1e6);
    assert_int_equal(submit_status(c, 1, NULL), INSPYR_ERR_DEVICE);
    assert_int_equal(p.passes, 1);
    assert_int_equal(p.loads, 1);
    inspyr_context_free(c);
    playing_end(&p);
}

static void after_a_lost_device_nobody_hears_of_a_picture_that_was_damaged_besides(void **state)
{
    shade_file torn = shade(3, 9, 9);
    inspyr_job *good, *bad;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    b.p.device_at = 2;
    good = submitted(b.c, 2, NULL);
    assert_int_equal(inspyr_context_submit(&bad, b.c, torn.bytes, torn.size - 40, &b.r, NULL), INSPYR_OK);
    busy_go_on(&b);
    expect_status(bad, INSPYR_ERR_IMAGE);
    expect_status(good, INSPYR_ERR_DEVICE);
    assert_int_equal(submit_status(b.c, 1, NULL), INSPYR_ERR_DEVICE);
    inspyr_context_free(b.c);
    playing_end(&b.p);
}

/* A callback that takes its time, as on a slow connection. */
typedef struct slow_end {
    sem_t begun, may_end;
} slow_end;

static void end_slowly(void *user, inspyr_job *job, inspyr_status status)
{
    slow_end *s = user;

    (void)job;
    assert_int_equal(status, INSPYR_ERR_FILE);
    sem_post(&s->begun);
    sem_wait(&s->may_end);
}

static void the_model_can_be_wanted_while_the_last_failure_is_still_being_told(void **state)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_COLD);
    inspyr_cutout_options cutout;
    inspyr_request request;
    inspyr_job *first, *second;
    inspyr_context *c;
    slow_end slow;
    playing p;

    (void)state;
    playing_begin(&p);
    p.load_failures = 1;
    p.load_status = INSPYR_ERR_FILE;
    o.load_attempts = 1;
    sem_init(&slow.begun, 0, 0);
    sem_init(&slow.may_end, 0, 0);
    c = playing_open(&p, &o);
    matte_request(&request, &cutout);
    request.done = end_slowly;
    request.user = &slow;
    first = submitted(c, 1, &request);
    sem_wait(&slow.begun);
    playing_advance(&p, 1e6);
    second = submitted(c, 2, NULL);
    sem_post(&slow.may_end);
    expect_shade(second, 2);
    expect_status(first, INSPYR_ERR_FILE);
    context_end(c, &p);
    sem_destroy(&slow.begun);
    sem_destroy(&slow.may_end);
}

static void another_device_than_was_asked_for_is_a_state_with_a_reason(void **state)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_WAIT);
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    p.degraded = true;
    c = playing_open(&p, &o);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_DEGRADED);
    assert_string_equal(status_of(c).reason, "another device was wanted");
    inspyr_context_free(c);
    playing_end(&p);
}

static void who_joined_the_pass_that_lost_the_device_is_answered(void **state)
{
    inspyr_job *late;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    b.p.memory_first = b.p.device_at =
        2; /* no memory, and once more none: another pass would be for the late one */
    late = submitted(b.c, 100, NULL);
    playing_hold(&b.p, false, false);
    expect_status(b.first, INSPYR_ERR_DEVICE_MEMORY);
    expect_status(late, INSPYR_ERR_DEVICE);
    assert_int_equal(b.p.passes, 2);
    assert_int_equal(inspyr_context_state(b.c), INSPYR_STATE_FAILED);
    inspyr_context_free(b.c);
    playing_end(&b.p);
}

static void a_device_that_is_replaced_in_a_pass_is_a_state_with_a_reason_and_no_failure(void **state)
{
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    assert_int_equal(inspyr_context_state(b.c), INSPYR_STATE_READY);
    b.p.degraded = true;
    busy_go_on(&b);
    assert_int_equal(inspyr_context_state(b.c), INSPYR_STATE_DEGRADED);
    assert_non_null(strstr(status_of(b.c).reason, "cpu"));
    expect_shade(submitted(b.c, 2, NULL), 2);
    assert_int_equal(b.p.loads, 1);
    inspyr_context_free(b.c);
    playing_end(&b.p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lost_device_answers_everybody_and_fails_for_good),
        cmocka_unit_test(after_a_lost_device_nobody_hears_of_a_picture_that_was_damaged_besides),
        cmocka_unit_test(the_model_can_be_wanted_while_the_last_failure_is_still_being_told),
        cmocka_unit_test(another_device_than_was_asked_for_is_a_state_with_a_reason),
        cmocka_unit_test(who_joined_the_pass_that_lost_the_device_is_answered),
        cmocka_unit_test(a_device_that_is_replaced_in_a_pass_is_a_state_with_a_reason_and_no_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

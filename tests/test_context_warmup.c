#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"

static void the_first_job_after_a_warm_up_loads_nothing(void **state)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_COLD);
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    c = playing_open(&p, &o);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_COLD);
    assert_int_equal(inspyr_context_warmup(c, NULL, 0, -1, NULL), INSPYR_OK);
    assert_int_equal(p.loads, 1);
    assert_int_equal(p.warmups, 1);
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_READY);
    expect_shade(submitted(c, 7, NULL), 7);
    assert_int_equal(p.loads, 1);
    inspyr_context_free(c);
    playing_end(&p);
}

static void a_warm_up_that_fails_is_a_status_and_not_only_a_text(void **state)
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_COLD);
    inspyr_context *c;
    inspyr_error error;
    playing p;

    (void)state;
    playing_begin(&p);
    p.load_failures = 1;
    p.load_status = INSPYR_ERR_WEIGHTS;
    c = playing_open(&p, &o);
    assert_int_equal(inspyr_context_warmup(c, NULL, 0, -1, &error), INSPYR_ERR_WEIGHTS);
    assert_string_equal(error.message, "no model today");
    assert_int_equal(inspyr_context_state(c), INSPYR_STATE_FAILED);
    assert_int_equal(status_of(c).reason_status, INSPYR_ERR_WEIGHTS);
    assert_string_equal(status_of(c).reason, "no model today");
    inspyr_context_free(c);
    playing_end(&p);
}

#define PATIENCE_MS 12345 /* of the second caller, who is known by it where he waits */

/* Two callers of one context's warm-up. */
typedef struct scene {
    playing p;
    inspyr_context *c;
    double until;      /* which the second one waits */
    atomic_bool waits; /* the second one, for the first */
    atomic_bool stops; /* the first one, as soon as it is asked */
} scene;

static bool notice(playing *p, double until)
{
    const struct timespec pause = { 0, 200000 };
    scene *s = p->event_user;

    if (until == s->until)
        atomic_store(&s->waits, true);
    nanosleep(&pause, NULL);
    return false;
}

static int heard_by_the_first(void *user, const inspyr_progress *progress)
{
    scene *s = user;

    (void)progress;
    return atomic_load(&s->stops);
}

static void *first(void *user)
{
    const scene *s = user;
    inspyr_warmup_options o;
    const inspyr_warmup_options *options[] = { &o };

    inspyr_warmup_options_init(&o);
    o.progress = heard_by_the_first;
    o.progress_user = user;
    return (void *)(intptr_t)inspyr_context_warmup(s->c, options, 1, -1, NULL);
}

static void *second(void *user)
{
    const scene *s = user;

    return (void *)(intptr_t)inspyr_context_warmup(s->c, NULL, 0, PATIENCE_MS, NULL);
}

static inspyr_status joined(pthread_t thread)
{
    void *status;

    assert_int_equal(pthread_join(thread, &status), 0);
    return (inspyr_status)(intptr_t)status;
}

/* The first one's warm-up hangs until the second one waits for it, and ends as it is told to. */
static void warm_twice(scene *s, bool stops, inspyr_status statuses[2])
{
    inspyr_context_options o = with_flags(INSPYR_CONTEXT_WAIT);
    pthread_t threads[2];

    playing_begin(&s->p);
    s->until = s->p.now + PATIENCE_MS; /* the clock stands still */
    s->p.event = notice;
    s->p.event_user = s;
    atomic_init(&s->waits, false);
    atomic_init(&s->stops, false);
    playing_hold(&s->p, false, true);
    s->c = playing_open(&s->p, &o);
    assert_int_equal(pthread_create(&threads[0], NULL, first, s), 0);
    playing_await_pass(&s->p);
    assert_int_equal(inspyr_context_state(s->c), INSPYR_STATE_WARMING);
    assert_int_equal(pthread_create(&threads[1], NULL, second, s), 0);
    while (!atomic_load(&s->waits))
        ;
    atomic_store(&s->stops, stops);
    playing_hold(&s->p, false, false);
    for (int i = 0; i < 2; i++)
        statuses[i] = joined(threads[i]);
    assert_int_equal(inspyr_context_state(s->c), INSPYR_STATE_READY);
}

static void two_who_ask_at_the_same_time_share_one_warm_up(void **state)
{
    inspyr_status statuses[2];
    scene s;

    (void)state;
    warm_twice(&s, false, statuses);
    assert_int_equal(statuses[0], INSPYR_OK);
    assert_int_equal(statuses[1], INSPYR_OK);
    assert_int_equal(s.p.warmups, 1);
    assert_int_equal(inspyr_context_warmup(s.c, NULL, 0, -1, NULL), INSPYR_OK);
    assert_int_equal(s.p.warmups, 2); /* whoever comes later has another one */
    context_end(s.c, &s.p);
}

static void whoever_ends_a_warm_up_does_not_end_that_of_others(void **state)
{
    inspyr_status statuses[2];
    scene s;

    (void)state;
    warm_twice(&s, true, statuses);
    assert_int_equal(statuses[0], INSPYR_ERR_CANCELLED);
    assert_int_equal(statuses[1], INSPYR_OK);
    assert_int_equal(s.p.warmups, 2);
    context_end(s.c, &s.p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_job_after_a_warm_up_loads_nothing),
        cmocka_unit_test(a_warm_up_that_fails_is_a_status_and_not_only_a_text),
        cmocka_unit_test(two_who_ask_at_the_same_time_share_one_warm_up),
        cmocka_unit_test(whoever_ends_a_warm_up_does_not_end_that_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run/context/life.h"

#define DEPTH 6
#define ATTEMPTS 2

/* What a sequence of events has led to so far, counted beside the machine. */
typedef struct history {
    life l;
    int loads, failures; /* of the load that is running, or ran last */
    bool loading;
} history;

static void check_step(const history *before, const history *after, life_event event, life_action action)
{
    inspyr_state was = life_state(&before->l), is = life_state(&after->l);

    if (was == INSPYR_STATE_DRAINING)
        assert_int_equal(is, INSPYR_STATE_DRAINING);
    if (before->l.phase == LIFE_LOST)
        assert_int_equal(after->l.phase, LIFE_LOST);
    if (action == LIFE_LOAD) {
        assert_int_equal(event, LIFE_WANTED);
        assert_false(before->loading); /* one load at a time */
        assert_false(before->l.draining);
    }
    if (action == LIFE_RETRY)
        assert_true(after->loading && after->failures < ATTEMPTS);
    if (action == LIFE_ANSWER)
        assert_int_not_equal(after->l.phase, LIFE_SERVING);
    if (action == LIFE_SERVE)
        assert_int_equal(after->l.phase, LIFE_SERVING);
    if (action == LIFE_RELEASE)
        assert_true(before->l.phase == LIFE_SERVING && !before->l.warming && !before->l.draining);
    if (before->loading && after->loading && action != LIFE_LOAD)
        assert_true(after->l.progress >= before->l.progress);
    if (is == INSPYR_STATE_WARMING)
        assert_true(after->l.warming > 0);
    if (is == INSPYR_STATE_READY)
        assert_false(after->l.degraded);
    assert_true(after->l.warming >= 0);
    assert_int_equal(after->l.phase == LIFE_LOADING, after->loading);
    if (after->l.phase == LIFE_FAILED && before->l.phase == LIFE_LOADING)
        assert_true(event == LIFE_LOAD_REFUSED || after->failures >= after->l.attempts);
}

static void step(history *h, life_event event)
{
    const history before = *h;
    life_action action = life_step(&h->l, event);

    if (action == LIFE_LOAD) {
        h->loading = true;
        h->failures = 0;
        h->loads++;
    }
    if (h->loading && event == LIFE_LOAD_FAILED)
        h->failures++;
    if (h->loading && event >= LIFE_LOADED && event <= LIFE_LOAD_CANCELLED && action != LIFE_RETRY)
        h->loading = false;
    life_progress(&h->l, (float)(event % 5) / 4);
    check_step(&before, h, event, action);
}

static void try_all(const history *h, int depth)
{
    for (int event = 0; depth && event < LIFE_EVENTS; event++) {
        history next = *h;

        step(&next, (life_event)event);
        try_all(&next, depth - 1);
    }
}

static void no_sequence_of_events_breaks_a_promise(void **state)
{
    history h = { .loading = false };

    (void)state;
    life_begin(&h.l, ATTEMPTS);
    try_all(&h, DEPTH);
    step(&h, LIFE_WANTED);
    step(&h, LIFE_LOADED);
    try_all(&h, DEPTH);
}

static life_action after(life *l, int n, const life_event *events)
{
    life_action action = LIFE_NOTHING;

    for (int i = 0; i < n; i++)
        action = life_step(l, events[i]);
    return action;
}

static void a_load_that_fails_for_good_is_answered_and_tried_once_more_by_the_next_job(void **state)
{
    static const life_event events[] = { LIFE_WANTED, LIFE_LOAD_FAILED, LIFE_LOAD_FAILED };
    life l;

    (void)state;
    life_begin(&l, 2);
    assert_int_equal(after(&l, 3, events), LIFE_ANSWER);
    assert_int_equal(life_state(&l), INSPYR_STATE_FAILED);
    assert_int_equal(life_step(&l, LIFE_WANTED), LIFE_LOAD);
    assert_int_equal(life_step(&l, LIFE_LOAD_FAILED), LIFE_ANSWER);
}

static void progress_of_a_load_never_goes_back_and_begins_anew_with_the_next(void **state)
{
    life l;

    (void)state;
    life_begin(&l, 2);
    life_step(&l, LIFE_WANTED);
    life_progress(&l, 0.5f);
    life_step(&l, LIFE_LOAD_FAILED);
    life_progress(&l, 0.1f);
    assert_true(l.progress == 0.5f);
    life_step(&l, LIFE_LOADED);
    assert_true(l.progress == 1);
    assert_int_equal(life_step(&l, LIFE_IDLE), LIFE_RELEASE);
    life_step(&l, LIFE_WANTED);
    assert_true(l.progress == 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_sequence_of_events_breaks_a_promise),
        cmocka_unit_test(a_load_that_fails_for_good_is_answered_and_tried_once_more_by_the_next_job),
        cmocka_unit_test(progress_of_a_load_never_goes_back_and_begins_anew_with_the_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

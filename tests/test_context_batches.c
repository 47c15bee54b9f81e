/* Batches against a simulation of discrete events: one worker, an engine whose pass of n pictures takes
 * fixed + n * each, and a clock that moves from event to event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "support/chance.h"
#include "support/jobs.h"

#define PICTURES 2000
#define BATCH 8

typedef struct arrival {
    double at, served;
} arrival;

typedef struct simulation {
    playing p;
    inspyr_context *c;
    atomic_bool started;
    arrival arrivals[PICTURES];
    int count, next;
    atomic_int served;
    double last; /* when the last one was */
} simulation;

static void nap(void)
{
    const struct timespec pause = { 0, 100000 };

    nanosleep(&pause, NULL);
}

static double clock_now(simulation *s)
{
    double now;

    pthread_mutex_lock(&s->p.mutex);
    now = s->p.now;
    pthread_mutex_unlock(&s->p.mutex);
    return now;
}

static void move_to(simulation *s, double when)
{
    double now = clock_now(s);

    if (when > now)
        playing_advance(&s->p, when - now);
}

static void served(void *user, inspyr_job *job, inspyr_status status)
{
    simulation *s = ((void **)user)[0];
    arrival *a = ((void **)user)[1];

    assert_int_equal(status, INSPYR_OK);
    a->served = s->last = clock_now(s);
    free(user);
    inspyr_job_free(job);
    atomic_fetch_add(&s->served, 1);
}

static void arrive(simulation *s, arrival *a)
{
    shade_file f = shade(s->next % 251, 3, 2 + s->next / 251);
    void **user = malloc(2 * sizeof *user);
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_job *job;

    matte_request(&r, &cutout);
    user[0] = s;
    user[1] = a;
    r.done = served;
    r.user = user;
    assert_int_equal(inspyr_context_submit(&job, s->c, f.bytes, f.size, &r, NULL), INSPYR_OK);
}

static bool event(playing *p, double until)
{
    simulation *s = p->event_user;

    if (!atomic_load(&s->started)) {
        nap();
        return false;
    }
    if (s->next < s->count && s->arrivals[s->next].at <= until) {
        arrival *a = &s->arrivals[s->next++];

        move_to(s, a->at);
        arrive(s, a);
        return true;
    }
    if (until < INFINITY)
        move_to(s, until);
    else
        nap();
    return false;
}

static void run(simulation *s, double fixed, double each)
{
    inspyr_context_options o;

    inspyr_context_options_init(&o);
    o.flags = INSPYR_CONTEXT_WAIT;
    o.max_batch = BATCH;
    o.queue_items = PICTURES;
    s->next = 0;
    atomic_init(&s->served, 0);
    atomic_init(&s->started, false);
    playing_begin(&s->p);
    s->p.event = event;
    s->p.event_user = s;
    s->p.pass_ms = fixed;
    s->p.picture_ms = each;
    s->c = playing_open(&s->p, &o);
    for (int i = 0; i < s->count; i++)
        s->arrivals[i].at += 2000; /* the clock has begun before */
    move_to(s, 2000);
    atomic_store(&s->started, true);
    while (atomic_load(&s->served) < s->count)
        nap();
    inspyr_context_free(s->c);
    playing_end(&s->p);
}

static simulation *with(int count, double gap, bool random)
{
    simulation *s = calloc(1, sizeof *s);
    chance dice = { 77 };
    double at = 0;

    s->count = count;
    for (int i = 0; i < count; i++) {
        s->arrivals[i].at = at;
        at += random ? -gap * log((double)(chance_bits(&dice) % 100000 + 1) / 100001) : gap;
    }
    return s;
}

static double mean_delay(const simulation *s)
{
    double sum = 0;

    for (int i = 0; i < s->count; i++)
        sum += s->arrivals[i].served - s->arrivals[i].at;
    return sum / s->count;
}

static void a_saturated_engine_is_used_to_within_a_tenth_of_the_best_batches(void **state)
{
    const double fixed = 90, each = 10, ideal = PICTURES / BATCH * (fixed + BATCH * each);
    simulation *s = with(PICTURES, 0, false);

    (void)state;
    run(s, fixed, each);
    assert_true(s->last - 2000 <= 1.1 * ideal);
    free(s);
}

static void arrivals_at_nine_tenths_of_the_capacity_are_served_as_they_come(void **state)
{
    const double fixed = 90, each = 10, best = (fixed + BATCH * each) / BATCH;
    simulation *s = with(PICTURES, best / 0.9, true);

    (void)state;
    run(s, fixed, each);
    assert_true(s->last - s->arrivals[PICTURES - 1].at <= 4 * (fixed + BATCH * each));
    assert_true((s->last - 2000) / PICTURES <= 1.1 * best / 0.9);
    free(s);
}

static void who_comes_alone_does_not_wait_for_company(void **state)
{
    simulation *s = with(50, 5000, false);

    (void)state;
    run(s, 90, 10);
    assert_int_equal(s->p.passes, 50);
    for (int i = 0; i < s->count; i++)
        assert_true(fabs(s->arrivals[i].served - s->arrivals[i].at - 100) < 1e-6);
    free(s);
}

static void nor_does_he_on_a_clock_that_never_stands_still(void **state)
{
    inspyr_context *c;
    double before;
    playing p;

    (void)state;
    playing_begin(&p);
    p.tick_ms = 0.01;
    c = playing_open(&p, NULL);
    before = context_now(c);
    expect_shade(submitted(c, 7, NULL), 7);
    assert_true(context_now(c) - before < 25); /* a batch may wait for 50 */
    context_end(c, &p);
}

static void an_engine_that_gains_nothing_from_batches_never_waits_for_them(void **state)
{
    simulation *s = with(500, 25, true);
    double busy = 20.0 / 25;

    (void)state;
    run(s, 0, 20);
    /* M/D/1: the mean wait is busy / (2 (1 - busy)) services, plus the service; batches of who waits anyway
     * make their first wait for their last. */
    assert_true(mean_delay(s) <= 1.5 * 20 * (1 + busy / (2 * (1 - busy))));
    free(s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_saturated_engine_is_used_to_within_a_tenth_of_the_best_batches),
        cmocka_unit_test(arrivals_at_nine_tenths_of_the_capacity_are_served_as_they_come),
        cmocka_unit_test(who_comes_alone_does_not_wait_for_company),
        cmocka_unit_test(nor_does_he_on_a_clock_that_never_stands_still),
        cmocka_unit_test(an_engine_that_gains_nothing_from_batches_never_waits_for_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

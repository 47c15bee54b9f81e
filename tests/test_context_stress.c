/* Many threads on one context: nothing is lost, nothing comes twice, nothing hangs. For the thread sanitizer
 * above all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "support/chance.h"
#include "support/jobs.h"

#define THREADS 200
#define ROUNDS 20

typedef struct storm {
    playing p;
    inspyr_context *c;
    atomic_int results, ends, wrong, refused, accepted;
    bool faults, patient;
} storm;

typedef struct client {
    storm *s;
    chance dice;
    pthread_t thread;
} client;

/* What one job's callbacks hear. */
typedef struct ear {
    storm *s;
    atomic_int results, ends;
    int value;
} ear;

static void nap(void)
{
    const struct timespec pause = { 0, 100000 };

    nanosleep(&pause, NULL);
}

static void hear(void *user, const inspyr_job_result *result)
{
    ear *e = user;
    inspyr_view view;

    atomic_fetch_add(&e->results, 1);
    atomic_fetch_add(&e->s->wrong, atomic_load(&e->ends));
    if (result->status || result->effect[0])
        return;
    inspyr_image_view(result->image, &view);
    if (*(unsigned char *)view.data != e->value)
        atomic_fetch_add(&e->s->wrong, 1);
}

static void hear_end(void *user, inspyr_job *job, inspyr_status status)
{
    ear *e = user;

    (void)job, (void)status;
    atomic_fetch_add(&e->ends, 1);
}

static bool may_happen(const storm *s, inspyr_status status)
{
    switch (status) {
    case INSPYR_OK:
        return true;
    case INSPYR_ERR_CANCELLED:
    case INSPYR_ERR_DEADLINE:
    case INSPYR_ERR_TIMEOUT:
    case INSPYR_ERR_OVERLOAD:
    case INSPYR_ERR_NOT_READY:
        return !s->patient;
    case INSPYR_ERR_DEVICE_MEMORY:
        return s->faults;
    default:
        return false;
    }
}

static void judge(storm *s, inspyr_status status)
{
    if (!may_happen(s, status)) {
        print_error("%s\n", inspyr_status_name(status));
        atomic_fetch_add(&s->wrong, 1);
    }
}

/* Something that owners of jobs do. */
static void meddle(client *k, inspyr_job *job)
{
    inspyr_job_status status;

    switch (chance_between(&k->dice, 0, 7)) {
    case 0:
        inspyr_job_cancel(job);
        break;
    case 1:
        inspyr_job_status_init(&status);
        judge(k->s, inspyr_job_poll(job, &status, NULL));
        break;
    case 2:
        judge(k->s, inspyr_job_wait(job, chance_between(&k->dice, 0, 3), NULL));
        break;
    case 3:
        inspyr_context_trim(k->s->c, 0.5f);
        break;
    case 4:
        playing_advance(&k->s->p, 1);
        break;
    default:
        break;
    }
}

static void one_job(client *k)
{
    static const int32_t sizes[] = { 32, 64 };
    storm *s = k->s;
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_job *job;
    ear e = { .s = s, .value = chance_between(&k->dice, 0, 15) };
    shade_file f = shade(e.value, 3, 2);
    inspyr_status status;
    size_t count = 1;

    matte_request(&r, &cutout);
    r.result = hear;
    r.done = hear_end;
    r.user = &e;
    r.priority = (inspyr_priority)chance_between(&k->dice, 0, 2);
    if (!s->patient && chance_one_in(&k->dice, 3))
        r.deadline_ms = chance_between(&k->dice, 1, 5);
    if (chance_one_in(&k->dice, 3)) {
        r.sizes = sizes;
        count = r.size_count = 2;
    }
    if (chance_one_in(&k->dice, 4)) {
        r.effects = "color";
        count++;
    }
    status = inspyr_context_submit(&job, s->c, f.bytes, f.size, &r, NULL);
    judge(s, status);
    atomic_fetch_add(status ? &s->refused : &s->accepted, 1);
    if (status)
        return;
    if (!s->patient)
        meddle(k, job);
    if (!s->patient && chance_one_in(&k->dice, 4)) {
        inspyr_job_free(job); /* and the ear with it */
        return;
    }
    judge(s, inspyr_job_wait(job, -1, NULL));
    if (atomic_load(&e.results) != (int)count || atomic_load(&e.ends) != 1)
        atomic_fetch_add(&s->wrong, 1);
    inspyr_job_free(job);
}

static void *client_run(void *user)
{
    client *k = user;

    for (int i = 0; i < ROUNDS; i++)
        one_job(k);
    return NULL;
}

static client *begin(storm *s, const inspyr_context_options *o, int threads)
{
    client *clients = calloc((size_t)threads, sizeof *clients);

    s->c = playing_open(&s->p, o);
    for (int i = 0; i < threads; i++) {
        clients[i] = (client){ .s = s, .dice = { (uint64_t)i + 1 } };
        assert_int_equal(pthread_create(&clients[i].thread, NULL, client_run, &clients[i]), 0);
    }
    return clients;
}

static void end(storm *s, client *clients, int threads)
{
    inspyr_context_status status;

    for (int i = 0; i < threads; i++)
        pthread_join(clients[i].thread, NULL);
    free(clients);
    assert_int_equal(inspyr_context_drain(s->c, -1, NULL), INSPYR_OK);
    status = status_of(s->c);
    assert_int_equal(status.queue_items, 0);
    assert_int_equal(status.running, 0);
    assert_int_equal(status.queue_bytes, 0);
    assert_int_equal(status.memory_reserved, 0);
    inspyr_context_free(s->c);
    assert_int_equal(s->wrong, 0);
    playing_end(&s->p);
}

static void two_hundred_threads_submit_cancel_wait_and_trim_at_once(void **state)
{
    storm s = { .faults = true };
    inspyr_context_options o;
    client *clients;

    (void)state;
    inspyr_context_options_init(&o);
    o.workers = 4;
    o.queue_items = 64;
    o.idle_release_ms = 1;
    playing_begin(&s.p);
    s.p.memory_over = 6;
    clients = begin(&s, &o, THREADS);
    end(&s, clients, THREADS);
    assert_int_equal(s.accepted + s.refused, THREADS * ROUNDS);
    assert_true(s.accepted > 0);
}

static void a_storm_on_a_cold_context_loads_once(void **state)
{
    storm s = { .patient = true };
    inspyr_context_options o;
    client *clients;

    (void)state;
    inspyr_context_options_init(&o);
    o.flags = INSPYR_CONTEXT_COLD;
    o.workers = 2;
    o.queue_items = THREADS * ROUNDS;
    playing_begin(&s.p);
    playing_hold(&s.p, true, false);
    clients = begin(&s, &o, THREADS);
    while (status_of(s.c).queue_items < THREADS)
        nap();
    playing_hold(&s.p, false, false);
    end(&s, clients, THREADS);
    assert_int_equal(s.p.loads, 1);
    assert_int_equal(s.refused, 0);
}

static void memory_that_is_always_short_slows_down_and_breaks_nothing(void **state)
{
    storm s = { .patient = true };
    inspyr_context_options o;
    client *clients;

    (void)state;
    inspyr_context_options_init(&o);
    o.workers = 4;
    o.queue_items = THREADS * ROUNDS;
    o.memory_budget = 8 << 20;
    playing_begin(&s.p);
    s.p.memory_over = 1;
    clients = begin(&s, &o, THREADS / 4);
    end(&s, clients, THREADS / 4);
    assert_int_equal(s.refused, 0);
    for (int i = 0; i < s.p.passes && i < PLAYED_PASSES; i++)
        assert_in_range(s.p.sizes[i], 1, 8);
}

static void a_saturated_device_refuses_fast_and_finishes_what_it_took(void **state)
{
    storm s = { .patient = false };
    inspyr_context_options o;
    client *clients;

    (void)state;
    inspyr_context_options_init(&o);
    o.queue_items = 4;
    playing_begin(&s.p);
    playing_hold(&s.p, false, true);
    clients = begin(&s, &o, THREADS);
    while (atomic_load(&s.refused) < THREADS) /* while the only worker hangs */
        nap();
    assert_true(status_of(s.c).queue_items <= 4);
    playing_hold(&s.p, false, false);
    end(&s, clients, THREADS);
}

static void draining_in_the_middle_of_it_answers_everybody(void **state)
{
    storm s = { .faults = true };
    inspyr_context_options o;
    client *clients;

    (void)state;
    inspyr_context_options_init(&o);
    o.workers = 3;
    playing_begin(&s.p);
    clients = begin(&s, &o, THREADS);
    while (atomic_load(&s.accepted) < THREADS)
        nap();
    (void)!inspyr_context_drain(s.c, 0, NULL);
    end(&s, clients, THREADS);
    assert_true(s.refused > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_hundred_threads_submit_cancel_wait_and_trim_at_once),
        cmocka_unit_test(a_storm_on_a_cold_context_loads_once),
        cmocka_unit_test(memory_that_is_always_short_slows_down_and_breaks_nothing),
        cmocka_unit_test(a_saturated_device_refuses_fast_and_finishes_what_it_took),
        cmocka_unit_test(draining_in_the_middle_of_it_answers_everybody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

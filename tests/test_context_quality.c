/* Levels of quality, and what spans tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>

#include "support/jobs.h"

static inspyr_level level(int32_t side, int32_t delay_ms)
{
    inspyr_level l;

    inspyr_level_init(&l);
    l.network_width = l.network_height = side;
    l.delay_ms = delay_ms;
    return l;
}

/* One after the other, each waiting for all before it; the level of the last one. */
static int32_t in_a_row(inspyr_context *c, playing *p, int n, const inspyr_request *request)
{
    static int next = 0;
    inspyr_job *jobs[8];
    inspyr_job_result result;
    int32_t last = -1;

    playing_hold(p, false, n > 1);
    for (int i = 0; i < n; i++) {
        jobs[i] = submitted(c, next++ % 256, request);
        if (!i && n > 1)
            playing_await_pass(p);
    }
    playing_hold(p, false, false);
    inspyr_job_result_init(&result);
    for (int i = 0; i < n; i++) {
        assert_int_equal(inspyr_job_wait(jobs[i], -1, NULL), INSPYR_OK);
        assert_int_equal(inspyr_job_result_get(jobs[i], 0, &result, NULL), INSPYR_OK);
        last = result.level;
        inspyr_job_free(jobs[i]);
    }
    return last;
}

static void jobs_get_less_while_others_wait_too_long_and_all_when_that_is_over(void **state)
{
    inspyr_level l = level(32, 300);
    const inspyr_level *levels[] = { &l };
    inspyr_context_options o;
    inspyr_cutout_options cutout;
    inspyr_request full;
    inspyr_context *c;
    playing p;

    (void)state;
    inspyr_context_options_init(&o);
    o.levels = levels;
    o.level_count = 1;
    o.max_batch = 1;
    playing_begin(&p);
    p.pass_ms = 200;
    c = playing_open(&p, &o);
    assert_int_equal(in_a_row(c, &p, 1, NULL), 0);
    assert_int_equal(in_a_row(c, &p, 8, NULL), 0); /* which were asked for before anybody had waited */
    assert_int_equal(status_of(c).level, 1);
    assert_int_equal(in_a_row(c, &p, 1, NULL), 1);
    matte_request(&full, &cutout);
    full.flags = INSPYR_REQUEST_FULL_QUALITY;
    assert_int_equal(in_a_row(c, &p, 1, &full), 0);
    for (int i = 0; i < 10; i++) {
        playing_advance(&p, 1000);
        in_a_row(c, &p, 1, NULL);
    }
    assert_int_equal(status_of(c).level, 0);
    inspyr_context_free(c);

    o.flags = INSPYR_CONTEXT_NO_ADAPTIVE;
    c = playing_open(&p, &o);
    in_a_row(c, &p, 8, NULL);
    assert_int_equal(status_of(c).level, 0);
    inspyr_context_free(c);
    playing_end(&p);
}

static void a_level_can_have_a_model_of_its_own_loaded_and_freed_with_the_context(void **state)
{
    inspyr_level l = level(0, 300);
    const inspyr_level *levels[] = { &l };
    inspyr_context_options o;
    inspyr_context *c;
    playing p;

    (void)state;
    inspyr_context_options_init(&o);
    l.source = "small";
    o.levels = levels;
    o.level_count = 1;
    o.max_batch = 1;
    o.idle_release_ms = 100000;
    playing_begin(&p);
    p.pass_ms = 200;
    c = playing_open(&p, &o);
    in_a_row(c, &p, 8, NULL);
    assert_int_equal(p.loads, 2);
    assert_string_equal(p.models[0].source, "");
    assert_string_equal(p.models[1].source, "small");
    assert_int_equal(p.models[1].passes, 0);
    assert_int_equal(in_a_row(c, &p, 1, NULL), 1);
    assert_int_equal(p.models[1].passes, 1);
    assert_int_equal(p.models[0].passes, 8);
    while (inspyr_context_state(c) != INSPYR_STATE_COLD) /* the worker may be putting away its last job */
        playing_advance(&p, 100001);
    while (atomic_load(&p.releases) < 2) /* after the state has changed */
        ;
    inspyr_context_free(c);
    playing_end(&p);
}

static void levels_that_make_no_sense_are_refused(void **state)
{
    const context_seams seams = { &backend_played, NULL, context_clock_real };
    inspyr_level a = level(32, 300), b = level(32, 100), model = level(32, 300);
    const inspyr_level *wrong[] = { &a, &b }, *other[] = { &model };
    inspyr_context_options o;
    inspyr_context *c;

    (void)state;
    inspyr_context_options_init(&o);
    o.levels = wrong;
    o.level_count = 2;
    assert_int_equal(context_open_with(&c, &o, &seams, NULL), INSPYR_ERR_ARGUMENT);
    model.precision = (inspyr_precision)99;
    o.levels = other;
    o.level_count = 1;
    assert_int_equal(context_open_with(&c, &o, &seams, NULL), INSPYR_ERR_UNSUPPORTED);
    o.levels = NULL;
    assert_int_equal(context_open_with(&c, &o, &seams, NULL), INSPYR_ERR_ARGUMENT);
    o.level_count = 0;
    o.workers = 17;
    assert_int_equal(context_open_with(&c, &o, &seams, NULL), INSPYR_ERR_ARGUMENT);
    o.workers = 1;
    o.flags = UINT64_C(1) << 50;
    assert_int_equal(context_open_with(&c, &o, &seams, NULL), INSPYR_ERR_UNSUPPORTED);
    assert_null(c);
}

typedef struct spans {
    pthread_mutex_t mutex;
    char names[32][16], traces[32][40], parents[32][20], ids[32][20];
    int n;
    bool backwards;
} spans;

static void collect(void *user, const inspyr_span *span)
{
    spans *s = user;

    pthread_mutex_lock(&s->mutex);
    snprintf(s->names[s->n], 16, "%s", span->name);
    snprintf(s->traces[s->n], 40, "%s", span->trace_id);
    snprintf(s->parents[s->n], 20, "%s", span->parent_id);
    snprintf(s->ids[s->n], 20, "%s", span->span_id);
    s->backwards = s->backwards || span->end_ns < span->start_ns;
    s->n++;
    pthread_mutex_unlock(&s->mutex);
}

static int find(const spans *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (!strcmp(s->names[i], name))
            return i;
    fail_msg("no span of %s", name);
    return -1;
}

static void spans_of_a_request_hang_on_the_callers_trace(void **state)
{
    static const char trace[] = "4bf92f3577b34da6a3ce929d0e0e4736", span[] = "00f067aa0ba902b7";
    inspyr_cutout_options cutout;
    inspyr_context_options o;
    inspyr_request r;
    inspyr_context *c;
    spans s = { .n = 0 };
    playing p;
    int request;

    (void)state;
    pthread_mutex_init(&s.mutex, NULL);
    inspyr_context_options_init(&o);
    o.span = collect;
    o.span_user = &s;
    playing_begin(&p);
    p.pass_ms = 30;
    c = playing_open(&p, &o);
    matte_request(&r, &cutout);
    r.effects = "color";
    r.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    expect_shade(submitted(c, 1, &r), 1);
    assert_int_equal(inspyr_context_drain(c, -1, NULL), INSPYR_OK);
    request = find(&s, "request");
    assert_string_equal(s.parents[request], span);
    for (int i = 0; i < s.n; i++)
        if (strcmp(s.names[i], "batch") != 0) {
            assert_string_equal(s.traces[i], trace);
            if (i != request)
                assert_string_equal(s.parents[i], s.ids[request]);
        }
    find(&s, "queue");
    find(&s, "decode");
    find(&s, "infer");
    find(&s, "postprocess");
    find(&s, "effect");
    find(&s, "batch");
    assert_false(s.backwards);
    inspyr_context_free(c);
    playing_end(&p);
    pthread_mutex_destroy(&s.mutex);
}

/* A context that has a cache and, at level 1, a model of its own; and a request for files. */
typedef struct scene {
    playing p;
    inspyr_cache *cache;
    inspyr_context *c;
    inspyr_encode_options encode;
    inspyr_cutout_options cutout;
    inspyr_request r;
    int served; /* at once */
} scene;

static void begin(scene *s)
{
    inspyr_level l = level(0, 300);
    const inspyr_level *levels[] = { &l };
    inspyr_context_options o;

    assert_int_equal(inspyr_cache_open(&s->cache, NULL, NULL), INSPYR_OK);
    inspyr_context_options_init(&o);
    l.source = "small";
    o.levels = levels;
    o.level_count = 1;
    o.max_batch = 1;
    o.cache = s->cache;
    playing_begin(&s->p);
    s->p.pass_ms = 200;
    s->c = playing_open(&s->p, &o);
    matte_request(&s->r, &s->cutout);
    inspyr_encode_options_init(&s->encode);
    s->encode.file = INSPYR_FILE_PAM;
    s->r.encode = &s->encode;
    s->r.flags = INSPYR_REQUEST_FULL_QUALITY;
    s->served = 0;
}

static void end(scene *s)
{
    context_end(s->c, &s->p);
    inspyr_cache_free(s->cache);
}

/* A picture that the cache has; of a worker's thread, too. */
static void ask_for_what_is_there(void *user, inspyr_job *job, inspyr_status status)
{
    const shade_file f = shade(250, 3, 2);
    scene *s = user;

    (void)status;
    if (!inspyr_context_submit(&job, s->c, f.bytes, f.size, &s->r, NULL))
        s->served += poll_of(job).state == INSPYR_JOB_DONE;
    inspyr_job_free(job);
}

static void jobs_that_do_not_wait_neither_raise_nor_lower_the_level(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request mixed;
    scene s;

    (void)state;
    begin(&s);
    expect_status(submitted(s.c, 250, &s.r), INSPYR_OK);
    matte_request(&mixed, &cutout);
    mixed.done = ask_for_what_is_there;
    mixed.user = &s;
    in_a_row(s.c, &s.p, 8, &mixed);
    assert_int_equal(s.served, 8);
    assert_int_equal(status_of(s.c).level, 1);
    for (int i = 0; i < 10; i++) {
        playing_advance(&s.p, 1000);
        ask_for_what_is_there(&s, NULL, INSPYR_OK);
    }
    assert_int_equal(s.served, 18);
    assert_int_equal(status_of(s.c).level, 1);
    end(&s);
}

/* How many passes each model has run when a job of this picture is done. */
static void expect_passes(scene *s, uint64_t flags, int better, int smaller)
{
    s->r.flags = flags;
    expect_status(submitted(s->c, 250, &s->r), INSPYR_OK);
    while (status_of(s->c).memory_reserved) /* a flight that can still be joined */
        ;
    assert_int_equal(s->p.models[0].passes, better);
    assert_int_equal(s->p.models[1].passes, smaller);
}

static void nothing_degraded_is_found_for_a_request_of_full_quality(void **state)
{
    scene s;

    (void)state;
    begin(&s);
    in_a_row(s.c, &s.p, 8, NULL);
    assert_int_equal(status_of(s.c).level, 1);
    expect_passes(&s, 0, 8, 1);
    expect_passes(&s, INSPYR_REQUEST_FULL_QUALITY, 9, 1);
    expect_passes(&s, INSPYR_REQUEST_FULL_QUALITY, 9, 1);
    expect_passes(&s, 0, 9, 1);
    end(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_get_less_while_others_wait_too_long_and_all_when_that_is_over),
        cmocka_unit_test(a_level_can_have_a_model_of_its_own_loaded_and_freed_with_the_context),
        cmocka_unit_test(levels_that_make_no_sense_are_refused),
        cmocka_unit_test(spans_of_a_request_hang_on_the_callers_trace),
        cmocka_unit_test(jobs_that_do_not_wait_neither_raise_nor_lower_the_level),
        cmocka_unit_test(nothing_degraded_is_found_for_a_request_of_full_quality),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

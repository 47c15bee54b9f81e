#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"

static void a_deadline_that_passes_in_the_queue_costs_no_pass(void **state)
{
    inspyr_job *late;
    busy_context b;
    heard h;

    (void)state;
    busy_begin(&b, NULL);
    listening(&b.r, &b.cutout, &h);
    b.r.deadline_ms = 50;
    late = submitted(b.c, 7, &b.r);
    playing_advance(&b.p, 51);
    expect_status(late, INSPYR_ERR_DEADLINE);
    assert_int_equal(h.n, 1);
    assert_int_equal(h.ends, 1);
    busy_go_on(&b);
    assert_int_equal(b.p.pictures, 1);
    busy_end(&b);
}

static void expired_jobs_make_room_even_while_every_worker_hangs(void **state)
{
    inspyr_context_options o;
    inspyr_cutout_options cutout;
    inspyr_job *first, *late, *next;
    inspyr_request r;
    inspyr_context *c;
    playing p;

    (void)state;
    inspyr_context_options_init(&o);
    o.queue_items = 1;
    playing_begin(&p);
    playing_hold(&p, false, true);
    p.deaf = true;
    c = playing_open(&p, &o);
    first = submitted(c, 100, NULL);
    playing_await_pass(&p);
    matte_request(&r, &cutout);
    r.deadline_ms = 50;
    late = submitted(c, 7, &r);
    assert_int_equal(submit_status(c, 8, NULL), INSPYR_ERR_OVERLOAD);
    playing_advance(&p, 51);
    next = submitted(c, 8, NULL);
    assert_int_equal(poll_of(late).status, INSPYR_ERR_DEADLINE);
    expect_status(late, INSPYR_ERR_DEADLINE);
    playing_hold(&p, false, false);
    expect_shade(first, 100);
    expect_shade(next, 8);
    context_end(c, &p);
}

static void everybody_keeps_their_own_deadline_in_a_shared_pass(void **state)
{
    inspyr_job *late;
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    b.r.deadline_ms = 50;
    late = submitted(b.c, 100, &b.r);
    playing_advance(&b.p, 51);
    expect_status(late, INSPYR_ERR_DEADLINE);
    assert_int_equal(poll_of(b.first).state, INSPYR_JOB_RUNNING);
    busy_go_on(&b);
    busy_end(&b);
}

static void a_deadline_that_cannot_be_kept_is_refused_at_the_door(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_job *first, *more[8];
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    p.picture_ms = 1000;
    c = playing_open(&p, NULL);
    expect_shade(submitted(c, 1, NULL), 1); /* from which it learns */
    playing_hold(&p, false, true);
    first = submitted(c, 100, NULL);
    playing_await_pass(&p);
    for (int i = 0; i < 8; i++)
        more[i] = submitted(c, i, NULL);
    matte_request(&r, &cutout);
    r.deadline_ms = 900;
    assert_int_equal(submit_status(c, 50, &r), INSPYR_ERR_DEADLINE);
    r.deadline_ms = 60000;
    assert_int_equal(submit_status(c, 50, &r), INSPYR_OK);
    assert_true(status_of(c).queue_delay_ms >= 1000);
    playing_hold(&p, false, false);
    for (int i = 0; i < 8; i++)
        expect_shade(more[i], i);
    expect_shade(first, 100);
    context_end(c, &p);
}

static void a_full_queue_refuses_in_items_and_in_bytes(void **state)
{
    inspyr_context_options o;
    inspyr_job *one, *other;
    busy_context b;

    (void)state;
    inspyr_context_options_init(&o);
    o.queue_items = 2;
    busy_begin(&b, &o);
    one = submitted(b.c, 1, NULL);
    other = submitted(b.c, 2, NULL);
    assert_int_equal(submit_status(b.c, 3, NULL), INSPYR_ERR_OVERLOAD);
    inspyr_job_free(other);
    other = submitted(b.c, 3, NULL); /* there is room again */
    busy_go_on(&b);
    expect_shade(one, 1);
    expect_shade(other, 3);
    busy_end(&b);

    o.queue_items = 0;
    o.queue_bytes = 30; /* a picture is 17 bytes */
    busy_begin(&b, &o);
    one = submitted(b.c, 1, NULL);
    assert_int_equal(submit_status(b.c, 3, NULL), INSPYR_ERR_OVERLOAD);
    busy_go_on(&b);
    expect_shade(one, 1);
    busy_end(&b);
}

static void a_job_over_the_memory_budget_is_refused_and_others_wait_for_memory(void **state)
{
    inspyr_context_options o;
    inspyr_job *jobs[4];
    inspyr_context *c;
    uint64_t bytes;
    playing p;
    busy_context b;

    (void)state;
    playing_begin(&p);
    c = playing_open(&p, NULL);
    assert_int_equal(inspyr_context_estimate(&bytes, c, 3, 2, NULL, NULL), INSPYR_OK);
    assert_in_range(bytes, 1, 1 << 24);
    context_end(c, &p);

    inspyr_context_options_init(&o);
    o.memory_budget = 1;
    playing_begin(&p);
    c = playing_open(&p, &o);
    assert_int_equal(submit_status(c, 3, NULL), INSPYR_ERR_OVERLOAD);
    context_end(c, &p);

    o.memory_budget = bytes + bytes / 2;
    busy_begin(&b, &o);
    for (int i = 0; i < 4; i++)
        jobs[i] = submitted(b.c, i, NULL);
    busy_go_on(&b);
    for (int i = 0; i < 4; i++)
        expect_shade(jobs[i], i);
    for (int i = 0; i < b.p.passes; i++)
        assert_int_equal(b.p.sizes[i], 1);
    busy_end(&b);
}

/* The order in which jobs end: the only worker's. */
typedef struct finish_line {
    inspyr_priority order[8];
    int n;
} finish_line;

static void cross(void *user, inspyr_job *job, inspyr_status status)
{
    finish_line *line = user;

    (void)status;
    line->order[line->n++] = job->request.options.priority;
}

static void interactive_jobs_go_before_batches_and_pull_what_they_join(void **state)
{
    static const inspyr_priority order[] = { INSPYR_PRIORITY_WARMUP, INSPYR_PRIORITY_INTERACTIVE,
                                             INSPYR_PRIORITY_INTERACTIVE, INSPYR_PRIORITY_BATCH };
    inspyr_context_options o;
    inspyr_job *batch, *warm, *interactive, *joining;
    finish_line line = { .n = 0 };
    busy_context b;

    (void)state;
    inspyr_context_options_init(&o);
    o.max_batch = 1;
    busy_begin(&b, &o);
    b.r.done = cross;
    b.r.user = &line;
    b.r.priority = INSPYR_PRIORITY_WARMUP;
    warm = submitted(b.c, 1, &b.r);
    b.r.priority = INSPYR_PRIORITY_BATCH;
    batch = submitted(b.c, 2, &b.r);
    b.r.priority = INSPYR_PRIORITY_INTERACTIVE;
    interactive = submitted(b.c, 3, &b.r);
    joining = submitted(b.c, 1, &b.r);
    busy_go_on(&b);
    expect_shade(batch, 2);
    expect_shade(joining, 1);
    expect_shade(interactive, 3);
    expect_shade(warm, 1);
    assert_int_equal(line.n, 4);
    assert_memory_equal(line.order, order, sizeof order);
    busy_end(&b);
}

static int unwanted(void *user, const inspyr_effect_result *result)
{
    (void)user, (void)result;
    return 0;
}

static void options_that_cannot_be_honoured_are_errors_before_any_work(void **state)
{
    static const int32_t sizes[] = { 32, 16 };
    inspyr_cutout_options cutout;
    inspyr_encode_options encode;
    inspyr_effect_options effect;
    inspyr_request r;
    inspyr_context *c;
    playing p;

    (void)state;
    playing_begin(&p);
    c = playing_open(&p, NULL);
    matte_request(&r, &cutout);
    r.flags = UINT64_C(1) << 40;
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_UNSUPPORTED);
    matte_request(&r, &cutout);
    r.effects = "no-such-effect";
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ARGUMENT);
    r.effects = "popart@99";
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_UNSUPPORTED);
    matte_request(&r, &cutout);
    r.sizes = sizes;
    r.size_count = 2;
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ARGUMENT);
    matte_request(&r, &cutout);
    inspyr_encode_options_init(&encode);
    r.encode = &encode;
    encode.quality = 101;
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ARGUMENT);
    encode.quality = 0;
    encode.file = INSPYR_FILE_HEIF;
    assert_int_not_equal(submit_status(c, 1, &r), INSPYR_OK);
    encode.file = INSPYR_FILE_JPEG;
    cutout.output = INSPYR_OUTPUT_RGBA;
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ENCODE);
    matte_request(&r, &cutout);
    inspyr_effect_options_init(&effect);
    effect.result = unwanted;
    r.effect = &effect;
    r.effects = "color";
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ARGUMENT);
    matte_request(&r, &cutout);
    r.deadline_ms = -1;
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ARGUMENT);
    assert_int_equal(p.passes, 0);
    context_end(c, &p);
}

static void many_pictures_go_through_a_queue_that_is_too_small_for_them(void **state)
{
    shade_file files[50];
    inspyr_bytes pictures[50] = { { 0 } };
    inspyr_context_options o;
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_job *jobs[50];
    inspyr_context *c;
    playing p;

    (void)state;
    inspyr_context_options_init(&o);
    o.queue_items = 3;
    playing_begin(&p);
    c = playing_open(&p, &o);
    for (int i = 0; i < 50; i++) {
        files[i] = shade(i, 4, 4);
        if (i == 20)
            files[i].size -= 9;
        pictures[i] = (inspyr_bytes){ files[i].bytes, files[i].size, NULL, NULL };
    }
    matte_request(&r, &cutout);
    assert_int_equal(inspyr_context_process(jobs, c, pictures, 50, &r, NULL), INSPYR_ERR_IMAGE);
    for (int i = 0; i < 50; i++)
        if (i == 20)
            expect_status(jobs[i], INSPYR_ERR_IMAGE);
        else
            expect_shade(jobs[i], i);
    context_end(c, &p);
}

static void lower_priorities_fill_up_a_batch(void **state)
{
    inspyr_job *jobs[4];
    busy_context b;

    (void)state;
    busy_begin(&b, NULL);
    for (int i = 0; i < 4; i++) {
        b.r.priority = i < 3 ? INSPYR_PRIORITY_BATCH : INSPYR_PRIORITY_INTERACTIVE;
        jobs[i] = submitted(b.c, i, &b.r);
    }
    busy_go_on(&b);
    for (int i = 0; i < 4; i++)
        expect_shade(jobs[i], i);
    assert_int_equal(b.p.passes, 3);
    assert_int_equal(b.p.sizes[1], 2); /* the interactive one, and one of the others */
    busy_end(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_that_passes_in_the_queue_costs_no_pass),
        cmocka_unit_test(expired_jobs_make_room_even_while_every_worker_hangs),
        cmocka_unit_test(everybody_keeps_their_own_deadline_in_a_shared_pass),
        cmocka_unit_test(a_deadline_that_cannot_be_kept_is_refused_at_the_door),
        cmocka_unit_test(a_full_queue_refuses_in_items_and_in_bytes),
        cmocka_unit_test(a_job_over_the_memory_budget_is_refused_and_others_wait_for_memory),
        cmocka_unit_test(interactive_jobs_go_before_batches_and_pull_what_they_join),
        cmocka_unit_test(options_that_cannot_be_honoured_are_errors_before_any_work),
        cmocka_unit_test(many_pictures_go_through_a_queue_that_is_too_small_for_them),
        cmocka_unit_test(lower_priorities_fill_up_a_batch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"

static void a_deadline_that_passes_in_the_queue_costs_no_pass(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_job *first, *late;
    inspyr_request r;
    inspyr_context *c;
    playing p;
    heard h;

    (void)state;
    c = context_busy(&p, NULL, &first);
    listening(&r, &cutout, &h);
    r.deadline_ms = 50;
    late = submitted(c, 7, &r);
    playing_advance(&p, 51);
    expect_status(late, INSPYR_ERR_DEADLINE);
    assert_int_equal(h.n, 1);
    assert_int_equal(h.ends, 1);
    playing_hold(&p, false, false);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 1);
    context_end(c, &p);
}

static void everybody_keeps_their_own_deadline_in_a_shared_pass(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_job *first, *late;
    inspyr_request r;
    inspyr_context *c;
    playing p;

    (void)state;
    c = context_busy(&p, NULL, &first);
    matte_request(&r, &cutout);
    r.deadline_ms = 50;
    late = submitted(c, 100, &r);
    playing_advance(&p, 51);
    expect_status(late, INSPYR_ERR_DEADLINE);
    assert_int_equal(poll_of(first).state, INSPYR_JOB_RUNNING);
    playing_hold(&p, false, false);
    expect_shade(first, 100);
    context_end(c, &p);
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
    inspyr_job *first, *a, *b;
    inspyr_context *c;
    playing p;

    (void)state;
    inspyr_context_options_init(&o);
    o.queue_items = 2;
    c = context_busy(&p, &o, &first);
    a = submitted(c, 1, NULL);
    b = submitted(c, 2, NULL);
    assert_int_equal(submit_status(c, 3, NULL), INSPYR_ERR_OVERLOAD);
    inspyr_job_free(b);
    b = submitted(c, 3, NULL); /* there is room again */
    playing_hold(&p, false, false);
    expect_shade(a, 1);
    expect_shade(b, 3);
    expect_shade(first, 100);
    context_end(c, &p);

    o.queue_items = 0;
    o.queue_bytes = 30; /* a picture is 17 bytes */
    c = context_busy(&p, &o, &first);
    a = submitted(c, 1, NULL);
    assert_int_equal(submit_status(c, 3, NULL), INSPYR_ERR_OVERLOAD);
    playing_hold(&p, false, false);
    expect_shade(a, 1);
    expect_shade(first, 100);
    context_end(c, &p);
}

static void a_job_over_the_memory_budget_is_refused_and_others_wait_for_memory(void **state)
{
    inspyr_context_options o;
    inspyr_job *first, *jobs[4];
    inspyr_context *c;
    uint64_t bytes;
    playing p;

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
    c = context_busy(&p, &o, &first);
    for (int i = 0; i < 4; i++)
        jobs[i] = submitted(c, i, NULL);
    playing_hold(&p, false, false);
    for (int i = 0; i < 4; i++)
        expect_shade(jobs[i], i);
    expect_shade(first, 100);
    for (int i = 0; i < p.passes; i++)
        assert_int_equal(p.sizes[i], 1);
    context_end(c, &p);
}

static void interactive_jobs_go_before_batches_and_pull_what_they_join(void **state)
{
    inspyr_context_options o;
    inspyr_cutout_options cutout;
    inspyr_job *first, *batch, *warm, *interactive, *joining;
    inspyr_request r;
    inspyr_context *c;
    playing p;

    (void)state;
    inspyr_context_options_init(&o);
    o.max_batch = 1;
    c = context_busy(&p, &o, &first);
    matte_request(&r, &cutout);
    r.priority = INSPYR_PRIORITY_WARMUP;
    warm = submitted(c, 1, &r);
    r.priority = INSPYR_PRIORITY_BATCH;
    batch = submitted(c, 2, &r);
    r.priority = INSPYR_PRIORITY_INTERACTIVE;
    interactive = submitted(c, 3, &r);
    joining = submitted(c, 1, &r);
    playing_hold(&p, false, false);
    expect_shade(joining, 1);
    expect_shade(interactive, 3);
    assert_true(p.passes >= 3);
    assert_int_equal(poll_of(warm).state, INSPYR_JOB_DONE);
    expect_shade(batch, 2);
    expect_shade(warm, 1);
    expect_shade(first, 100);
    context_end(c, &p);
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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline_that_passes_in_the_queue_costs_no_pass),
        cmocka_unit_test(everybody_keeps_their_own_deadline_in_a_shared_pass),
        cmocka_unit_test(a_deadline_that_cannot_be_kept_is_refused_at_the_door),
        cmocka_unit_test(a_full_queue_refuses_in_items_and_in_bytes),
        cmocka_unit_test(a_job_over_the_memory_budget_is_refused_and_others_wait_for_memory),
        cmocka_unit_test(interactive_jobs_go_before_batches_and_pull_what_they_join),
        cmocka_unit_test(options_that_cannot_be_honoured_are_errors_before_any_work),
        cmocka_unit_test(many_pictures_go_through_a_queue_that_is_too_small_for_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

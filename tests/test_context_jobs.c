#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"

/* What a job's callbacks heard. Guarded by the fact that they never run two at a time. */
typedef struct heard {
    size_t indices[16], n, count;
    int ends;
    bool result_after_end;
    inspyr_status status;
    bool frees, cancels;
    inspyr_job *job;
} heard;

static void hear(void *user, const inspyr_job_result *result)
{
    heard *h = user;

    h->result_after_end = h->result_after_end || h->ends;
    h->indices[h->n++] = result->index;
    h->count = result->count;
    if (h->cancels)
        inspyr_job_cancel(h->job);
}

static void hear_end(void *user, inspyr_job *job, inspyr_status status)
{
    heard *h = user;

    h->ends++;
    h->status = status;
    if (h->frees)
        inspyr_job_free(job);
}

static void listening(inspyr_request *r, inspyr_cutout_options *cutout, heard *h)
{
    memset(h, 0, sizeof *h);
    matte_request(r, cutout);
    r->result = hear;
    r->done = hear_end;
    r->user = h;
}

/* A context whose only worker hangs in a pass, so that whatever comes waits. */
static inspyr_context *busy(played *p, const inspyr_context_options *o, inspyr_job **job)
{
    inspyr_context *c;

    played_begin(p);
    played_hold(p, false, true);
    c = played_open(p, o);
    *job = submitted(c, 100, NULL);
    played_await_pass(p);
    return c;
}

static void end(inspyr_context *c, played *p)
{
    assert_int_equal(inspyr_context_drain(c, -1, NULL), INSPYR_OK);
    assert_int_equal(status_of(c).queue_items, 0);
    assert_int_equal(status_of(c).running, 0);
    assert_int_equal(status_of(c).queue_bytes, 0);
    assert_int_equal(status_of(c).memory_reserved, 0);
    inspyr_context_free(c);
    played_end(p);
}

static void every_result_comes_once_sizes_first_and_one_end_after_all(void **state)
{
    static const int32_t sizes[] = { 32, 64, 32 };
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    inspyr_job *job;
    bool seen[6] = { false };
    played p;
    heard h;

    (void)state;
    played_begin(&p);
    c = played_open(&p, NULL);
    listening(&r, &cutout, &h);
    r.sizes = sizes;
    r.size_count = 3;
    r.effects = "color,popart,dithering";
    job = submitted(c, 5, &r);
    assert_int_equal(inspyr_job_wait(job, -1, NULL), INSPYR_OK);
    assert_int_equal(h.n, 6);
    assert_int_equal(h.count, 6);
    assert_int_equal(h.ends, 1);
    assert_false(h.result_after_end);
    assert_int_equal(h.status, INSPYR_OK);
    for (size_t i = 0; i < h.n; i++) {
        assert_false(seen[h.indices[i]]);
        seen[h.indices[i]] = true;
    }
    assert_true(h.indices[0] < 3);
    assert_int_equal(poll_of(job).results_ready, 6);
    assert_true(poll_of(job).progress == 1);
    inspyr_job_free(job);
    assert_int_equal(p.pictures, 2); /* 32 was wanted twice, and computed once */
    end(c, &p);
}

static void progress_never_goes_back(void **state)
{
    inspyr_context *c;
    inspyr_job *job;
    float last = 0;
    played p;

    (void)state;
    c = busy(&p, NULL, &job);
    for (int i = 0; i < 200; i++) {
        float now = poll_of(job).progress;

        assert_true(now >= last && now < 1);
        last = now;
    }
    assert_true(last > 0);
    played_hold(&p, false, false);
    expect_shade(job, 100);
    end(c, &p);
}

static void pictures_of_the_smallest_sizes_work(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    played p;

    (void)state;
    played_begin(&p);
    c = played_open(&p, NULL);
    matte_request(&r, &cutout);
    for (int side = 1; side <= 40; side++)
        for (int other = 1; other <= 3; other++) {
            shade_file f = shade(side, side, other);
            inspyr_job *job;

            assert_int_equal(inspyr_context_submit(&job, c, f.bytes, f.size, &r, NULL), INSPYR_OK);
            expect_shade(job, side);
        }
    end(c, &p);
}

static void pictures_that_wait_share_a_pass_and_get_their_own_results(void **state)
{
    inspyr_job *first, *jobs[20];
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    for (int i = 0; i < 20; i++)
        jobs[i] = submitted(c, i, NULL);
    played_hold(&p, false, false);
    for (int i = 0; i < 20; i++)
        expect_shade(jobs[i], i);
    expect_shade(first, 100);
    assert_int_equal(p.passes, 4);
    assert_int_equal(p.sizes[1], 8);
    assert_int_equal(p.sizes[2], 8);
    assert_int_equal(p.sizes[3], 4);
    end(c, &p);
}

static void the_same_picture_wanted_ten_times_at_once_is_one_pass(void **state)
{
    inspyr_job *first, *jobs[10];
    inspyr_job_result r;
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    for (int i = 0; i < 10; i++)
        jobs[i] = submitted(c, i < 5 ? 100 : 7, NULL); /* five join the pass that runs */
    played_hold(&p, false, false);
    inspyr_job_result_init(&r);
    assert_int_equal(inspyr_job_wait(jobs[0], -1, NULL), INSPYR_OK);
    assert_int_equal(inspyr_job_result_get(jobs[0], 0, &r, NULL), INSPYR_OK);
    for (int i = 0; i < 10; i++)
        expect_shade(jobs[i], i < 5 ? 100 : 7);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 2);
    end(c, &p);
}

static void what_differs_in_anything_that_shows_shares_nothing(void **state)
{
    inspyr_job *first, *a, *b;
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    inspyr_job_result result;
    inspyr_view view;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    matte_request(&r, &cutout);
    a = submitted(c, 7, &r);
    cutout.flags = INSPYR_CUTOUT_THRESHOLD;
    cutout.threshold = 0.01f;
    b = submitted(c, 7, &r);
    played_hold(&p, false, false);
    expect_shade(a, 7);
    assert_int_equal(inspyr_job_wait(b, -1, NULL), INSPYR_OK);
    inspyr_job_result_init(&result);
    assert_int_equal(inspyr_job_result_get(b, 0, &result, NULL), INSPYR_OK);
    inspyr_image_view(result.image, &view);
    assert_int_equal(*(unsigned char *)view.data, 255);
    inspyr_job_free(b);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 2); /* one matte for both */
    end(c, &p);
}

static void separate_jobs_share_no_computation(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_job *first, *a, *b;
    inspyr_request r;
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    matte_request(&r, &cutout);
    r.flags = INSPYR_REQUEST_SEPARATE;
    a = submitted(c, 100, &r);
    b = submitted(c, 100, &r);
    played_hold(&p, false, false);
    expect_shade(a, 100);
    expect_shade(b, 100);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 3);
    end(c, &p);
}

static void the_first_to_ask_may_leave_and_the_others_get_their_result(void **state)
{
    inspyr_job *first, *follower;
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    follower = submitted(c, 100, NULL);
    inspyr_job_cancel(first);
    expect_status(first, INSPYR_ERR_CANCELLED);
    played_hold(&p, false, false);
    expect_shade(follower, 100);
    assert_int_equal(p.passes, 1);
    end(c, &p);
}

static void a_pass_ends_when_the_last_who_waits_for_it_has_left(void **state)
{
    inspyr_job *first, *follower;
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    follower = submitted(c, 100, NULL);
    inspyr_job_free(first);
    inspyr_job_free(follower);
    while (atomic_load(&p.passing)) /* it hangs until it is told that nobody waits */
        ;
    assert_int_equal(p.pictures, 0);
    played_hold(&p, false, false);
    expect_shade(submitted(c, 100, NULL), 100);
    end(c, &p);
}

static void who_asks_while_a_deserted_pass_ends_is_served_by_another(void **state)
{
    inspyr_context *c;
    inspyr_job *job;
    played p;

    (void)state;
    c = busy(&p, NULL, &job);
    for (int i = 0; i < 200; i++) {
        inspyr_job *next;

        inspyr_job_free(job);
        next = submitted(c, 100, NULL);
        job = next;
    }
    played_hold(&p, false, false);
    expect_shade(job, 100);
    end(c, &p);
}

static void a_deadline_that_passes_in_the_queue_costs_no_pass(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_job *first, *late;
    inspyr_request r;
    inspyr_context *c;
    played p;
    heard h;

    (void)state;
    c = busy(&p, NULL, &first);
    listening(&r, &cutout, &h);
    r.deadline_ms = 50;
    late = submitted(c, 7, &r);
    played_advance(&p, 51);
    expect_status(late, INSPYR_ERR_DEADLINE);
    assert_int_equal(h.n, 1);
    assert_int_equal(h.ends, 1);
    played_hold(&p, false, false);
    expect_shade(first, 100);
    assert_int_equal(p.pictures, 1);
    end(c, &p);
}

static void everybody_keeps_their_own_deadline_in_a_shared_pass(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_job *first, *late;
    inspyr_request r;
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    matte_request(&r, &cutout);
    r.deadline_ms = 50;
    late = submitted(c, 100, &r);
    played_advance(&p, 51);
    expect_status(late, INSPYR_ERR_DEADLINE);
    assert_int_equal(poll_of(first).state, INSPYR_JOB_RUNNING);
    played_hold(&p, false, false);
    expect_shade(first, 100);
    end(c, &p);
}

static void a_deadline_that_cannot_be_kept_is_refused_at_the_door(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_job *first, *more[8];
    inspyr_context *c;
    played p;

    (void)state;
    played_begin(&p);
    p.picture_ms = 1000;
    c = played_open(&p, NULL);
    expect_shade(submitted(c, 1, NULL), 1); /* from which it learns */
    played_hold(&p, false, true);
    first = submitted(c, 100, NULL);
    played_await_pass(&p);
    for (int i = 0; i < 8; i++)
        more[i] = submitted(c, i, NULL);
    matte_request(&r, &cutout);
    r.deadline_ms = 900;
    assert_int_equal(submit_status(c, 50, &r), INSPYR_ERR_DEADLINE);
    r.deadline_ms = 60000;
    assert_int_equal(submit_status(c, 50, &r), INSPYR_OK);
    assert_true(status_of(c).queue_delay_ms >= 1000);
    played_hold(&p, false, false);
    for (int i = 0; i < 8; i++)
        expect_shade(more[i], i);
    expect_shade(first, 100);
    end(c, &p);
}

static void a_full_queue_refuses_in_items_and_in_bytes(void **state)
{
    inspyr_context_options o;
    inspyr_job *first, *a, *b;
    inspyr_context *c;
    played p;

    (void)state;
    inspyr_context_options_init(&o);
    o.queue_items = 2;
    c = busy(&p, &o, &first);
    a = submitted(c, 1, NULL);
    b = submitted(c, 2, NULL);
    assert_int_equal(submit_status(c, 3, NULL), INSPYR_ERR_OVERLOAD);
    inspyr_job_free(b);
    b = submitted(c, 3, NULL); /* there is room again */
    played_hold(&p, false, false);
    expect_shade(a, 1);
    expect_shade(b, 3);
    expect_shade(first, 100);
    end(c, &p);

    o.queue_items = 0;
    o.queue_bytes = 30; /* a picture is 17 bytes */
    c = busy(&p, &o, &first);
    a = submitted(c, 1, NULL);
    assert_int_equal(submit_status(c, 3, NULL), INSPYR_ERR_OVERLOAD);
    played_hold(&p, false, false);
    expect_shade(a, 1);
    expect_shade(first, 100);
    end(c, &p);
}

static void a_job_over_the_memory_budget_is_refused_and_others_wait_for_memory(void **state)
{
    inspyr_context_options o;
    inspyr_job *first, *jobs[4];
    inspyr_context *c;
    uint64_t bytes;
    played p;

    (void)state;
    played_begin(&p);
    c = played_open(&p, NULL);
    assert_int_equal(inspyr_context_estimate(&bytes, c, 3, 2, NULL, NULL), INSPYR_OK);
    assert_in_range(bytes, 1, 1 << 24);
    end(c, &p);

    inspyr_context_options_init(&o);
    o.memory_budget = 1;
    played_begin(&p);
    c = played_open(&p, &o);
    assert_int_equal(submit_status(c, 3, NULL), INSPYR_ERR_OVERLOAD);
    end(c, &p);

    o.memory_budget = bytes + bytes / 2;
    c = busy(&p, &o, &first);
    for (int i = 0; i < 4; i++)
        jobs[i] = submitted(c, i, NULL);
    played_hold(&p, false, false);
    for (int i = 0; i < 4; i++)
        expect_shade(jobs[i], i);
    expect_shade(first, 100);
    for (int i = 0; i < p.passes; i++)
        assert_int_equal(p.sizes[i], 1);
    end(c, &p);
}

static void interactive_jobs_go_before_batches_and_pull_what_they_join(void **state)
{
    inspyr_context_options o;
    inspyr_cutout_options cutout;
    inspyr_job *first, *batch, *warm, *interactive, *joining;
    inspyr_request r;
    inspyr_context *c;
    played p;

    (void)state;
    inspyr_context_options_init(&o);
    o.max_batch = 1;
    c = busy(&p, &o, &first);
    matte_request(&r, &cutout);
    r.priority = INSPYR_PRIORITY_WARMUP;
    warm = submitted(c, 1, &r);
    r.priority = INSPYR_PRIORITY_BATCH;
    batch = submitted(c, 2, &r);
    r.priority = INSPYR_PRIORITY_INTERACTIVE;
    interactive = submitted(c, 3, &r);
    joining = submitted(c, 1, &r);
    played_hold(&p, false, false);
    expect_shade(joining, 1);
    expect_shade(interactive, 3);
    assert_true(p.passes >= 3);
    assert_int_equal(poll_of(warm).state, INSPYR_JOB_DONE);
    expect_shade(batch, 2);
    expect_shade(warm, 1);
    expect_shade(first, 100);
    end(c, &p);
}

static void memory_that_runs_out_costs_a_batch_its_company_and_no_result(void **state)
{
    inspyr_job *first, *jobs[8];
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    p.memory_over = 1;
    for (int i = 0; i < 8; i++)
        jobs[i] = submitted(c, i, NULL);
    played_hold(&p, false, false);
    for (int i = 0; i < 8; i++)
        expect_shade(jobs[i], i);
    expect_shade(first, 100);
    assert_int_equal(p.drops, 1);
    assert_int_equal(p.passes, 10);
    end(c, &p);
}

static void memory_that_runs_out_is_not_shared_with_those_who_came_later(void **state)
{
    inspyr_job *first, *late;
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    p.memory_first = 2; /* the pass, and the second attempt */
    late = submitted(c, 100, NULL);
    played_hold(&p, false, false);
    expect_status(first, INSPYR_ERR_DEVICE_MEMORY);
    expect_shade(late, 100);
    assert_int_equal(p.passes, 3);
    end(c, &p);
}

static void a_damaged_picture_fails_alone_with_its_own_reason(void **state)
{
    static const unsigned char damaged[] = "P5\n9 9\n255\nab";
    inspyr_job *first, *good, *bad;
    inspyr_error error;
    inspyr_context *c;
    played p;

    (void)state;
    c = busy(&p, NULL, &first);
    good = submitted(c, 1, NULL);
    assert_int_equal(inspyr_context_submit(&bad, c, damaged, sizeof damaged - 1, NULL, NULL), INSPYR_OK);
    played_hold(&p, false, false);
    assert_int_equal(inspyr_job_wait(bad, -1, &error), INSPYR_ERR_IMAGE);
    assert_true(error.message[0]);
    inspyr_job_free(bad);
    expect_shade(good, 1);
    expect_shade(first, 100);
    end(c, &p);
}

static void a_job_may_be_freed_in_its_last_callback(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_context *c;
    played p;
    heard h;

    (void)state;
    played_begin(&p);
    c = played_open(&p, NULL);
    listening(&r, &cutout, &h);
    h.frees = true;
    submitted(c, 1, &r);
    assert_int_equal(inspyr_context_drain(c, -1, NULL), INSPYR_OK);
    assert_int_equal(h.ends, 1);
    end(c, &p);
}

static void a_job_may_be_cancelled_in_its_callback_and_still_ends_once(void **state)
{
    static const int32_t sizes[] = { 32, 64, 96 };
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_job *first;
    inspyr_context *c;
    played p;
    heard h;

    (void)state;
    c = busy(&p, NULL, &first);
    listening(&r, &cutout, &h);
    h.cancels = true;
    r.sizes = sizes;
    r.size_count = 3;
    h.job = submitted(c, 1, &r);
    played_hold(&p, false, false);
    expect_status(h.job, INSPYR_ERR_CANCELLED);
    assert_int_equal(h.n, 3);
    assert_int_equal(h.ends, 1);
    assert_false(h.result_after_end);
    expect_shade(first, 100);
    end(c, &p);
}

static void a_freed_job_is_never_heard_of_again(void **state)
{
    inspyr_cutout_options cutout;
    inspyr_request r;
    inspyr_job *first;
    inspyr_context *c;
    played p;
    heard h;

    (void)state;
    c = busy(&p, NULL, &first);
    listening(&r, &cutout, &h);
    inspyr_job_free(submitted(c, 100, &r));
    played_hold(&p, false, false);
    expect_shade(first, 100);
    end(c, &p);
    assert_int_equal(h.n, 0);
    assert_int_equal(h.ends, 0);
}

static void options_that_cannot_be_honoured_are_errors_before_any_work(void **state)
{
    static const int32_t sizes[] = { 32, 16 };
    inspyr_cutout_options cutout;
    inspyr_encode_options encode;
    inspyr_effect_options effect;
    inspyr_request r;
    inspyr_context *c;
    played p;

    (void)state;
    played_begin(&p);
    c = played_open(&p, NULL);
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
    effect.result = (inspyr_effect_result_fn *)(void (*)(void))hear;
    r.effect = &effect;
    r.effects = "color";
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ARGUMENT);
    matte_request(&r, &cutout);
    r.deadline_ms = -1;
    assert_int_equal(submit_status(c, 1, &r), INSPYR_ERR_ARGUMENT);
    assert_int_equal(p.passes, 0);
    end(c, &p);
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
    played p;

    (void)state;
    inspyr_context_options_init(&o);
    o.queue_items = 3;
    played_begin(&p);
    c = played_open(&p, &o);
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
    end(c, &p);
}

static void no_batching_means_a_pass_for_every_picture_duplicates_too(void **state)
{
    inspyr_context_options o;
    inspyr_job *first, *jobs[6];
    inspyr_context *c;
    played p;

    (void)state;
    inspyr_context_options_init(&o);
    o.flags = INSPYR_CONTEXT_NO_BATCHING;
    c = busy(&p, &o, &first);
    for (int i = 0; i < 6; i++)
        jobs[i] = submitted(c, 100 + i / 3, NULL);
    played_hold(&p, false, false);
    for (int i = 0; i < 6; i++)
        expect_shade(jobs[i], 100 + i / 3);
    expect_shade(first, 100);
    assert_int_equal(p.passes, 7);
    end(c, &p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_result_comes_once_sizes_first_and_one_end_after_all),
        cmocka_unit_test(progress_never_goes_back),
        cmocka_unit_test(pictures_of_the_smallest_sizes_work),
        cmocka_unit_test(pictures_that_wait_share_a_pass_and_get_their_own_results),
        cmocka_unit_test(the_same_picture_wanted_ten_times_at_once_is_one_pass),
        cmocka_unit_test(what_differs_in_anything_that_shows_shares_nothing),
        cmocka_unit_test(separate_jobs_share_no_computation),
        cmocka_unit_test(the_first_to_ask_may_leave_and_the_others_get_their_result),
        cmocka_unit_test(a_pass_ends_when_the_last_who_waits_for_it_has_left),
        cmocka_unit_test(who_asks_while_a_deserted_pass_ends_is_served_by_another),
        cmocka_unit_test(a_deadline_that_passes_in_the_queue_costs_no_pass),
        cmocka_unit_test(everybody_keeps_their_own_deadline_in_a_shared_pass),
        cmocka_unit_test(a_deadline_that_cannot_be_kept_is_refused_at_the_door),
        cmocka_unit_test(a_full_queue_refuses_in_items_and_in_bytes),
        cmocka_unit_test(a_job_over_the_memory_budget_is_refused_and_others_wait_for_memory),
        cmocka_unit_test(interactive_jobs_go_before_batches_and_pull_what_they_join),
        cmocka_unit_test(memory_that_runs_out_costs_a_batch_its_company_and_no_result),
        cmocka_unit_test(memory_that_runs_out_is_not_shared_with_those_who_came_later),
        cmocka_unit_test(a_damaged_picture_fails_alone_with_its_own_reason),
        cmocka_unit_test(a_job_may_be_freed_in_its_last_callback),
        cmocka_unit_test(a_job_may_be_cancelled_in_its_callback_and_still_ends_once),
        cmocka_unit_test(a_freed_job_is_never_heard_of_again),
        cmocka_unit_test(options_that_cannot_be_honoured_are_errors_before_any_work),
        cmocka_unit_test(many_pictures_go_through_a_queue_that_is_too_small_for_them),
        cmocka_unit_test(no_batching_means_a_pass_for_every_picture_duplicates_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

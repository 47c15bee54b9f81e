#include "support/jobs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

shade_file shade(int value, int width, int height)
{
    shade_file f = { .size = 0 };
    int header = snprintf((char *)f.bytes, sizeof f.bytes, "P5\n%d %d\n255\n", width, height);

    f.size = (size_t)header + (size_t)(width * height);
    assert_true(f.size <= sizeof f.bytes);
    memset(f.bytes + header, value, (size_t)(width * height));
    return f;
}

inspyr_context_options with_flags(uint64_t flags)
{
    inspyr_context_options o;

    inspyr_context_options_init(&o);
    o.flags = flags;
    o.retry_ms = 10;
    return o;
}

void matte_request(inspyr_request *r, inspyr_cutout_options *cutout)
{
    inspyr_cutout_options_init(cutout);
    cutout->output = INSPYR_OUTPUT_MAP;
    inspyr_request_init(r);
    r->cutout = cutout;
}

static inspyr_status submit(inspyr_job **job, inspyr_context *c, int value, const inspyr_request *request,
                            inspyr_error *error)
{
    shade_file f = shade(value, 3, 2);
    inspyr_cutout_options cutout;
    inspyr_request matte;

    matte_request(&matte, &cutout);
    return inspyr_context_submit(job, c, f.bytes, f.size, request ? request : &matte, error);
}

inspyr_job *submitted(inspyr_context *c, int value, const inspyr_request *request)
{
    inspyr_error error;
    inspyr_job *job;

    if (submit(&job, c, value, request, &error))
        fail_msg("%s", error.message);
    return job;
}

inspyr_status submit_status(inspyr_context *c, int value, const inspyr_request *request)
{
    inspyr_error error;
    inspyr_job *job;
    inspyr_status status = submit(&job, c, value, request, &error);

    assert_int_equal(error.status, status);
    assert_true(status ? !job && error.message[0] : job && !error.message[0]);
    inspyr_job_free(job);
    return status;
}

void expect_shade(inspyr_job *job, int value)
{
    inspyr_job_result result;
    inspyr_error error;
    inspyr_view view;

    if (inspyr_job_wait(job, -1, &error))
        fail_msg("%s", error.message);
    inspyr_job_result_init(&result);
    assert_int_equal(inspyr_job_result_get(job, 0, &result, NULL), INSPYR_OK);
    inspyr_image_view(result.image, &view);
    assert_int_equal(*(unsigned char *)view.data, value);
    inspyr_job_free(job);
}

void expect_status(inspyr_job *job, inspyr_status status)
{
    inspyr_error error;

    assert_int_equal(inspyr_job_wait(job, -1, &error), status);
    assert_int_equal(error.status, status);
    inspyr_job_free(job);
}

inspyr_context_status status_of(const inspyr_context *c)
{
    inspyr_context_status s;

    inspyr_context_status_init(&s);
    assert_int_equal(inspyr_context_status_get(c, &s, NULL), INSPYR_OK);
    return s;
}

inspyr_job_status poll_of(const inspyr_job *job)
{
    inspyr_job_status s;

    inspyr_job_status_init(&s);
    assert_int_equal(inspyr_job_poll(job, &s, NULL), INSPYR_OK);
    return s;
}

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

void listening(inspyr_request *r, inspyr_cutout_options *cutout, heard *h)
{
    memset(h, 0, sizeof *h);
    matte_request(r, cutout);
    r->result = hear;
    r->done = hear_end;
    r->user = h;
}

void busy_begin(busy_context *b, const inspyr_context_options *o)
{
    playing_begin(&b->p);
    playing_hold(&b->p, false, true);
    b->c = playing_open(&b->p, o);
    b->first = submitted(b->c, 100, NULL);
    playing_await_pass(&b->p);
    matte_request(&b->r, &b->cutout);
}

void busy_go_on(busy_context *b)
{
    playing_hold(&b->p, false, false);
    expect_shade(b->first, 100);
}

void context_end(inspyr_context *c, playing *p)
{
    assert_int_equal(inspyr_context_drain(c, -1, NULL), INSPYR_OK);
    assert_int_equal(status_of(c).queue_items, 0);
    assert_int_equal(status_of(c).running, 0);
    assert_int_equal(status_of(c).queue_bytes, 0);
    assert_int_equal(status_of(c).memory_reserved, 0);
    inspyr_context_free(c);
    playing_end(p);
}

void busy_end(busy_context *b)
{
    context_end(b->c, &b->p);
}

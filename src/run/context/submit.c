/* submit.c - a job's way in: copied, checked, held against the bounds, and joined to flights. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "run/context/admission.h"
#include "run/context/deliver.h"
#include "run/context/estimate.h"
#include "run/context/flight.h"
#include "run/context/job_keys.h"
#include "run/context/remember.h"
#include "run/context/telemetry.h"

/* Flights that may be needed, made before the mutex is held. */
typedef struct spare_flights {
    flight *at[REQUEST_SIZES];
} spare_flights;

static void abandon(inspyr_context *c, inspyr_job *job, spare_flights *spare)
{
    for (size_t i = 0; i < REQUEST_SIZES; i++)
        flight_destroy(spare->at[i], &c->allocator);
    if (job)
        job_destroy(job, &c->allocator);
}

static inspyr_status job_create(inspyr_job **out, inspyr_context *c, const inspyr_request *request,
                                inspyr_error *error)
{
    inspyr_job *job = memory_zeroed(&c->allocator, sizeof *job);
    inspyr_status status;

    *out = job;
    if (!job)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a job");
    context_condition(&job->changed);
    job->context = c;
    job->references = 2; /* the caller's, and that of the list of jobs */
    status = request_copy(&job->request, request, &c->allocator, c->load.pool, error);
    if (status)
        return status;
    job->count = request_results(&job->request);
    job->slots = memory_zeroed(&c->allocator, job->count * sizeof *job->slots);
    job->order = memory_array(&c->allocator, job->count, sizeof *job->order);
    if (!job->slots || !job->order)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a job");
    for (size_t i = 0; i < job->request.size_count; i++) {
        job->parts[i].job = job;
        job->parts[i].size = i;
        job->parts[i].wanted = 1;
    }
    job->parts[job->request.size_count - 1].wanted += job->request.effect_count;
    (void)trace_parse(&job->trace, job->request.traceparent);
    job->deadline =
        job->request.options.deadline_ms ? context_now(c) + (double)job->request.options.deadline_ms : INFINITY;
    return INSPYR_OK;
}

static inspyr_status create_flights(spare_flights *spare, inspyr_context *c, const inspyr_job *job, source *s,
                                    inspyr_error *error)
{
    for (size_t i = 0; i < job->request.size_count; i++) {
        spare->at[i] = flight_create(&c->allocator, &job->parts[i], s);
        if (!spare->at[i])
            return failed(error, INSPYR_ERR_MEMORY, "no room for a job");
        spare->at[i]->footprint = job->footprint / job->request.size_count;
    }
    return INSPYR_OK;
}

/* What the cache has in memory needs no model, but its name. */
static size_t look(inspyr_context *c, inspyr_job *job, const source *s)
{
    void *handle = NULL;
    size_t hits;

    if (!c->options.cache)
        return 0;
    context_lock(c);
    handle = context_take_handle(c, job->level);
    context_unlock(c);
    if (!handle)
        return 0;
    hits = remember_job(job, s, c->backend->model(handle));
    context_lock(c);
    context_give_handle(c);
    context_unlock(c);
    return hits;
}

static void size_up(inspyr_context *c, inspyr_job *job, const source *s)
{
    uint64_t pass_bytes;

    context_lock(c);
    if (!(job->request.options.flags & INSPYR_REQUEST_FULL_QUALITY))
        job->level = c->adaptive.level;
    pass_bytes = c->pass_bytes;
    context_unlock(c);
    job->footprint = estimate_memory(&job->request, s->width ? s->width : 1, s->height ? s->height : 1,
                                     s->file.size, pass_bytes);
    if (!s->width && job->request.decode.sandbox) /* not looked into: it has the budget to itself */
        job->footprint = c->options.memory_budget;
}

/* Takes the job over, or frees it. */
static inspyr_status submit(inspyr_job **out, inspyr_context *c, inspyr_job *job, source *s,
                            inspyr_error *error)
{
    spare_flights spare = { { NULL } };
    inspyr_status status;
    size_t hits = 0;

    size_up(c, job, s);
    status = job_keys(job, s, error);
    if (!status)
        hits = look(c, job, s);
    if (!status)
        status = create_flights(&spare, c, job, s, error);
    if (!status)
        status = admission(out, job, s, spare.at, hits, error);
    abandon(c, status ? job : NULL, &spare);
    return status;
}

static inspyr_status begin(inspyr_job **out, inspyr_context *c, inspyr_error *error)
{
    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    return context_usable(c, error);
}

/* The source is given up. */
static inspyr_status end(inspyr_job **out, inspyr_context *c, inspyr_job *job, source *s, inspyr_status status,
                         inspyr_error *error)
{
    spare_flights none = { { NULL } };

    if (!status)
        status = submit(out, c, job, s, error);
    else
        abandon(c, job, &none);
    if (status)
        telemetry_refused(c, status);
    source_drop(s);
    return status;
}

inspyr_status inspyr_context_submit(inspyr_job **out, inspyr_context *context, const void *bytes, size_t size,
                                    const inspyr_request *request, inspyr_error *error)
{
    inspyr_job *job = NULL;
    source *s = NULL;
    inspyr_status status = begin(out, context, error);

    if (status)
        return status;
    if (!bytes || !size)
        return failed(error, INSPYR_ERR_ARGUMENT, "a picture of %zu bytes", size);
    status = job_create(&job, context, request, error);
    if (!status)
        status = source_of_file(&s, bytes, size, &job->request.decode, &context->allocator, error);
    return end(out, context, job, s, status, error);
}

inspyr_status inspyr_context_submit_view(inspyr_job **out, inspyr_context *context, const inspyr_view *picture,
                                         const inspyr_request *request, inspyr_error *error)
{
    inspyr_job *job = NULL;
    source *s = NULL;
    inspyr_status status = begin(out, context, error);

    if (!status)
        status = view_check(picture, FORMATS_PICTURE, "picture", error);
    if (status)
        return status;
    status = job_create(&job, context, request, error);
    if (!status)
        status = source_of_view(&s, picture, &context->allocator, error);
    return end(out, context, job, s, status, error);
}

/* submit.c - a job's way in: copied, checked, held against the bounds, and joined to flights. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "run/deliver.h"
#include "run/estimate.h"
#include "run/flight.h"
#include "run/job_keys.h"
#include "run/remember.h"

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

/* The mutex is held, as below. */
static inspyr_status admit(inspyr_context *c, const inspyr_job *job, const source *s, bool served,
                           inspyr_error *error)
{
    const inspyr_context_options *o = &c->options;
    double delay;

    if (c->life.draining)
        return failed(error, INSPYR_ERR_NOT_READY, "the context is draining");
    if (served)
        return INSPYR_OK;
    if (c->life.phase == LIFE_LOST ||
        (c->life.phase == LIFE_FAILED && context_now(c) < c->load_ended + (double)o->retry_ms))
        return failed(error, c->reason.status, "%s", c->reason.message);
    if (c->queue_items >= o->queue_items)
        return failed(error, INSPYR_ERR_OVERLOAD, "%d jobs are waiting, as many as may", (int)c->queue_items);
    if (s->bytes > o->queue_bytes - c->queue_bytes)
        return failed(error, INSPYR_ERR_OVERLOAD,
                      "pictures of %llu bytes are waiting, and no more than %llu may",
                      (unsigned long long)c->queue_bytes, (unsigned long long)o->queue_bytes);
    if (o->memory_budget && job->footprint > o->memory_budget)
        return failed(error, INSPYR_ERR_OVERLOAD, "the job may take %llu bytes; memory_budget is %llu",
                      (unsigned long long)job->footprint, (unsigned long long)o->memory_budget);
    delay = estimate_delay(c, estimate_pixels(c, &job->parts[0].recipe), job->request.options.priority);
    if (delay > 0 && context_now(c) + delay > job->deadline)
        return failed(error, INSPYR_ERR_DEADLINE, "the job's turn would come in %.0f ms, by estimate", delay);
    return INSPYR_OK;
}

static bool wants_more(const inspyr_job *job, const part *p)
{
    const bool last = p->size + 1 == job->request.size_count;

    for (size_t i = p->size; i < (last ? job->count : p->size + 1); i++)
        if (!job->slots[i].made)
            return true;
    return false;
}

static void enter_part(inspyr_context *c, part *p, flight **spare)
{
    flight *f = flight_find(c, &p->key);

    if (!f) {
        f = *spare;
        *spare = NULL;
        f->pixels = estimate_pixels(c, &p->recipe);
        forecast_arrival(&c->forecast, f->pixels, context_now(c) * 1e-3);
        flight_enter(c, f);
    }
    flight_join(c, f, p);
}

/* Joins a flight for every size of which something is missing. true: it waits for one to begin. */
static bool enter_parts(inspyr_context *c, inspyr_job *job, spare_flights *spare)
{
    bool waits = false;

    for (size_t i = 0; i < job->request.size_count; i++) {
        part *p = &job->parts[i];

        if (!wants_more(job, p))
            continue;
        enter_part(c, p, &spare->at[i]);
        waits = waits || !p->flight->running;
    }
    return waits;
}

static void hand_over_hits(inspyr_context *c, inspyr_job *job)
{
    job->references++;
    for (size_t i = 0; i < job->count; i++) {
        product *made = job->slots[i].made;

        if (!made || job->slots[i].delivered)
            continue;
        job->slots[i].made = NULL;
        job_deliver(job, i, made, INSPYR_ORIGIN_L1);
        product_drop(made);
    }
    job_drop(job);
    pthread_cond_broadcast(&c->changed);
}

static void enter(inspyr_context *c, inspyr_job *job, source *s, spare_flights *spare)
{
    c->references++;
    job->entered = context_now(c);
    job->next = c->jobs;
    job->link = &c->jobs;
    if (c->jobs)
        c->jobs->link = &job->next;
    c->jobs = job;
    job->waiting = true;
    job->bytes = s->bytes;
    c->queue_items++;
    c->queue_bytes += job->bytes;
    if (job->deadline < c->next_deadline)
        c->next_deadline = job->deadline;
    if (!enter_parts(c, job, spare))
        job_starts(job);
}

/* What the cache has in memory needs no model, but its name. */
static size_t look(inspyr_context *c, inspyr_job *job, const source *s)
{
    void *handle = NULL;
    size_t hits;

    if (!c->options.cache)
        return 0;
    context_lock(c);
    handle = context_take_handle(c);
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

/* The job is the caller's before its callbacks run. */
static inspyr_status submit(inspyr_job **out, inspyr_context *c, inspyr_job *job, source *s,
                            inspyr_error *error)
{
    spare_flights spare = { { NULL } };
    inspyr_status status;
    size_t hits;

    size_up(c, job, s);
    status = job_keys(job, s, error);
    hits = status ? 0 : look(c, job, s);

    if (!status)
        status = create_flights(&spare, c, job, s, error);
    if (!status) {
        context_lock(c);
        status = admit(c, job, s, hits == job->count, error);
        if (!status) {
            *out = job;
            enter(c, job, s, &spare);
            hand_over_hits(c, job);
            context_step(c, LIFE_WANTED);
        }
        context_unlock(c);
    }
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

inspyr_status inspyr_context_submit(inspyr_job **out, inspyr_context *context, const void *bytes, size_t size,
                                    const inspyr_request *request, inspyr_error *error)
{
    spare_flights none = { { NULL } };
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
    if (!status)
        status = submit(out, context, job, s, error);
    else
        abandon(context, job, &none);
    source_drop(s);
    return status;
}

inspyr_status inspyr_context_submit_view(inspyr_job **out, inspyr_context *context, const inspyr_view *picture,
                                         const inspyr_request *request, inspyr_error *error)
{
    spare_flights none = { { NULL } };
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
    if (!status)
        status = submit(out, context, job, s, error);
    else
        abandon(context, job, &none);
    source_drop(s);
    return status;
}

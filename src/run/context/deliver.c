#include "run/context/deliver.h"

#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "run/context/flight.h"
#include "run/context/telemetry.h"

void job_starts(inspyr_job *job, bool waited)
{
    inspyr_context *c = job->context;

    if (!job->waiting)
        return;
    job->waiting = false;
    job->started = context_now(c);
    job->stages[STAGE_QUEUE] = (stage_time){ job->entered, job->started, job->started - job->entered, 0 };
    c->queue_items--;
    c->queue_bytes -= job->bytes;
    c->running++;
    if (waited && !(c->options.flags & INSPYR_CONTEXT_NO_ADAPTIVE))
        adaptive_saw(&c->adaptive, (int64_t)(job->started - job->entered), (int64_t)job->started);
}

void job_destroy(inspyr_job *job, const inspyr_allocator *allocator)
{
    for (size_t i = 0; job->slots && i < job->count; i++)
        product_drop(job->slots[i].made);
    request_free(&job->request, allocator);
    pthread_cond_destroy(&job->changed);
    memory_give(allocator, job->slots);
    memory_give(allocator, job->order);
    memory_give(allocator, job);
}

void job_drop(inspyr_job *job)
{
    if (--job->references)
        return;
    job->next = job->context->dead;
    job->context->dead = job;
}

float job_progress(inspyr_job *job)
{
    float sum = 0, progress;

    for (size_t i = 0; i < job->request.size_count; i++)
        sum += job->parts[i].fraction;
    progress = 0.8f * sum / (float)job->request.size_count + 0.2f * (float)job->delivered / (float)job->count;
    if (progress > job->progress)
        job->progress = progress < 0.99f ? progress : 0.99f;
    return job->over ? 1 : job->progress;
}

void job_result(const inspyr_job *job, size_t i, inspyr_job_result *out)
{
    const slot *s = &job->slots[i];

    *out = (inspyr_job_result){ .struct_size = sizeof *out,
                                .index = i,
                                .count = job->count,
                                .effect = i < job->request.size_count
                                              ? ""
                                              : job->request.effects[i - job->request.size_count],
                                .message = s->message,
                                .status = s->status,
                                .origin = s->origin,
                                .level = job->level };
    if (!s->made || s->status)
        return;
    out->image = s->made->image;
    out->bytes = s->made->bytes.data;
    out->bytes_size = s->made->bytes.size;
    out->network_width = s->made->network_width;
    out->network_height = s->made->network_height;
    out->scale = s->made->scale;
}

/* One callback; the mutex is not held while it runs. */
static void call(inspyr_job *job, const inspyr_job_result *result)
{
    inspyr_context *c = job->context;
    const inspyr_request *o = &job->request.options;

    if (job->released || !(result ? o->result != NULL : o->done != NULL))
        return;
    pthread_mutex_unlock(&c->mutex);
    if (result)
        o->result(o->user, result);
    else
        o->done(o->user, job, job->failure.status);
    pthread_mutex_lock(&c->mutex);
}

/* The news that this job's callbacks have not heard. */
static void tell(inspyr_job *job)
{
    inspyr_job_result result;

    if (job->calling)
        return;
    job->calling = true;
    job->caller = pthread_self();
    job->references++;
    job->context->calling++;
    while (job->told < job->delivered || (job->over && !job->over_told))
        if (job->told < job->delivered) {
            job_result(job, job->order[job->told++], &result);
            call(job, &result);
        } else {
            job->over_told = true;
            pthread_mutex_unlock(&job->context->mutex);
            telemetry_spans(job);
            pthread_mutex_lock(&job->context->mutex);
            call(job, NULL);
        }
    job->calling = false;
    job->context->calling--;
    pthread_cond_broadcast(&job->changed);
    pthread_cond_broadcast(&job->context->changed);
    job_drop(job);
}

static void finish(inspyr_job *job)
{
    inspyr_context *c = job->context;

    job_starts(job, true);
    c->running--;
    job->over = true;
    job->ended = c->active = context_now(c);
    telemetry_job(job);
    for (size_t i = 0; i < job->request.size_count; i++)
        flight_leave(c, &job->parts[i]);
    *job->link = job->next;
    if (job->next)
        job->next->link = job->link;
    job->next = NULL;
    pthread_cond_broadcast(&c->changed);
}

static void settle(inspyr_job *job, size_t i, product *made, inspyr_status status, const char *message)
{
    slot *s = &job->slots[i];
    part *p = &job->parts[job_part(job, i)];

    product_drop(s->made);
    s->made = product_share(made);
    s->status = status;
    s->message = message;
    s->delivered = true;
    job->order[job->delivered++] = i;
    if (p->flight) {
        job->stages[STAGE_DECODE] = p->flight->decode;
        job->stages[STAGE_INFER] = p->flight->infer;
        job->batch = p->flight->batch;
    }
    if (status && !job->failure.status)
        failed(&job->failure, status, "%s", message);
    if (!--p->wanted)
        flight_leave(job->context, p);
}

void job_deliver(inspyr_job *job, size_t i, product *made, inspyr_origin origin)
{
    inspyr_status status = made ? made->failure.status : INSPYR_ERR_MEMORY;

    if (job->slots[i].delivered)
        return;
    job->slots[i].origin = origin;
    settle(job, i, made, status, made ? made->failure.message : "no room for a result");
    if (job->delivered < job->count) {
        tell(job);
        return;
    }
    finish(job);
    tell(job);
    job_drop(job); /* the list's reference */
}

void job_end(inspyr_job *job, inspyr_status status, const char *message)
{
    if (job->over)
        return;
    if (!job->failure.status)
        failed(&job->failure, status, "%s", message);
    failed(&job->last, status, "%s", message);
    for (size_t i = 0; i < job->count; i++)
        if (!job->slots[i].delivered)
            settle(job, i, NULL, status, job->last.message);
    finish(job);
    tell(job);
    job_drop(job);
}

void jobs_end(inspyr_context *c, inspyr_status status, const char *message)
{
    while (c->jobs)
        job_end(c->jobs, status, message);
}

/* From the beginning after each: while a callback runs, the list changes. */
void jobs_expire(inspyr_context *c)
{
    double now = context_now(c);
    inspyr_job *late;

    if (now < c->next_deadline)
        return;
    do {
        late = NULL;
        c->next_deadline = INFINITY;
        for (inspyr_job *j = c->jobs; j; j = j->next)
            if (j->deadline <= now)
                late = j;
            else if (j->deadline < c->next_deadline)
                c->next_deadline = j->deadline;
        if (late)
            job_end(late, INSPYR_ERR_DEADLINE, "the deadline has passed");
    } while (late);
}

#include "run/context/admission.h"

#include "base/status.h"
#include "run/context/deliver.h"
#include "run/context/estimate.h"
#include "run/context/flight.h"

static inspyr_status admit(inspyr_context *c, const inspyr_job *job, const source *s, bool served,
                           inspyr_error *error)
{
    const inspyr_context_options *o = &c->options;
    uint64_t pixels;
    double delay, own;

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
    pixels = estimate_pixels(c, &job->parts[0].recipe);
    delay = estimate_delay(c, pixels, job->request.options.priority);
    if (delay <= 0) /* who is alone is let in, or an estimate that is too high would stay for ever */
        return INSPYR_OK;
    own = forecast_pass(&c->forecast, pixels, 1) * 1e3;
    delay = FORECAST_MARGIN * (delay + (own > 0 ? own : 0));
    return context_now(c) + delay <= job->deadline
               ? INSPYR_OK
               : failed(error, INSPYR_ERR_DEADLINE, "the job would be done in %.0f ms, by estimate", delay);
}

static bool wants_more(const inspyr_job *job, const part *p)
{
    for (size_t i = p->size; i < part_end(job, p); i++)
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
static bool enter_parts(inspyr_context *c, inspyr_job *job, flight **spare)
{
    bool waits = false;

    for (size_t i = 0; i < job->request.size_count; i++) {
        part *p = &job->parts[i];

        if (!wants_more(job, p))
            continue;
        enter_part(c, p, &spare[i]);
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

static void enter(inspyr_context *c, inspyr_job *job, source *s, flight **spare)
{
    c->references++;
    job->entered = context_now(c);
    job->next = c->jobs;
    job->link = &c->jobs;
    if (c->jobs)
        c->jobs->link = &job->next;
    c->jobs = job;
    job->cold = c->life.phase != LIFE_SERVING || c->life.warming;
    job->waiting = true;
    job->bytes = s->bytes;
    c->queue_items++;
    c->queue_bytes += job->bytes;
    if (job->deadline < c->next_deadline)
        c->next_deadline = job->deadline;
    if (!enter_parts(c, job, spare))
        job_starts(job, false);
}

static void note_input(inspyr_context *c, const source *s)
{
    metrics_format format = s->name.kind == KEY_PIXELS ? METRICS_FORMAT_PIXELS : (metrics_format)s->format;

    if (s->width)
        metrics_input(c->metrics, format, (uint64_t)s->width * (uint64_t)s->height, s->bytes);
}

inspyr_status admission(inspyr_job **out, inspyr_job *job, source *s, flight **spare, size_t hits,
                        inspyr_error *error)
{
    inspyr_context *c = job->context;
    inspyr_status status;

    note_input(c, s);
    context_lock(c);
    jobs_expire(c); /* whose room it may get, even if every worker hangs */
    status = admit(c, job, s, hits == job->count, error);
    if (!status) {
        *out = job;
        enter(c, job, s, spare);
        hand_over_hits(c, job);
        context_step(c, LIFE_WANTED);
    }
    context_unlock(c);
    return status;
}

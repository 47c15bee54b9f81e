/* drain.c - a context's orderly end, and giving memory back before it. */
#include <math.h>

#include "base/status.h"
#include "run/context/deliver.h"

/* Of the cache, where the caller names no time: long enough to be none. */
#define FLUSH_MS (INT64_C(24) * 3600 * 1000)

/* The mutex is held. For the workers, too, who put away what they worked with. */
static bool wait_for_jobs(inspyr_context *c, double until)
{
    while ((c->jobs || c->passing) && context_now(c) < until) {
        jobs_expire(c);
        if (c->jobs || c->passing)
            context_wait(c, &c->changed, fmin(until, c->next_deadline));
    }
    return !c->jobs;
}

inspyr_status inspyr_context_drain(inspyr_context *context, int64_t timeout_ms, inspyr_error *error)
{
    inspyr_context *c = context;
    inspyr_status status;
    int64_t left = timeout_ms;
    double until;
    bool done;

    succeeded(error);
    status = context_usable(c, error);
    if (status)
        return status;
    context_lock(c);
    context_step(c, LIFE_DRAINED);
    until = timeout_ms < 0 ? INFINITY : context_now(c) + (double)timeout_ms;
    done = wait_for_jobs(c, until);
    jobs_end(c, INSPYR_ERR_CANCELLED, "the context was drained");
    c->stop_loading = true;
    pthread_cond_broadcast(&c->changed);
    while (c->calling) /* no callback comes later */
        context_wait(c, &c->changed, INFINITY);
    if (timeout_ms >= 0)
        left = (int64_t)fmax(0, until - context_now(c));
    context_unlock(c);
    if (c->options.cache)
        status = inspyr_cache_flush(c->options.cache, left < 0 ? FLUSH_MS : left, error);
    return done ? status
                : failed(error, INSPYR_ERR_TIMEOUT, "jobs were cancelled after %lld ms", (long long)timeout_ms);
}

void inspyr_context_trim(inspyr_context *context, float share)
{
    inspyr_context *c = context;
    inspyr_error error;
    void *handle;

    if (context_usable(c, NULL))
        return;
    context_lock(c);
    handle = context_take_handle(c, 0);
    context_unlock(c);
    if (handle) {
        for (int i = 0; i < CONTEXT_MODELS; i++) /* in use until this one is given back */
            if (c->handles[i])
                c->backend->drop_idle(c->handles[i]);
        context_lock(c);
        context_give_handle(c);
        context_unlock(c);
    }
    if (c->options.cache && share > 0 &&
        inspyr_cache_relieve(c->options.cache, share < 1 ? (double)share : 1, &error))
        log_line(&c->log, INSPYR_LOG_WARNING, "the cache keeps its memory: %s", error.message);
}

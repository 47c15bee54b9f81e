#include "run/loader.h"

#include <signal.h>

#include "base/status.h"
#include "run/load_history.h"

static int heard(void *user, const inspyr_progress *progress)
{
    inspyr_context *c = user;
    bool stop;

    context_lock(c);
    life_progress(&c->life, progress->fraction);
    stop = c->stop_loading;
    context_unlock(c);
    return stop;
}

/* What may be different the next time: a file system that is not there yet, a device that is busy. */
static bool may_pass(inspyr_status status)
{
    switch (status) {
    case INSPYR_ERR_MEMORY:
    case INSPYR_ERR_THREAD:
    case INSPYR_ERR_FILE:
    case INSPYR_ERR_DEVICE:
    case INSPYR_ERR_DEVICE_MEMORY:
    case INSPYR_ERR_INTERNAL:
        return true;
    default:
        return false;
    }
}

static life_event event_of(const inspyr_context *c, inspyr_status status, const void *handle)
{
    if (status)
        return c->stop_loading ? LIFE_LOAD_CANCELLED : may_pass(status) ? LIFE_LOAD_FAILED : LIFE_LOAD_REFUSED;
    return c->backend->state(handle) == INSPYR_STATE_DEGRADED ? LIFE_LOADED_OTHERWISE : LIFE_LOADED;
}

/* The configuration's note says why it is not what was asked for. */
static void note_model(inspyr_context *c, const inspyr_error *failure)
{
    inspyr_info info;

    c->reason = *failure;
    inspyr_info_init(&info);
    if (!c->handle || c->backend->info(c->handle, &info, NULL))
        return;
    metrics_model(c->metrics, info.name);
    if (c->life.degraded)
        failed(&c->reason, INSPYR_OK, "%s", info.note);
}

static void learn_base(inspyr_context *c)
{
    const pass_recipe base = { 0 };
    int32_t width, height;

    if (c->handle && !c->backend->size(c->handle, &base, 1, 1, &width, &height, NULL))
        c->base_pixels = (uint64_t)width * (uint64_t)height;
}

/* For the estimates of this context and of later ones. Nobody else changes what is read here meanwhile. */
static void remember_load(inspyr_context *c)
{
    double seconds = (c->load_ended - c->load_began) * 1e-3;
    inspyr_error error;
    char key[65];

    if (!c->options.history)
        return;
    load_history_key(key, c->options.source, &c->load);
    if (load_history_add(c->options.history, key, seconds, &error))
        log_line(&c->log, INSPYR_LOG_WARNING, "the time of loading is not kept: %s", error.message);
    seconds = load_history_estimate(c->options.history, key);
    context_lock(c);
    c->load_estimate = seconds;
    context_unlock(c);
}

static bool attempt(inspyr_context *c)
{
    inspyr_load_options options = c->load;
    backend_times times = { 0 };
    inspyr_error failure = { INSPYR_OK, "" };
    void *handle = NULL;
    life_event event;
    double pause;

    options.progress = heard;
    options.progress_user = c;
    (void)c->backend->load(c->backend_user, &handle, c->options.source, &options, &times, &failure);
    context_lock(c);
    if (failure.status)
        log_line(&c->log, INSPYR_LOG_WARNING, "attempt %d of %d to load: %s", (int)c->life.attempt,
                 (int)c->life.attempts, failure.message);
    event = event_of(c, failure.status, handle);
    c->load_ended = c->active = context_now(c);
    if (!failure.status) {
        c->handle = handle;
        c->loads++;
        c->phase_ms[0] = times.device;
        c->phase_ms[1] = times.weights;
        c->phase_ms[2] = times.build;
        metrics_load(c->metrics, METRICS_PHASE_DEVICE, (int64_t)(times.device * 1e6));
        metrics_load(c->metrics, METRICS_PHASE_WEIGHTS, (int64_t)(times.weights * 1e6));
        metrics_load(c->metrics, METRICS_PHASE_BUILD, (int64_t)(times.build * 1e6));
    }
    c->reason = failure;
    learn_base(c);
    if (context_step(c, event) != LIFE_RETRY) {
        note_model(c, &failure);
        context_unlock(c);
        if (!failure.status)
            remember_load(c);
        return false;
    }
    pause = c->load_ended + (double)c->options.retry_ms * (double)(1 << (c->life.attempt - 2));
    while (!c->stop_loading && context_now(c) < pause)
        context_wait(c, &c->changed, pause);
    context_unlock(c);
    return true;
}

static void *run(void *user)
{
    while (attempt(user))
        ;
    return NULL;
}

/* The thread of an earlier load has done its last under the mutex, so to wait for its end is short. */
inspyr_status loader_start(inspyr_context *c)
{
    sigset_t all, before;
    int refused;

    if (c->loader_started)
        pthread_join(c->loader, NULL);
    c->load_began = context_now(c);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    refused = pthread_create(&c->loader, NULL, run, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    c->loader_started = !refused;
    return refused ? failed(&c->reason, INSPYR_ERR_THREAD, "no thread could be started to load the model")
                   : INSPYR_OK;
}

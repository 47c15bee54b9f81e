#include "run/context/loader.h"

#include "base/status.h"
#include "base/thread.h"
#include "run/context/load_history.h"

/* One attempt to load everything. */
typedef struct attempt {
    inspyr_context *c;
    void *handles[CONTEXT_MODELS];
    int32_t models, at; /* to be loaded; the one that is being loaded */
    backend_times times;
    inspyr_error failure;
    double estimate; /* of later loads, seconds */
} attempt;

static int heard(void *user, const inspyr_progress *progress)
{
    attempt *a = user;
    bool stop;

    context_lock(a->c);
    life_progress(&a->c->life, ((float)a->at + progress->fraction) / (float)a->models);
    stop = a->c->stop_loading;
    context_unlock(a->c);
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
    if (!c->handles[0] || c->backend->info(c->handles[0], &info, NULL))
        return;
    metrics_model(c->metrics, info.name);
    if (c->life.degraded)
        failed(&c->reason, INSPYR_OK, "%s", info.note);
}

static void learn_base(inspyr_context *c)
{
    const pass_recipe base = { 0 };
    int32_t width, height;

    if (!c->backend->size(c->handles[0], &base, 1, 1, &width, &height, NULL))
        c->base_pixels = (uint64_t)width * (uint64_t)height;
}

/* Seconds that a load takes here, this one included. */
static double remember_load(inspyr_context *c)
{
    inspyr_error error;
    char key[65];

    if (!c->options.history)
        return -1;
    load_history_key(key, c->options.source, &c->load);
    if (load_history_add(c->options.history, key, (context_now(c) - c->load_began) * 1e-3, &error))
        log_line(&c->log, INSPYR_LOG_WARNING, "the time of loading is not kept: %s", error.message);
    return load_history_estimate(c->options.history, key);
}

static bool own_model(const inspyr_level *l)
{
    return l->source || l->precision;
}

/* level: NULL for the context's own model. */
static void load_one(attempt *a, void **handle, const inspyr_level *level)
{
    inspyr_context *c = a->c;
    inspyr_load_options options = c->load;
    backend_times times = { 0 };

    options.progress = heard;
    options.progress_user = a;
    if (level && level->precision && !(c->options.flags & INSPYR_CONTEXT_EXACT))
        options.precision = level->precision;
    (void)c->backend->load(c->backend_user, handle, level && level->source ? level->source : c->options.source,
                           &options, &times, &a->failure);
    a->at++;
    a->times.device += times.device;
    a->times.weights += times.weights;
    a->times.build += times.build;
}

/* All of them, or none. */
static void load_all(attempt *a)
{
    const inspyr_context *c = a->c;
    const size_t levels = c->options.flags & INSPYR_CONTEXT_NO_ADAPTIVE ? 0 : c->options.level_count;

    a->models = 1;
    for (size_t i = 0; i < levels; i++)
        a->models += own_model(&c->levels[i]);
    load_one(a, &a->handles[0], NULL);
    for (size_t i = 0; !a->failure.status && i < levels; i++)
        if (own_model(&c->levels[i]))
            load_one(a, &a->handles[i + 1], &c->levels[i]);
    if (!a->failure.status)
        a->estimate = remember_load(a->c);
    else
        models_release(c->backend, a->handles);
}

/* The mutex is held. */
static void take_over(inspyr_context *c, const attempt *a)
{
    memcpy(c->handles, a->handles, sizeof c->handles);
    c->loads++;
    c->load_estimate = a->estimate;
    c->phase_ms[0] = a->times.device;
    c->phase_ms[1] = a->times.weights;
    c->phase_ms[2] = a->times.build;
    for (int i = 0; i < 3; i++)
        metrics_load(c->metrics, (metrics_phase)i, (int64_t)(c->phase_ms[i] * 1e6));
    learn_base(c);
}

static void say(inspyr_context *c, const inspyr_error *failure)
{
    int32_t number, of;

    context_lock(c);
    number = c->life.attempt;
    of = c->life.attempts;
    context_unlock(c);
    log_line(&c->log, INSPYR_LOG_WARNING, "attempt %d of %d to load: %s", (int)number, (int)of,
             failure->message);
}

/* true: once more. While what waited is told of the last failure, somebody may have wanted another load. */
static bool try_once(inspyr_context *c)
{
    attempt a = { .c = c, .failure = { INSPYR_OK, "" } };
    life_event event;
    double pause;
    bool again;

    load_all(&a);
    if (a.failure.status)
        say(c, &a.failure);
    context_lock(c);
    event = event_of(c, a.failure.status, a.handles[0]);
    c->load_ended = c->active = context_now(c);
    if (!a.failure.status)
        take_over(c, &a);
    c->reason = a.failure;
    if (context_step(c, event) != LIFE_RETRY) {
        note_model(c, &a.failure);
        again = c->answering = c->life.phase == LIFE_LOADING;
        context_unlock(c);
        return again;
    }
    pause = c->load_ended + (double)c->options.retry_ms * (double)(1 << (c->life.attempt - 2));
    while (!c->stop_loading && context_now(c) < pause)
        context_wait(c, &c->changed, pause);
    context_unlock(c);
    return true;
}

static void *run(void *user)
{
    while (try_once(user))
        ;
    return NULL;
}

/* A thread that no longer answers has done its last under the mutex, so to wait for its end is short. */
inspyr_status loader_start(inspyr_context *c)
{
    c->load_began = context_now(c);
    if (c->answering) /* it goes on with this load */
        return INSPYR_OK;
    if (c->loader_started)
        pthread_join(c->loader, NULL);
    c->loader_started = c->answering = thread_start(&c->loader, run, c);
    return c->answering ? INSPYR_OK
                        : failed(&c->reason, INSPYR_ERR_THREAD, "no thread could be started to load the model");
}

#include "run/context/context.h"

#include <math.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/thread.h"
#include "run/context/context_options.h"
#include "run/context/deliver.h"
#include "run/context/flight.h"
#include "run/context/load_history.h"
#include "run/context/loader.h"
#include "run/context/telemetry.h"
#include "run/context/worker.h"

inspyr_status context_usable(const inspyr_context *c, inspyr_error *error)
{
    if (!c)
        return failed(error, INSPYR_ERR_ARGUMENT, "context is NULL");
    if (c->process != getpid() || pool_forked(c->load.pool))
        return failed(error, INSPYR_ERR_FORKED, "the context belongs to process %ld: open one in the child",
                      (long)c->process);
    return INSPYR_OK;
}

static void destroy(inspyr_context *c)
{
    inspyr_allocator a = c->allocator;

    metrics_free(c->metrics);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->mutex);
    for (int i = 0; i < CONTEXT_TEXTS; i++)
        memory_give(&a, c->texts[i]);
    memory_give(&a, c);
}

void context_lock(inspyr_context *c)
{
    pthread_mutex_lock(&c->mutex);
}

void context_unlock(inspyr_context *c)
{
    const inspyr_allocator a = c->allocator;
    inspyr_job *dead = c->dead;
    flight *wrecks = c->wrecks;
    bool last;

    c->dead = NULL;
    c->wrecks = NULL;
    for (const inspyr_job *j = dead; j; j = j->next)
        c->references--;
    last = !c->references;
    pthread_mutex_unlock(&c->mutex);
    while (dead) {
        inspyr_job *next = dead->next;

        job_destroy(dead, &a);
        dead = next;
    }
    while (wrecks) {
        flight *next = wrecks->next;

        flight_destroy(wrecks, &a);
        wrecks = next;
    }
    if (last)
        destroy(c);
}

life_action context_step(inspyr_context *c, life_event event)
{
    life_action action = life_step(&c->life, event);

    atomic_store(&c->state, life_state(&c->life));
    metrics_state(c->metrics, life_state(&c->life));
    if (action == LIFE_LOAD && loader_start(c))
        action = life_step(&c->life, LIFE_LOAD_REFUSED);
    if (action == LIFE_ANSWER) {
        atomic_store(&c->state, life_state(&c->life));
        flights_answer(c);
    }
    pthread_cond_broadcast(&c->changed);
    return action;
}

void models_release(const backend *b, void *handles[CONTEXT_MODELS])
{
    for (int i = 0; i < CONTEXT_MODELS; i++) {
        if (handles[i])
            b->release(handles[i]);
        handles[i] = NULL;
    }
}

void *context_take_handle(inspyr_context *c, int32_t level)
{
    if (c->life.phase != LIFE_SERVING)
        return NULL;
    c->users++;
    return c->handles[level] ? c->handles[level] : c->handles[0];
}

void context_give_handle(inspyr_context *c)
{
    c->users--;
    pthread_cond_broadcast(&c->changed);
}

static inspyr_status start_workers(inspyr_context *c, inspyr_error *error)
{
    bool good = true;

    while (good && c->started < c->options.workers) {
        good = thread_start(&c->workers[c->started], worker_run, c);
        c->started += good;
    }
    return good ? INSPYR_OK
                : failed(error, INSPYR_ERR_THREAD, "worker %d of %d could not be started", (int)c->started + 1,
                         (int)c->options.workers);
}

static inspyr_status begin(inspyr_context *c, inspyr_error *error)
{
    inspyr_status status;

    context_lock(c); /* workers wait for it, and then see all of them */
    status = start_workers(c, error);
    if (!status && !(c->options.flags & INSPYR_CONTEXT_COLD))
        context_step(c, LIFE_WANTED);
    while (!status && c->options.flags & INSPYR_CONTEXT_WAIT && c->life.phase == LIFE_LOADING)
        context_wait(c, &c->changed, INFINITY);
    if (!status && c->options.flags & INSPYR_CONTEXT_WAIT && c->life.phase == LIFE_FAILED)
        status = failed(error, c->reason.status, "%s", c->reason.message);
    context_unlock(c);
    return status;
}

inspyr_status context_open_with(inspyr_context **out, const inspyr_context_options *options,
                                const context_seams *seams, inspyr_error *error)
{
    inspyr_context_options o;
    inspyr_allocator allocator;
    inspyr_context *c;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_context_options, log_user), options, error);
    if (status || (status = memory_import(&allocator, o.allocator, error)))
        return status;
    c = memory_zeroed(&allocator, sizeof *c);
    if (!c)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a context");
    c->allocator = allocator;
    c->options = o;
    c->options.allocator = &c->allocator;
    c->backend = seams->backend;
    c->backend_user = seams->backend_user;
    c->clock = seams->clock;
    c->process = getpid();
    c->references = 1;
    c->next_deadline = INFINITY;
    atomic_init(&c->state, INSPYR_STATE_COLD);
    pthread_mutex_init(&c->mutex, NULL);
    context_condition(&c->changed);
    status = context_options_read(c, error);
    if (!status)
        status = telemetry_begin(c, error);
    if (!status) {
        life_begin(&c->life, c->options.load_attempts);
        c->active = context_now(c);
        c->load_estimate = -1;
        if (c->options.history) {
            char key[65];

            load_history_key(key, c->options.source, &c->load);
            c->load_estimate = load_history_estimate(c->options.history, key);
        }
        status = begin(c, error);
    }
    if (status)
        inspyr_context_free(c);
    else
        *out = c;
    return status;
}

inspyr_status inspyr_context_open(inspyr_context **out, const inspyr_context_options *options,
                                  inspyr_error *error)
{
    const context_seams seams = { &backend_model, NULL, context_clock_real };

    return context_open_with(out, options, &seams, error);
}

/* In a forked child the threads are gone, and what they were changing is half changed: of all that, only the
 * model is given back. */
void inspyr_context_free(inspyr_context *context)
{
    inspyr_context *c = context;

    if (!c)
        return;
    if (c->process != getpid()) {
        models_release(c->backend, c->handles);
        return;
    }
    context_lock(c);
    context_step(c, LIFE_DRAINED);
    c->closing = c->stop_loading = true;
    jobs_end(c, INSPYR_ERR_CANCELLED, "the context was freed");
    pthread_cond_broadcast(&c->changed);
    context_unlock(c);
    for (int32_t i = 0; i < c->started; i++)
        pthread_join(c->workers[i], NULL);
    if (c->loader_started)
        pthread_join(c->loader, NULL);
    models_release(c->backend, c->handles);
    context_lock(c);
    while (c->calling || c->users)
        context_wait(c, &c->changed, INFINITY);
    c->references--;
    context_unlock(c);
}

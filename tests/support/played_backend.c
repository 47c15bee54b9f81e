#include "support/played_backend.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "base/status.h"

static void nap(void)
{
    const struct timespec pause = { 0, 200000 };

    nanosleep(&pause, NULL);
}

static double now(void *user)
{
    playing *p = user;
    double ms;

    pthread_mutex_lock(&p->mutex);
    ms = p->now += p->tick_ms;
    pthread_mutex_unlock(&p->mutex);
    return ms;
}

/* The clock may move without a signal, so a wait is short; the callers look again. */
static void wait(void *user, pthread_cond_t *condition, pthread_mutex_t *mutex, double until)
{
    playing *p = user;
    struct timespec end;

    if (p->event) {
        pthread_mutex_unlock(mutex);
        p->event(p, until);
        pthread_mutex_lock(mutex);
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += 1000000;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    pthread_cond_timedwait(condition, mutex, &end);
}

void playing_advance(playing *p, double ms)
{
    pthread_mutex_lock(&p->mutex);
    p->now += ms;
    pthread_mutex_unlock(&p->mutex);
}

void playing_hold(playing *p, bool loads, bool passes)
{
    pthread_mutex_lock(&p->mutex);
    p->hold_loads = loads;
    p->hold_passes = passes;
    pthread_mutex_unlock(&p->mutex);
}

void playing_await_load(playing *p)
{
    while (!atomic_load(&p->loading))
        nap();
}

void playing_await_pass(playing *p)
{
    while (!atomic_load(&p->passing))
        nap();
}

static bool held(playing *p, const bool *which)
{
    bool yes;

    pthread_mutex_lock(&p->mutex);
    yes = *which;
    pthread_mutex_unlock(&p->mutex);
    return yes;
}

static void pass_time(playing *p, double ms)
{
    double until = now(p) + ms;

    if (!p->event)
        playing_advance(p, ms);
    else
        while (p->event(p, until))
            ;
}

/* Time passes, and the call hangs as long as it is told to; false: it was cancelled. */
static bool work(playing *p, double ms, const bool *hold, inspyr_stage stage, inspyr_progress_fn *tell,
                 void *user)
{
    inspyr_progress progress = { sizeof progress, INSPYR_STATE_READY, stage, 0.25f, 0 };
    bool go_on = !tell || !tell(user, &progress);

    while (go_on && held(p, hold)) {
        nap();
        go_on = p->deaf || !tell || !tell(user, &progress);
    }
    if (go_on)
        pass_time(p, ms);
    progress.fraction = 0.75f;
    return go_on && (!tell || !tell(user, &progress));
}

static playing *played(const void *handle)
{
    return ((const played_model *)handle)->p;
}

static inspyr_status load(void *user, void **handle, const char *from, const inspyr_load_options *o,
                          backend_times *times, inspyr_error *error)
{
    playing *p = user;
    played_model *model;
    bool finished;

    *handle = NULL;
    atomic_fetch_add(&p->loading, 1);
    finished = work(p, p->load_ms, &p->hold_loads, INSPYR_STAGE_LOAD, o->progress, o->progress_user);
    atomic_fetch_sub(&p->loading, 1);
    if (!finished)
        return failed(error, INSPYR_ERR_CANCELLED, "cancelled");
    if (atomic_fetch_add(&p->attempts, 1) < p->load_failures)
        return failed(error, p->load_status, "no model today");
    *times = (backend_times){ 1, 2, 3 };
    model = &p->models[atomic_fetch_add(&p->loads, 1) % PLAYED_MODELS];
    model->p = p;
    snprintf(model->source, sizeof model->source, "%s", from ? from : "");
    atomic_store(&model->passes, 0);
    *handle = model;
    return INSPYR_OK;
}

static inspyr_status warm(void *handle, const inspyr_warmup_options *o, inspyr_error *error)
{
    playing *p = played(handle);
    bool finished;

    atomic_fetch_add(&p->passing, 1);
    atomic_fetch_add(&p->warmups, 1);
    finished = work(p, 1, &p->hold_passes, INSPYR_STAGE_NETWORK, o->progress, o->progress_user);
    atomic_fetch_sub(&p->passing, 1);
    return finished ? INSPYR_OK : failed(error, INSPYR_ERR_CANCELLED, "cancelled");
}

static inspyr_status size(const void *handle, const pass_recipe *r, int32_t width, int32_t height,
                          int32_t *network_width, int32_t *network_height, inspyr_error *error)
{
    (void)handle, (void)error, (void)width, (void)height;
    *network_width = r->width ? r->width : 64;
    *network_height = r->height ? r->height : 64;
    return INSPYR_OK;
}

static void draw(const backend_pass *pass, int32_t i, double ms)
{
    const inspyr_view *from = &pass->pictures[i], *to = &pass->alphas[i];
    size_t step = format_bytes(from->format);

    for (int32_t y = 0; y < to->height; y++)
        for (int32_t x = 0; x < to->width; x++)
            view_row(to, y)[x] = view_row(from, y)[(size_t)x * step];
    pass->found[i] = (backend_found){ { 0, 0, from->width, from->height, 0.5f, 0 }, 64, 64, 1000, ms };
}

static inspyr_status fault(const playing *p, int number, int32_t n, inspyr_error *error)
{
    if (number <= p->memory_first || (p->memory_over && n > p->memory_over))
        return failed(error, INSPYR_ERR_DEVICE_MEMORY, "pass %d of %d pictures has no memory", number, (int)n);
    if (p->device_at && number >= p->device_at)
        return failed(error, INSPYR_ERR_DEVICE, "the device is gone");
    return INSPYR_OK;
}

static inspyr_status matte(void *handle, const backend_pass *pass, inspyr_error *error)
{
    playing *p = played(handle);
    int number = atomic_fetch_add(&p->passes, 1) + 1;
    double ms = p->pass_ms + pass->n * p->picture_ms;
    inspyr_status status;
    bool finished;

    atomic_fetch_add(&((played_model *)handle)->passes, 1);
    p->sizes[(number - 1) % PLAYED_PASSES] = pass->n;
    atomic_fetch_add(&p->passing, 1);
    finished = work(p, ms, &p->hold_passes, INSPYR_STAGE_NETWORK, pass->progress, pass->progress_user);
    atomic_fetch_sub(&p->passing, 1);
    if (!finished)
        return failed(error, INSPYR_ERR_CANCELLED, "cancelled");
    status = fault(p, number, pass->n, error);
    if (status)
        return status;
    atomic_fetch_add(&p->pictures, pass->n);
    for (int32_t i = 0; i < pass->n; i++)
        draw(pass, i, ms / pass->n);
    return INSPYR_OK;
}

static inspyr_status cutout(void *handle, inspyr_image **out, const inspyr_view *picture,
                            const inspyr_cutout_options *o, inspyr_error *error)
{
    playing *p = played(handle);

    (void)o, (void)picture;
    *out = NULL;
    atomic_fetch_add(&p->cutouts, 1);
    return failed(error, INSPYR_ERR_UNSUPPORTED, "not played");
}

static inspyr_state state(const void *handle)
{
    const playing *p = played(handle);

    if (p->device_at && atomic_load(&p->passes) >= p->device_at)
        return INSPYR_STATE_FAILED;
    return p->degraded ? INSPYR_STATE_DEGRADED : INSPYR_STATE_READY;
}

static inspyr_status info(const void *handle, inspyr_info *out, inspyr_error *error)
{
    (void)handle, (void)error;
    out->name = "played";
    out->note = "another device was wanted";
    return INSPYR_OK;
}

static inspyr_model *model(void *handle)
{
    (void)handle;
    return NULL;
}

static void drop_idle(void *handle)
{
    atomic_fetch_add(&played(handle)->drops, 1);
}

static void release(void *handle)
{
    atomic_fetch_add(&played(handle)->releases, 1);
}

const backend backend_played = { load, warm, size, matte, cutout, state, info, model, drop_idle, release };

void playing_begin(playing *p)
{
    memset(p, 0, sizeof *p);
    p->load_status = INSPYR_ERR_FILE;
    p->now = 1000;
    pthread_mutex_init(&p->mutex, NULL);
}

void playing_end(playing *p)
{
    assert_int_equal(p->loading + p->passing, 0);
    assert_int_equal(p->loads, p->releases);
    pthread_mutex_destroy(&p->mutex);
}

inspyr_context *playing_open(playing *p, const inspyr_context_options *options)
{
    const context_seams seams = { &backend_played, p, { now, wait, p } };
    inspyr_context *c;
    inspyr_error error;

    if (context_open_with(&c, options, &seams, &error))
        fail_msg("%s", error.message);
    return c;
}

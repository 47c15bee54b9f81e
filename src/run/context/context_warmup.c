/* context_warmup.c - making the first request as fast as the thousandth: on the model that serves it. */
#include <math.h>

#include "base/options.h"
#include "base/status.h"
#include "run/context/context.h"

/* One warm-up, for all that ask for one at the same time. */
typedef struct warming {
    inspyr_context *c;
    const inspyr_warmup_options *now;
    double until;
} warming;

static int heard(void *user, const inspyr_progress *progress)
{
    const warming *w = user;
    bool stop;

    context_lock(w->c);
    stop = w->c->stop_loading;
    context_unlock(w->c);
    if (w->now->progress && w->now->progress(w->now->progress_user, progress))
        return 1;
    return stop || context_now(w->c) >= w->until;
}

static inspyr_status run_one(warming *w, void *handle, const inspyr_warmup_options *theirs, inspyr_error *error)
{
    inspyr_warmup_options ours, o;
    inspyr_status status =
        options_import(&ours, sizeof ours, OPTIONS_FIRST(inspyr_warmup_options, progress_user), theirs, error);

    if (status)
        return status;
    o = ours;
    o.progress = heard;
    o.progress_user = w;
    w->now = &ours;
    status = w->c->backend->warm(handle, &o, error);
    if (status == INSPYR_ERR_CANCELLED && context_now(w->c) >= w->until)
        return failed(error, INSPYR_ERR_TIMEOUT, "the warm-up took too long");
    return status;
}

static inspyr_status run_model(warming *w, void *handle, const inspyr_warmup_options *const *options, size_t n,
                               inspyr_error *error)
{
    inspyr_status status = INSPYR_OK;

    if (!n)
        return run_one(w, handle, NULL, error);
    for (size_t i = 0; !status && i < n; i++)
        status = run_one(w, handle, options[i], error);
    return status;
}

/* The models of levels, too. They stay while the caller has one. */
static inspyr_status run_all(warming *w, const inspyr_warmup_options *const *options, size_t n,
                             inspyr_error *error)
{
    inspyr_status status = INSPYR_OK;

    for (int i = 0; !status && i < CONTEXT_MODELS && !(w->c->options.flags & INSPYR_CONTEXT_NO_WARMUP); i++)
        if (w->c->handles[i])
            status = run_model(w, w->c->handles[i], options, n, error);
    return status;
}

/* The mutex is held. Until the model is loaded, or somebody else's warm-up is over. */
static inspyr_status wait_for_model(inspyr_context *c, double until, inspyr_error *error)
{
    context_step(c, LIFE_WANTED);
    while ((c->life.phase == LIFE_LOADING || c->warming) && !c->life.draining && context_now(c) < until)
        context_wait(c, &c->changed, until);
    if (c->life.draining)
        return failed(error, INSPYR_ERR_NOT_READY, "the context is draining");
    if (c->life.phase == LIFE_LOADING || c->warming)
        return failed(error, INSPYR_ERR_TIMEOUT, "the model is not ready yet");
    if (c->life.phase == LIFE_COLD)
        return failed(error, INSPYR_ERR_NOT_READY, "the model was released again");
    if (c->life.phase != LIFE_SERVING)
        return failed(error, c->reason.status, "%s", c->reason.message);
    return INSPYR_OK;
}

static inspyr_status warm_up(inspyr_context *c, const inspyr_warmup_options *const *options, size_t n,
                             double until, inspyr_error *error)
{
    warming w = { .c = c, .until = until };
    double began = context_now(c);

    (void)context_take_handle(c, 0);
    c->warming = true;
    context_step(c, LIFE_WARM_BEGINS);
    context_unlock(c);
    (void)run_all(&w, options, n, error);
    context_lock(c);
    c->warming = false;
    c->warmups++;
    c->warmed = *error;
    c->phase_ms[3] = c->active = context_now(c);
    c->phase_ms[3] -= began;
    metrics_load(c->metrics, METRICS_PHASE_WARMUP, (int64_t)(c->phase_ms[3] * 1e6));
    context_step(c, LIFE_WARM_ENDS);
    context_give_handle(c);
    return error->status;
}

inspyr_status inspyr_context_warmup(inspyr_context *context, const inspyr_warmup_options *const *options,
                                    size_t n, int64_t timeout_ms, inspyr_error *error)
{
    inspyr_context *c = context;
    inspyr_error why;
    inspyr_status status;
    double until;
    int32_t before;

    succeeded(error);
    status = context_usable(c, error);
    if (status)
        return status;
    if (!options && n)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu warm-ups at NULL", n);
    succeeded(&why);
    context_lock(c);
    until = timeout_ms < 0 ? INFINITY : context_now(c) + (double)timeout_ms;
    before = c->warmups;
    status = wait_for_model(c, until, &why);
    if (!status && (c->warmups == before || c->warmed.status)) /* its failure was the other caller's */
        status = warm_up(c, options, n, until, &why);
    context_unlock(c);
    return status ? failed(error, status, "%s", why.message) : INSPYR_OK;
}

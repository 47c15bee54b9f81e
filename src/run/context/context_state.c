/* context_state.c - what a context says of itself. */
#include <unistd.h>

#include "base/options.h"
#include "base/status.h"
#include "run/context/estimate.h"

inspyr_state inspyr_context_state(const inspyr_context *context)
{
    return context ? (inspyr_state)atomic_load(&context->state) : INSPYR_STATE_COLD;
}

inspyr_status inspyr_context_status_get(const inspyr_context *context, inspyr_context_status *out,
                                        inspyr_error *error)
{
    inspyr_context *c = (inspyr_context *)(uintptr_t)context;
    inspyr_context_status s = { 0 };
    inspyr_status status;

    succeeded(error);
    status = context_usable(context, error);
    if (status)
        return status;
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    context_lock(c);
    s.state = life_state(&c->life);
    s.reason_status = c->reason.status;
    memcpy(s.reason, c->reason.message, sizeof c->reason.message);
    s.progress = c->life.progress;
    s.estimate_s = (float)estimate_load(c);
    s.level = c->adaptive.level;
    s.queue_delay_ms = (int64_t)estimate_delay(c, c->base_pixels, INSPYR_PRIORITY_INTERACTIVE);
    if (c->life.attempt)
        s.elapsed_s = ((c->life.phase == LIFE_LOADING ? context_now(c) : c->load_ended) - c->load_began) * 1e-3;
    for (int i = 0; i < INSPYR_PHASES; i++)
        s.phase_s[i] = c->phase_ms[i] * 1e-3;
    s.attempt = c->life.attempt;
    s.queue_items = c->queue_items;
    s.running = c->running;
    s.queue_bytes = c->queue_bytes;
    s.memory_reserved = c->reserved;
    context_unlock(c);
    return options_export(out, OPTIONS_FIRST(inspyr_context_status, queue_delay_ms), &s, sizeof s, error);
}

inspyr_status inspyr_context_info(const inspyr_context *context, inspyr_info *out, inspyr_error *error)
{
    inspyr_context *c = (inspyr_context *)(uintptr_t)context;
    inspyr_status status;
    void *handle;

    succeeded(error);
    status = context_usable(context, error);
    if (status)
        return status;
    context_lock(c);
    handle = context_take_handle(c, 0);
    context_unlock(c);
    if (!handle)
        return failed(error, INSPYR_ERR_NOT_READY, "no model is loaded");
    status = c->backend->info(handle, out, error);
    context_lock(c);
    context_give_handle(c);
    context_unlock(c);
    return status;
}

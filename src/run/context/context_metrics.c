/* context_metrics.c - a context's numbers, with what is so now. */
#include "base/status.h"
#include "run/context/telemetry.h"

static void refresh_cache(inspyr_context *c)
{
    static const metrics_pool pools[] = { METRICS_POOL_MASK, METRICS_POOL_RESULT };

    for (int i = 0; c->options.cache && i < 2; i++) {
        inspyr_cache_stats s;

        inspyr_cache_stats_init(&s);
        if (inspyr_cache_statistics(c->options.cache, (inspyr_cache_pool)i, &s, NULL))
            continue;
        metrics_cache_size(c->metrics, METRICS_TIER_L1, pools[i], s.bytes, s.entries, s.limit);
        context_lock(c);
        metrics_eviction(c->metrics, pools[i], s.evictions - c->evictions[i]);
        metrics_rejection(c->metrics, pools[i], s.rejections - c->rejections[i]);
        c->evictions[i] = s.evictions;
        c->rejections[i] = s.rejections;
        context_unlock(c);
    }
}

static inspyr_status refresh(const inspyr_context *context, inspyr_error *error)
{
    inspyr_context *c = (inspyr_context *)(uintptr_t)context;
    inspyr_status status;

    succeeded(error);
    status = context_usable(c, error);
    if (status)
        return status;
    refresh_cache(c);
    context_lock(c);
    metrics_state(c->metrics, life_state(&c->life));
    metrics_queue(c->metrics, (uint64_t)c->queue_items, c->queue_bytes, (uint64_t)c->running);
    metrics_device_memory(c->metrics, 0, METRICS_MEMORY_RESERVED, c->reserved);
    metrics_device_memory(c->metrics, 0, METRICS_MEMORY_BUDGET, c->options.memory_budget);
    context_unlock(c);
    return INSPYR_OK;
}

inspyr_status inspyr_context_metrics(const inspyr_context *context, inspyr_metrics *out, inspyr_error *error)
{
    inspyr_status status = refresh(context, error);

    return status ? status : metrics_snapshot(context->metrics, out, error);
}

inspyr_status inspyr_context_metrics_text(inspyr_bytes *out, const inspyr_context *context, inspyr_error *error)
{
    inspyr_status status;

    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    memset(out, 0, sizeof *out);
    status = refresh(context, error);
    return status ? status : metrics_text(out, context->metrics, error);
}

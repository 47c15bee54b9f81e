#include "base/options.h"
#include "base/status.h"
#include "run/metrics/metrics_cells.h"
#include "run/metrics/process_usage.h"

#define SECONDS_BUCKETS (METRICS_SECONDS + 1)

static uint64_t now(const metrics_cell *gauge)
{
    return atomic_load_explicit(gauge, memory_order_relaxed);
}

static double seconds(uint64_t ns)
{
    return (double)ns * 1e-9;
}

static double share(uint64_t part, uint64_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

static uint64_t count(const uint64_t *buckets)
{
    uint64_t sum = 0;

    for (int i = 0; i < SECONDS_BUCKETS; i++)
        sum += buckets[i];
    return sum;
}

static void percentiles(double out[INSPYR_PERCENTILES], const uint64_t *buckets)
{
    static const double shares[INSPYR_PERCENTILES] = { 0.5, 0.9, 0.95, 0.99 };

    for (int i = 0; i < INSPYR_PERCENTILES; i++)
        out[i] = metrics_quantile(&metrics_seconds, buckets, shares[i]);
}

static void requests(inspyr_metrics *s, const metrics *m)
{
    uint64_t results[METRICS_RESULT_COUNT] = { 0 }, ok[METRICS_SOURCE_COUNT] = { 0 }, faults = 0;
#define FAULT(value, label, timed, fault) [value] = fault,
    static const bool is_fault[] = { METRICS_RESULTS(FAULT) };

    for (int r = 0; r < METRICS_RESULT_COUNT; r++) {
        uint64_t sources[METRICS_SOURCE_COUNT] = { 0 };

        metrics_add(m, METRICS_FIRST(m)->requests[r], METRICS_SOURCE_COUNT, sources);
        for (int i = 0; i < METRICS_SOURCE_COUNT; i++) {
            results[r] += sources[i];
            ok[i] = r == METRICS_RESULT_OK ? sources[i] : ok[i];
        }
        s->requests += results[r];
        faults += is_fault[r] ? results[r] : 0;
    }
    s->ok = results[METRICS_RESULT_OK];
    s->invalid = results[METRICS_RESULT_INVALID];
    s->limit = results[METRICS_RESULT_LIMIT];
    s->overload = results[METRICS_RESULT_OVERLOAD];
    s->deadline = results[METRICS_RESULT_DEADLINE];
    s->cancelled = results[METRICS_RESULT_CANCELLED];
    s->device = results[METRICS_RESULT_DEVICE];
    s->internal = results[METRICS_RESULT_INTERNAL];
    s->computed = ok[METRICS_SOURCE_COMPUTE];
    s->from_memory = ok[METRICS_SOURCE_L1];
    s->from_store = ok[METRICS_SOURCE_L2];
    s->joined = ok[METRICS_SOURCE_JOINED];
    s->error_share = share(faults, s->requests);
    s->hit_share = share(s->from_memory + s->from_store, s->ok);
}

static void durations(inspyr_metrics *s, const metrics *m)
{
    static const uint64_t ends[] = { UINT64_C(1000000000), UINT64_C(5000000000), UINT64_C(30000000000) };
    uint64_t cold[SECONDS_BUCKETS] = { 0 }, warm[SECONDS_BUCKETS] = { 0 }, cached[SECONDS_BUCKETS] = { 0 };
    uint64_t all[SECONDS_BUCKETS], infer[SECONDS_BUCKETS] = { 0 };

    for (int i = 0; i < METRICS_SOURCE_COUNT; i++) {
        bool cache = i == METRICS_SOURCE_L1 || i == METRICS_SOURCE_L2;

        metrics_add(m, METRICS_FIRST(m)->durations[i][0], SECONDS_BUCKETS, cache ? cached : warm);
        metrics_add(m, METRICS_FIRST(m)->durations[i][1], SECONDS_BUCKETS, cold);
    }
    for (int i = 0, class_of = 0; i < SECONDS_BUCKETS; i++) {
        all[i] = cold[i] + warm[i] + cached[i];
        s->classes[class_of] += all[i];
        if (class_of < 3 && metrics_seconds.bounds[i].most == ends[class_of])
            class_of++;
    }
    for (int32_t i = 0; i < m->device_count; i++)
        metrics_add(m, METRICS_FIRST(m)->devices[i].stages[METRICS_STAGE_INFER], SECONDS_BUCKETS, infer);
    s->cold = count(cold);
    s->warm = count(warm);
    s->cached = count(cached);
    s->cold_share = share(s->cold, count(all));
    percentiles(s->all_seconds, all);
    percentiles(s->cold_seconds, cold);
    percentiles(s->warm_seconds, warm);
    percentiles(s->cache_seconds, cached);
    percentiles(s->infer_seconds, infer);
}

static void devices(inspyr_metrics *s, const metrics *m)
{
    for (int32_t i = 0; i < m->device_count; i++) {
        const metrics_device_cells *d = &METRICS_FIRST(m)->devices[i];

        for (int b = 0; b <= METRICS_BATCHES; b++)
            s->executions += metrics_sum(m, &d->batches[b]);
        metrics_add(m, &d->batches[METRICS_BATCHES + 1], 1, &s->inferences);
        for (int e = 0; e < METRICS_ERROR_COUNT; e++)
            s->device_errors += metrics_sum(m, &d->errors[e]);
        for (int r = 0; r < METRICS_RETRY_COUNT; r++)
            s->oom_retries += metrics_sum(m, &d->retries[r]);
        s->device_busy_seconds += seconds(metrics_sum(m, &d->busy_ns));
        s->device_used_bytes += now(&m->gauges.memory[i][METRICS_MEMORY_USED]);
        s->device_budget_bytes += now(&m->gauges.memory[i][METRICS_MEMORY_BUDGET]);
    }
    s->cost = s->device_busy_seconds * m->price;
    s->cost_per_request = s->ok ? s->cost / (double)s->ok : 0;
}

static void cache(inspyr_metrics *s, const metrics *m)
{
    const metrics_cells *first = METRICS_FIRST(m);

    for (int tier = 0; tier < METRICS_TIER_COUNT; tier++)
        for (int pool = 0; pool < METRICS_POOL_COUNT; pool++)
            for (int i = 0; i < METRICS_LOOKUP_COUNT; i++) {
                uint64_t lookups = metrics_sum(m, &first->lookups[tier][pool][i]);

                s->cache_lookups += lookups;
                s->cache_hits += i == METRICS_LOOKUP_HIT ? lookups : 0;
            }
    for (int pool = 0; pool < METRICS_POOL_COUNT; pool++) {
        s->cache_bytes += now(&m->gauges.cache_bytes[METRICS_TIER_L1][pool]);
        s->evictions += metrics_sum(m, &first->evictions[pool]);
        s->rejections += metrics_sum(m, &first->rejections[pool]);
    }
    s->inference_seconds_saved = seconds(metrics_sum(m, &first->saved_ns));
}

static void gauges(inspyr_metrics *s, const metrics_gauges *g)
{
    process_usage usage;

    s->queue_items = now(&g->queue_items);
    s->queue_bytes = now(&g->queue_bytes);
    s->inflight = now(&g->inflight);
    for (int phase = 0; phase < METRICS_PHASE_WARMUP; phase++)
        s->load_seconds += seconds(now(&g->load_ns[phase]));
    s->warmup_seconds = seconds(now(&g->load_ns[METRICS_PHASE_WARMUP]));
    s->first_result_seconds = seconds(now(&g->first_result_ns));
    s->state = (inspyr_state)atomic_load_explicit(&g->state, memory_order_relaxed);
    if (process_usage_read(&usage)) {
        s->resident_bytes = usage.resident_bytes;
        s->major_faults = usage.major_faults;
    }
}

inspyr_status metrics_snapshot(const metrics *m, inspyr_metrics *out, inspyr_error *error)
{
    inspyr_metrics s = { 0 };

    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    requests(&s, m);
    durations(&s, m);
    devices(&s, m);
    cache(&s, m);
    for (int i = 0; i < METRICS_REASON_COUNT; i++)
        s.degraded += metrics_sum(m, &METRICS_FIRST(m)->degraded[i]);
    gauges(&s, &m->gauges);
    return options_export(out, OPTIONS_FIRST(inspyr_metrics, reserved), &s, sizeof s, error);
}

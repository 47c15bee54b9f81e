#include "run/metrics/metrics_text.h"

#include "run/metrics/process_usage.h"

static uint64_t now(const metrics_cell *gauge)
{
    return atomic_load_explicit(gauge, memory_order_relaxed);
}

static void gauge(text *t, const char *name, const char *unit, const char *help, uint64_t value)
{
    openmetrics_family(t, name, "gauge", unit, help);
    openmetrics_count(t, name, "", NULL, value);
}

static void requests(text *t, const metrics *m)
{
    static const char name[] = "inspyr_requests";
#define RESULT(value, label, timed, fault) [value] = label,
    static const char *const results[] = { METRICS_RESULTS(RESULT) };
    static const char *const sources[] = { METRICS_SOURCES(METRICS_LABEL) };

    openmetrics_family(t, name, "counter", "", "Requests that ended, and where their results came from.");
    for (int r = 0; r < METRICS_RESULT_COUNT; r++)
        for (int s = 0; s < METRICS_SOURCE_COUNT; s++)
            openmetrics_count(t, name, "_total", METRICS_LABELS("result", results[r], "source", sources[s]),
                              metrics_sum(m, &METRICS_FIRST(m)->requests[r][s]));
}

/* Labels that callers choose. */
static void named(text *t, const metrics *m, const char *name, const char *help, const char *label,
                  const metrics_names *names, const metrics_cell *cells)
{
    int count = atomic_load_explicit(&names->count, memory_order_acquire);

    openmetrics_family(t, name, "counter", "", help);
    for (int i = 0; i < count; i++)
        openmetrics_count(t, name, "_total", METRICS_LABELS(label, names->names[i]), metrics_sum(m, &cells[i]));
    openmetrics_count(t, name, "_total", METRICS_LABELS(label, "other"), metrics_sum(m, &cells[METRICS_NAMES]));
}

static void cache(text *t, const metrics *m)
{
    static const char name[] = "inspyr_cache_requests";
    static const char *const tiers[] = { METRICS_TIERS(METRICS_LABEL) };
    static const char *const pools[] = { METRICS_POOLS(METRICS_LABEL) };
    static const char *const lookups[] = { METRICS_LOOKUPS(METRICS_LABEL) };
    const metrics_gauges *g = &m->gauges;
    const struct {
        const char *name, *unit, *help;
        const metrics_cell (*values)[METRICS_POOL_COUNT];
    } sizes[] = {
        { "inspyr_cache_bytes", "bytes", "What the cache holds.", g->cache_bytes },
        { "inspyr_cache_entries", "entries", "How many entries that is.", g->cache_entries },
        { "inspyr_cache_limit_bytes", "bytes", "What it may hold; 0: no limit.", g->cache_limits },
    };
    const struct {
        const char *name, *help;
        const metrics_cell *cells;
    } drops[] = {
        { "inspyr_cache_evictions", "Entries that made room.", METRICS_FIRST(m)->evictions },
        { "inspyr_cache_rejections", "Entries that were not taken in.", METRICS_FIRST(m)->rejections },
    };

    openmetrics_family(t, name, "counter", "", "Lookups in the cache.");
    for (int i = 0; i < METRICS_TIER_COUNT; i++)
        for (int j = 0; j < METRICS_POOL_COUNT; j++)
            for (int k = 0; k < METRICS_LOOKUP_COUNT; k++)
                openmetrics_count(t, name, "_total",
                                  METRICS_LABELS("tier", tiers[i], "pool", pools[j], "result", lookups[k]),
                                  metrics_sum(m, &METRICS_FIRST(m)->lookups[i][j][k]));
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        openmetrics_family(t, sizes[s].name, "gauge", sizes[s].unit, sizes[s].help);
        for (int i = 0; i < METRICS_TIER_COUNT; i++)
            for (int j = 0; j < METRICS_POOL_COUNT; j++)
                openmetrics_count(t, sizes[s].name, "", METRICS_LABELS("tier", tiers[i], "pool", pools[j]),
                                  now(&sizes[s].values[i][j]));
    }
    for (size_t s = 0; s < sizeof drops / sizeof *drops; s++) {
        openmetrics_family(t, drops[s].name, "counter", "", drops[s].help);
        for (int j = 0; j < METRICS_POOL_COUNT; j++)
            openmetrics_count(t, drops[s].name, "_total", METRICS_LABELS("pool", pools[j]),
                              metrics_sum(m, &drops[s].cells[j]));
    }
    openmetrics_family(t, "inspyr_inference_saved_seconds", "counter", "seconds",
                       "Inference that the cache and joined requests spared, by estimate.");
    openmetrics_seconds(t, "inspyr_inference_saved_seconds", "_total", NULL,
                        metrics_sum(m, &METRICS_FIRST(m)->saved_ns));
}

static uint64_t executions(const metrics *m, int32_t device)
{
    uint64_t sum = 0;

    for (int b = 0; b <= METRICS_BATCHES; b++)
        sum += metrics_sum(m, &METRICS_FIRST(m)->devices[device].batches[b]);
    return sum;
}

static void passes(text *t, const metrics *m)
{
    openmetrics_family(t, "inspyr_inferences", "counter", "", "Pictures that went through the network.");
    for (int32_t d = 0; d < m->device_count; d++)
        openmetrics_count(t, "inspyr_inferences", "_total", METRICS_LABELS("device", m->devices[d]),
                          metrics_sum(m, &METRICS_FIRST(m)->devices[d].batches[METRICS_BATCHES + 1]));
    openmetrics_family(t, "inspyr_executions", "counter", "", "Passes of the network.");
    for (int32_t d = 0; d < m->device_count; d++)
        openmetrics_count(t, "inspyr_executions", "_total", METRICS_LABELS("device", m->devices[d]),
                          executions(m, d));
    openmetrics_family(t, "inspyr_device_busy_seconds", "counter", "seconds",
                       "Time in which the device worked; its rate is the busy share.");
    for (int32_t d = 0; d < m->device_count; d++)
        openmetrics_seconds(t, "inspyr_device_busy_seconds", "_total", METRICS_LABELS("device", m->devices[d]),
                            metrics_sum(m, &METRICS_FIRST(m)->devices[d].busy_ns));
    openmetrics_family(t, "inspyr_cost", "counter", "", "Busy time at the price given, in its currency.");
    for (int32_t d = 0; d < m->device_count; d++)
        openmetrics_number(t, "inspyr_cost", "_total", METRICS_LABELS("device", m->devices[d]),
                           (double)metrics_sum(m, &METRICS_FIRST(m)->devices[d].busy_ns) * 1e-9 * m->price);
    openmetrics_family(t, "inspyr_price_per_second", "gauge", "", "The price given; 0: none was.");
    openmetrics_number(t, "inspyr_price_per_second", "", NULL, m->price);
}

static void devices(text *t, const metrics *m)
{
    static const char *const kinds[] = { METRICS_MEMORIES(METRICS_LABEL) };
    static const char *const errors[] = { METRICS_ERRORS(METRICS_LABEL) };
    static const char *const retries[] = { METRICS_RETRIES(METRICS_LABEL) };

    openmetrics_family(t, "inspyr_device_memory_bytes", "gauge", "bytes", "Memory of the device.");
    for (int32_t d = 0; d < m->device_count; d++)
        for (int i = 0; i < METRICS_MEMORY_COUNT; i++)
            openmetrics_count(t, "inspyr_device_memory_bytes", "",
                              METRICS_LABELS("device", m->devices[d], "kind", kinds[i]),
                              now(&m->gauges.memory[d][i]));
    openmetrics_family(t, "inspyr_device_errors", "counter", "", "Failures of the device.");
    for (int32_t d = 0; d < m->device_count; d++)
        for (int i = 0; i < METRICS_ERROR_COUNT; i++)
            openmetrics_count(t, "inspyr_device_errors", "_total",
                              METRICS_LABELS("device", m->devices[d], "class", errors[i]),
                              metrics_sum(m, &METRICS_FIRST(m)->devices[d].errors[i]));
    openmetrics_family(t, "inspyr_oom_retries", "counter", "",
                       "Passes tried once more after memory ran out, by what was done before.");
    for (int32_t d = 0; d < m->device_count; d++)
        for (int i = 0; i < METRICS_RETRY_COUNT; i++)
            openmetrics_count(t, "inspyr_oom_retries", "_total",
                              METRICS_LABELS("device", m->devices[d], "class", retries[i]),
                              metrics_sum(m, &METRICS_FIRST(m)->devices[d].retries[i]));
}

static void state(text *t, const metrics *m)
{
    static const char *const states[] = { "cold",     "loading",  "warming", "ready",
                                          "degraded", "draining", "failed" };
    static const char *const phases[] = { METRICS_PHASES(METRICS_LABEL) };
    static const char *const reasons[] = { METRICS_REASONS(METRICS_LABEL) };
    int at = atomic_load_explicit(&m->gauges.state, memory_order_relaxed);

    openmetrics_family(t, "inspyr_state", "gauge", "",
                       "1 for the state that the context is in, 0 for the others.");
    for (int i = 0; i <= INSPYR_STATE_FAILED; i++)
        openmetrics_count(t, "inspyr_state", "", METRICS_LABELS("state", states[i]), i == at);
    openmetrics_family(t, "inspyr_load_duration_seconds", "gauge", "seconds", "Phases of the last load.");
    for (int i = 0; i < METRICS_PHASE_COUNT; i++)
        if (now(&m->gauges.load_ns[i]))
            openmetrics_seconds(t, "inspyr_load_duration_seconds", "", METRICS_LABELS("phase", phases[i]),
                                now(&m->gauges.load_ns[i]));
    openmetrics_family(t, "inspyr_first_result_seconds", "gauge", "seconds",
                       "From opening the context to its first result.");
    if (now(&m->gauges.first_result_ns))
        openmetrics_seconds(t, "inspyr_first_result_seconds", "", NULL, now(&m->gauges.first_result_ns));
    openmetrics_family(t, "inspyr_degraded", "counter", "",
                       "Requests that were given less than they asked for.");
    for (int i = 0; i < METRICS_REASON_COUNT; i++)
        openmetrics_count(t, "inspyr_degraded", "_total", METRICS_LABELS("reason", reasons[i]),
                          metrics_sum(m, &METRICS_FIRST(m)->degraded[i]));
}

static void process(text *t)
{
    process_usage usage;

    if (!process_usage_read(&usage))
        return;
    gauge(t, "inspyr_resident_memory_bytes", "bytes", "Memory of the process.", usage.resident_bytes);
    openmetrics_family(t, "inspyr_major_page_faults", "counter", "",
                       "Pages that the process waited for a disk for, swapped out ones too.");
    openmetrics_count(t, "inspyr_major_page_faults", "_total", NULL, usage.major_faults);
}

static void build(text *t, const metrics *m)
{
    int model = atomic_load_explicit(&m->gauges.model, memory_order_relaxed);
    const char *name = model < 0 ? "" : model == METRICS_NAMES ? "other" : m->models.names[model];

    openmetrics_family(t, "inspyr_build", "info", "", "What runs.");
    openmetrics_count(
        t, "inspyr_build", "_info",
        METRICS_LABELS("version", inspyr_version(), "torch", m->torch, "cuda", m->cuda, "model", name), 1);
}

inspyr_status metrics_text(inspyr_bytes *out, const metrics *m, inspyr_error *error)
{
    text t = { .allocator = m->allocator };
    const metrics_gauges *g = &m->gauges;

    memset(out, 0, sizeof *out);
    requests(&t, m);
    metrics_text_times(&t, m);
    named(&t, m, "inspyr_client_requests", "Requests by the class of their caller.", "client", &m->clients,
          METRICS_FIRST(m)->clients);
    named(&t, m, "inspyr_effect_set_requests", "Requests by the effects that they name.", "effects", &m->sets,
          METRICS_FIRST(m)->sets);
    gauge(&t, "inspyr_queue_items", "", "Requests that wait.", now(&g->queue_items));
    gauge(&t, "inspyr_queue_bytes", "bytes", "Their pictures.", now(&g->queue_bytes));
    gauge(&t, "inspyr_inflight_requests", "", "Requests at work.", now(&g->inflight));
    passes(&t, m);
    cache(&t, m);
    devices(&t, m);
    state(&t, m);
    process(&t);
    build(&t, m);
    openmetrics_end(&t);
    return text_hand_over(out, &t, error);
}

#include "run/metrics/metrics.h"

#include <assert.h>
#include <errno.h>

#include "base/memory.h"
#include "base/status.h"
#include "run/metrics/metrics_cells.h"

static inspyr_status copy_texts(metrics *m, const metrics_options *options, inspyr_error *error)
{
    bool copied = (m->torch = memory_text(&m->allocator, options->torch ? options->torch : "")) &&
                  (m->cuda = memory_text(&m->allocator, options->cuda ? options->cuda : ""));

    for (int32_t i = 0; copied && i < m->device_count; i++)
        copied = (m->devices[i] = memory_text(&m->allocator, options->devices[i])) != NULL;
    return copied ? INSPYR_OK : failed(error, INSPYR_ERR_MEMORY, "no room for the names of devices");
}

inspyr_status metrics_create(metrics **out, const metrics_options *options, inspyr_error *error)
{
    size_t bytes = offsetof(metrics_cells, devices);
    inspyr_allocator allocator;
    inspyr_status status;
    metrics *m;

    *out = NULL;
    assert(options->device_count >= 1 && options->device_count <= METRICS_DEVICES);
    if ((status = memory_import(&allocator, options->allocator, error)))
        return status;
    m = memory_zeroed(&allocator, sizeof *m);
    if (!m)
        return failed(error, INSPYR_ERR_MEMORY, "no room for metrics");
    if (pthread_mutex_init(&m->lock, NULL)) {
        memory_give(&allocator, m);
        return failed(error, INSPYR_ERR_THREAD, "no lock for metrics");
    }
    m->allocator = allocator;
    m->device_count = options->device_count;
    m->price = options->price_per_second;
    atomic_init(&m->gauges.model, -1);
    bytes += (size_t)m->device_count * sizeof(metrics_device_cells);
    m->stride = (bytes + MEMORY_ALIGNMENT - 1) / MEMORY_ALIGNMENT * MEMORY_ALIGNMENT;
    m->stripes = memory_zeroed(&allocator, m->stride << METRICS_STRIPE_BITS);
    status = m->stripes ? copy_texts(m, options, error)
                        : failed(error, INSPYR_ERR_MEMORY, "no room for the cells of metrics");
    if (status == INSPYR_OK)
        *out = m;
    else
        metrics_free(m);
    return status;
}

void metrics_free(metrics *m)
{
    inspyr_allocator allocator;

    if (!m)
        return;
    allocator = m->allocator;
    for (int i = 0; i < METRICS_DEVICES; i++)
        memory_give(&allocator, m->devices[i]);
    memory_give(&allocator, m->torch);
    memory_give(&allocator, m->cuda);
    memory_give(&allocator, m->stripes);
    pthread_mutex_destroy(&m->lock);
    memory_give(&allocator, m);
}

/* Where errno lies tells threads apart, without a variable of our own; multiplying spreads it over the top
 * bits. */
static metrics_cells *stripe(metrics *m)
{
    uint64_t spread = (uint64_t)(uintptr_t)&errno * UINT64_C(0x9E3779B97F4A7C15);

    return (void *)(m->stripes + (spread >> (64 - METRICS_STRIPE_BITS)) * m->stride);
}

static void add(metrics_cell *cell, uint64_t n)
{
    atomic_fetch_add_explicit(cell, n, memory_order_relaxed);
}

static void set(metrics_cell *cell, uint64_t value)
{
    atomic_store_explicit(cell, value, memory_order_relaxed);
}

/* A clock of the caller that went back counts as none. */
static uint64_t positive(int64_t ns)
{
    return ns > 0 ? (uint64_t)ns : 0;
}

/* The bucket. */
static int observe(metrics_cell *cells, const metrics_scale *scale, uint64_t value)
{
    int bucket = 0;

    while (bucket < scale->count && value > scale->bounds[bucket].most)
        bucket++;
    add(&cells[bucket], 1);
    add(&cells[scale->count + 1], value);
    return bucket;
}

/* Whoever finds another one writing leaves it at that: one trace is as good as another. Stores release and
 * loads acquire, so a reader that sees a new word sees the odd turn, too. */
static void keep_exemplar(metrics_exemplar *e, const metrics_request_done *done)
{
    uint64_t turn = atomic_load_explicit(&e->turn, memory_order_relaxed), word;

    if (turn & 1 || strlen(done->trace_id) != sizeof e->trace ||
        !atomic_compare_exchange_strong_explicit(&e->turn, &turn, turn + 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    for (int i = 0; i < 4; i++) {
        memcpy(&word, done->trace_id + 8 * i, sizeof word);
        atomic_store_explicit(&e->trace[i], word, memory_order_release);
    }
    atomic_store_explicit(&e->ns, positive(done->ns), memory_order_release);
    atomic_store_explicit(&e->unix_ns, positive(done->end_unix_ns), memory_order_release);
    atomic_store_explicit(&e->turn, turn + 2, memory_order_release);
}

static bool timed(metrics_result result)
{
#define TIMED(value, label, is_timed, fault) [value] = is_timed,
    static const bool table[] = { METRICS_RESULTS(TIMED) };

    return table[result];
}

void metrics_request(metrics *m, const metrics_request_done *done)
{
    bool cached = done->source == METRICS_SOURCE_L1 || done->source == METRICS_SOURCE_L2;
    int cold = done->cold && !cached, bucket;
    metrics_cells *own;

    if (!m)
        return;
    own = stripe(m);
    add(&own->requests[done->result][done->source], 1);
    if (done->client)
        add(&own->clients[metrics_name(m, &m->clients, done->client)], 1);
    if (done->effects)
        add(&own->sets[metrics_effect_names(m, &m->sets, done->effects)], 1);
    if (!timed(done->result))
        return;
    bucket = observe(own->durations[done->source][cold], &metrics_seconds, positive(done->ns));
    if (done->trace_id)
        keep_exemplar(&m->exemplars[done->source][cold][bucket], done);
}

void metrics_stage_done(metrics *m, metrics_stage stage, int32_t device, int64_t ns)
{
    if (m)
        observe(stripe(m)->devices[device].stages[stage], &metrics_seconds, positive(ns));
}

void metrics_effect(metrics *m, int32_t effect, int64_t ns)
{
    if (m)
        observe(stripe(m)->effects[effect], &metrics_seconds, positive(ns));
}

void metrics_batch(metrics *m, int32_t device, int32_t pictures, int64_t busy_ns)
{
    if (m)
        observe(stripe(m)->devices[device].batches, &metrics_batches, positive(pictures));
    metrics_busy(m, device, busy_ns);
}

void metrics_busy(metrics *m, int32_t device, int64_t ns)
{
    if (m)
        add(&stripe(m)->devices[device].busy_ns, positive(ns));
}

void metrics_saved(metrics *m, int64_t ns)
{
    if (m)
        add(&stripe(m)->saved_ns, positive(ns));
}

void metrics_cache(metrics *m, metrics_tier tier, metrics_pool pool, metrics_lookup result)
{
    if (m)
        add(&stripe(m)->lookups[tier][pool][result], 1);
}

void metrics_eviction(metrics *m, metrics_pool pool, uint64_t count)
{
    if (m)
        add(&stripe(m)->evictions[pool], count);
}

void metrics_rejection(metrics *m, metrics_pool pool, uint64_t count)
{
    if (m)
        add(&stripe(m)->rejections[pool], count);
}

void metrics_device_error(metrics *m, int32_t device, metrics_error kind)
{
    if (m)
        add(&stripe(m)->devices[device].errors[kind], 1);
}

void metrics_oom_retry(metrics *m, int32_t device, metrics_retry kind)
{
    if (m)
        add(&stripe(m)->devices[device].retries[kind], 1);
}

void metrics_degraded(metrics *m, metrics_reason reason)
{
    if (m)
        add(&stripe(m)->degraded[reason], 1);
}

void metrics_input(metrics *m, metrics_format format, uint64_t pixels, uint64_t bytes)
{
    if (!m)
        return;
    observe(stripe(m)->pixels[format], &metrics_pixels, pixels);
    observe(stripe(m)->bytes[format], &metrics_bytes, bytes);
}

void metrics_queue(metrics *m, uint64_t items, uint64_t bytes, uint64_t inflight)
{
    if (!m)
        return;
    set(&m->gauges.queue_items, items);
    set(&m->gauges.queue_bytes, bytes);
    set(&m->gauges.inflight, inflight);
}

void metrics_cache_size(metrics *m, metrics_tier tier, metrics_pool pool, uint64_t bytes, uint64_t entries,
                        uint64_t limit_bytes)
{
    if (!m)
        return;
    set(&m->gauges.cache_bytes[tier][pool], bytes);
    set(&m->gauges.cache_entries[tier][pool], entries);
    set(&m->gauges.cache_limits[tier][pool], limit_bytes);
}

void metrics_state(metrics *m, inspyr_state state)
{
    if (m)
        atomic_store_explicit(&m->gauges.state, (int)state, memory_order_relaxed);
}

void metrics_load(metrics *m, metrics_phase phase, int64_t ns)
{
    if (m)
        set(&m->gauges.load_ns[phase], positive(ns));
}

void metrics_first_result(metrics *m, int64_t ns)
{
    if (m)
        set(&m->gauges.first_result_ns, positive(ns));
}

void metrics_device_memory(metrics *m, int32_t device, metrics_memory kind, uint64_t bytes)
{
    if (m)
        set(&m->gauges.memory[device][kind], bytes);
}

void metrics_model(metrics *m, const char *name)
{
    if (m)
        atomic_store_explicit(&m->gauges.model, metrics_name(m, &m->models, name), memory_order_relaxed);
}

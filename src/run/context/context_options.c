#include "run/context/context_options.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"
#include "run/sizes.h"

#define ATTEMPTS 3
#define ATTEMPTS_MOST 10
#define RETRY_MS 500
#define BATCH 8
#define WAIT_MS 50
#define QUEUE_ITEMS 256
#define QUEUE_BYTES (UINT64_C(256) << 20)

#define FLAGS                                                                                                  \
    (INSPYR_CONTEXT_WAIT | INSPYR_CONTEXT_COLD | INSPYR_CONTEXT_NO_WARMUP | INSPYR_CONTEXT_NO_BATCHING |       \
     INSPYR_CONTEXT_NO_CACHE | INSPYR_CONTEXT_NO_ADAPTIVE | INSPYR_CONTEXT_EXACT | INSPYR_CONTEXT_PLAIN)

/* What an operator may switch off without a build or a change of the program. */
static uint64_t environment(void)
{
    static const struct {
        const char *name;
        uint64_t flag;
    } switches[] = {
        { "INSPYR_NO_WARMUP", INSPYR_CONTEXT_NO_WARMUP }, { "INSPYR_NO_BATCHING", INSPYR_CONTEXT_NO_BATCHING },
        { "INSPYR_NO_CACHE", INSPYR_CONTEXT_NO_CACHE },   { "INSPYR_NO_ADAPTIVE", INSPYR_CONTEXT_NO_ADAPTIVE },
        { "INSPYR_NO_PRECISION", INSPYR_CONTEXT_EXACT },  { "INSPYR_NO_KERNELS", INSPYR_CONTEXT_PLAIN },
    };
    uint64_t flags = 0;

    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++) {
        const char *value = getenv(switches[i].name);

        if (value && *value && strcmp(value, "0") != 0)
            flags |= switches[i].flag;
    }
    return flags;
}

static inspyr_status in_range(int64_t value, int64_t least, int64_t most, const char *name, inspyr_error *error)
{
    if (value >= least && value <= most)
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_ARGUMENT, "%s %lld: %lld to %lld are possible", name, (long long)value,
                  (long long)least, (long long)most);
}

static inspyr_status check(const inspyr_context_options *o, inspyr_error *error)
{
    inspyr_status status = options_flags(o->flags, FLAGS, error);

    if (!status)
        status = in_range(o->workers, 0, CONTEXT_WORKERS, "workers", error);
    if (!status)
        status = in_range(o->max_batch, 0, CONTEXT_BATCH, "max_batch", error);
    if (!status)
        status = in_range(o->max_wait_ms, -1, INT32_MAX, "max_wait_ms", error);
    if (!status)
        status = in_range(o->queue_items, 0, INT32_MAX, "queue_items", error);
    if (!status)
        status = in_range(o->load_attempts, 0, ATTEMPTS_MOST, "load_attempts", error);
    if (!status)
        status = in_range(o->retry_ms, 0, INT32_MAX, "retry_ms", error);
    if (!status)
        status = in_range(o->idle_release_ms, 0, INT64_MAX, "idle_release_ms", error);
    if (!status && !(o->price_per_hour >= 0 && o->price_per_hour <= 1e9))
        status = failed(error, INSPYR_ERR_ARGUMENT, "a price of %g an hour", o->price_per_hour);
    if (!status && o->flags & INSPYR_CONTEXT_WAIT && o->flags & INSPYR_CONTEXT_COLD)
        status = failed(error, INSPYR_ERR_ARGUMENT, "INSPYR_CONTEXT_WAIT waits for what _COLD does not begin");
    return status;
}

static void fill_in(inspyr_context_options *o)
{
    o->workers = o->workers ? o->workers : 1;
    o->max_batch = o->max_batch ? o->max_batch : BATCH;
    o->max_wait_ms = o->max_wait_ms < 0 ? 0 : o->max_wait_ms ? o->max_wait_ms : WAIT_MS;
    o->queue_items = o->queue_items ? o->queue_items : QUEUE_ITEMS;
    o->queue_bytes = o->queue_bytes ? o->queue_bytes : QUEUE_BYTES;
    o->load_attempts = o->load_attempts ? o->load_attempts : ATTEMPTS;
    o->retry_ms = o->retry_ms ? o->retry_ms : RETRY_MS;
    if (o->flags & INSPYR_CONTEXT_NO_BATCHING)
        o->max_batch = 1;
    if (o->flags & INSPYR_CONTEXT_NO_CACHE)
        o->cache = NULL;
}

/* *text becomes the context's own. */
static inspyr_status own(inspyr_context *c, const char **text, inspyr_error *error)
{
    size_t i = 0;

    if (!*text)
        return INSPYR_OK;
    while (c->texts[i])
        i++;
    *text = c->texts[i] = memory_text(&c->allocator, *text);
    return *text ? INSPYR_OK : failed(error, INSPYR_ERR_MEMORY, "no room for a context");
}

static inspyr_status read_load(inspyr_context *c, inspyr_error *error)
{
    inspyr_load_options *o = &c->load;
    inspyr_status status =
        options_import(o, sizeof *o, OPTIONS_FIRST(inspyr_load_options, bytes_size), c->options.load, error);

    if (!status && pool_forked(o->pool))
        status = failed(error, INSPYR_ERR_FORKED, "the pool belongs to another process");
    if (!status && o->allocator)
        status = memory_import(&c->load_allocator, o->allocator, error);
    o->allocator = o->allocator ? &c->load_allocator : &c->allocator; /* loads come after the call, too */
    if (!o->log) {
        o->log = c->options.log;
        o->log_user = c->options.log_user;
    }
    if (c->options.flags & INSPYR_CONTEXT_EXACT)
        o->precision = INSPYR_PRECISION_EXACT;
    if (c->options.flags & INSPYR_CONTEXT_PLAIN)
        o->engine = "plain";
    if (!status)
        status = own(c, &o->device, error);
    if (!status)
        status = own(c, &o->engine, error);
    return status ? status : own(c, &o->cache_dir, error);
}

static inspyr_status read_levels(inspyr_context *c, inspyr_error *error)
{
    const inspyr_context_options *o = &c->options;
    int32_t delays[CONTEXT_LEVELS] = { 0 };

    if (o->level_count > CONTEXT_LEVELS || !o->levels != !o->level_count)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu levels; up to %d are possible", o->level_count,
                      CONTEXT_LEVELS);
    for (size_t i = 0; i < o->level_count; i++) {
        inspyr_level *l = &c->levels[i];
        inspyr_status status =
            options_import(l, sizeof *l, OPTIONS_FIRST(inspyr_level, delay_ms), o->levels[i], error);

        if (!status)
            status = sizes_check_sides(l->network_width, l->network_height, error);
        delays[i] = l->delay_ms;
        if (!status && (unsigned)l->precision > INSPYR_PRECISION_INT8)
            status =
                failed(error, INSPYR_ERR_UNSUPPORTED, "precision %d is not in this version", (int)l->precision);
        if (!status)
            status = own(c, &l->source, error);
        if (status)
            return status;
    }
    return adaptive_begin(&c->adaptive, delays, o->level_count, error);
}

inspyr_status context_options_read(inspyr_context *c, inspyr_error *error)
{
    inspyr_context_options *o = &c->options;
    inspyr_status status = check(o, error);

    if (status)
        return status;
    o->flags |= environment();
    fill_in(o);
    c->log = (log_hook){ o->log, o->log_user };
    status = own(c, &o->source, error);
    if (!status)
        status = own(c, &o->history, error);
    if (!status)
        status = read_load(c, error);
    return status ? status : read_levels(c, error);
}

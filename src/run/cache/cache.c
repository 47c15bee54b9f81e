#include "run/cache/cache.h"

#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "run/cache/cache_object.h"

#define MATTE_BYTES (UINT64_C(64) << 20)
#define RESULT_BYTES (UINT64_C(256) << 20)
#define TTL_MS (INT64_C(24) * 3600 * 1000)
#define QUEUE_BYTES (UINT64_C(32) << 20)
#define GET_TIMEOUT_MS 150
#define BREAKER_FAILURES 5
#define BREAKER_PAUSE_MS 5000
/* A hundred years: sums with the clock must not overflow. */
#define TTL_MOST_MS (INT64_C(100) * 366 * 24 * 3600 * 1000)

static int64_t system_clock(void *user, inspyr_cache_time kind)
{
    struct timespec now;

    (void)user;
    clock_gettime(kind == INSPYR_CACHE_CALENDAR ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

const key_secret *cache_secret(const inspyr_cache *c)
{
    return c && c->keyed ? &c->secret : NULL;
}

inspyr_status cache_usable(const inspyr_cache *c, inspyr_error *error)
{
    if (!c)
        return failed(error, INSPYR_ERR_ARGUMENT, "cache is NULL");
    if (c->process != getpid())
        return failed(error, INSPYR_ERR_FORKED, "the cache belongs to another process");
    return INSPYR_OK;
}

inspyr_status cache_pool_usable(const inspyr_cache *c, inspyr_cache_pool pool, inspyr_error *error)
{
    if (pool != INSPYR_CACHE_MATTES && pool != INSPYR_CACHE_RESULTS)
        return failed(error, INSPYR_ERR_ARGUMENT, "pool %d", (int)pool);
    return cache_usable(c, error);
}

/* Keeps in memory what came from the store, for as long as it is good. */
static void keep(inspyr_cache *c, inspyr_cache_pool pool, const cache_key *key, const inspyr_bytes *bytes,
                 int64_t left_ms)
{
    const int64_t now = cache_now(&c->clock);

    shelf_put(&c->shelves[pool], key, bytes->data, bytes->size, now,
              now + (left_ms < c->ttl_ms ? left_ms : c->ttl_ms) * 1000000);
}

bool cache_get_memory(inspyr_cache *c, cache_pool pool, const cache_key *key, cache_found *out)
{
    *out = (cache_found){ .tier = CACHE_NONE };
    if (cache_pool_usable(c, pool, NULL) ||
        !shelf_get(&c->shelves[pool], key, cache_now(&c->clock), &out->bytes))
        return false;
    out->tier = CACHE_MEMORY;
    popular_note(&c->popular, key);
    return true;
}

bool cache_get(inspyr_cache *c, cache_pool pool, const cache_key *key, cache_found *out)
{
    int64_t left_ms;

    if (cache_get_memory(c, pool, key, out))
        return true;
    if (cache_pool_usable(c, pool, NULL) || !c->store ||
        !store_get(c->store, &pool, key, &out->bytes, &pool, &left_ms))
        return false;
    out->tier = CACHE_STORE;
    keep(c, pool, key, &out->bytes, left_ms);
    popular_note(&c->popular, key);
    return true;
}

bool cache_bring(inspyr_cache *c, const cache_key *key)
{
    inspyr_cache_pool pool;
    inspyr_bytes bytes;
    int64_t left_ms;

    if (!c->store || !store_get(c->store, NULL, key, &bytes, &pool, &left_ms))
        return false;
    keep(c, pool, key, &bytes, left_ms);
    inspyr_bytes_free(&bytes);
    return true;
}

void cache_put(inspyr_cache *c, cache_pool pool, const cache_key *key, const void *bytes, size_t size)
{
    int64_t now;

    if (cache_pool_usable(c, pool, NULL))
        return;
    now = cache_now(&c->clock);
    shelf_put(&c->shelves[pool], key, bytes, size, now, now + c->ttl_ms * 1000000);
    if (c->store)
        store_put(c->store, pool, key, bytes, size);
}

static inspyr_status check(inspyr_cache_options *o, inspyr_error *error)
{
    inspyr_status status = options_flags(o->flags, 0, error);

    if (status)
        return status;
    if (o->ttl_ms < 0 || o->ttl_ms > TTL_MOST_MS)
        return failed(error, INSPYR_ERR_ARGUMENT, "ttl_ms %lld", (long long)o->ttl_ms);
    if (o->secret &&
        (!o->secret->data || o->secret->size < KEY_SECRET_LEAST || o->secret->size > KEY_SECRET_MOST))
        return failed(error, INSPYR_ERR_ARGUMENT, "a secret of %zu bytes: %d to %d", o->secret->size,
                      KEY_SECRET_LEAST, KEY_SECRET_MOST);
    if (o->get_timeout_ms < 0 || o->breaker_failures < 0 || o->breaker_pause_ms < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "get_timeout_ms %d, breaker_failures %d, breaker_pause_ms %d",
                      (int)o->get_timeout_ms, (int)o->breaker_failures, (int)o->breaker_pause_ms);
    if (o->reserved)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "a reserved field is not zero");
    o->matte_bytes = o->matte_bytes ? o->matte_bytes : MATTE_BYTES;
    o->result_bytes = o->result_bytes ? o->result_bytes : RESULT_BYTES;
    o->ttl_ms = o->ttl_ms ? o->ttl_ms : TTL_MS;
    o->queue_bytes = o->queue_bytes ? o->queue_bytes : QUEUE_BYTES;
    o->get_timeout_ms = o->get_timeout_ms ? o->get_timeout_ms : GET_TIMEOUT_MS;
    o->breaker_failures = o->breaker_failures ? o->breaker_failures : BREAKER_FAILURES;
    o->breaker_pause_ms = o->breaker_pause_ms ? o->breaker_pause_ms : BREAKER_PAUSE_MS;
    o->clock = o->clock ? o->clock : system_clock;
    return INSPYR_OK;
}

static inspyr_status open_store(inspyr_cache *c, const inspyr_cache_options *o, inspyr_error *error)
{
    store_settings settings = { .allocator = c->allocator,
                                .clock = c->clock,
                                .seals = c->keyed ? &c->secret.seals : NULL,
                                .ttl_ms = o->ttl_ms,
                                .queue_bytes = o->queue_bytes < SIZE_MAX ? (size_t)o->queue_bytes : SIZE_MAX,
                                .get_timeout_ms = o->get_timeout_ms,
                                .breaker_failures = o->breaker_failures,
                                .breaker_pause_ms = o->breaker_pause_ms,
                                .log = { o->log, o->log_user } };
    inspyr_status status;

    if (!o->hooks)
        return INSPYR_OK;
    status = options_import(&settings.hooks, sizeof settings.hooks, OPTIONS_FIRST(inspyr_cache_hooks, close),
                            o->hooks, error);
    return status ? status : store_open(&c->store, &settings, error);
}

static void close_shelves(inspyr_cache *c, int count)
{
    while (count--)
        shelf_close(&c->shelves[count]);
}

static inspyr_status fill(inspyr_cache *c, const inspyr_cache_options *o, inspyr_error *error)
{
    const uint64_t limits[CACHE_POOLS] = { o->matte_bytes, o->result_bytes };
    inspyr_status status;

    c->process = getpid();
    c->clock = (cache_clock){ o->clock, o->clock_user };
    c->ttl_ms = o->ttl_ms;
    c->keyed = o->secret;
    if (c->keyed)
        key_secret_begin(&c->secret, o->secret);
    for (int i = 0; i < CACHE_POOLS; i++)
        if (!shelf_open(&c->shelves[i], &c->allocator, limits[i])) {
            close_shelves(c, i);
            return failed(error, INSPYR_ERR_MEMORY, "no room for a cache");
        }
    popular_open(&c->popular);
    status = open_store(c, o, error);
    if (status) {
        close_shelves(c, CACHE_POOLS);
        popular_close(&c->popular);
    }
    return status;
}

inspyr_status inspyr_cache_open(inspyr_cache **out, const inspyr_cache_options *options, inspyr_error *error)
{
    inspyr_cache_options o;
    inspyr_allocator allocator;
    inspyr_cache *c;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_cache_options, log_user), options, error);
    if (status || (status = check(&o, error)) || (status = memory_import(&allocator, o.allocator, error)))
        return status;
    c = memory_zeroed(&allocator, sizeof *c);
    if (!c)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a cache");
    c->allocator = allocator;
    status = fill(c, &o, error);
    if (status)
        memory_give(&allocator, c);
    else
        *out = c;
    return status;
}

void inspyr_cache_free(inspyr_cache *cache)
{
    inspyr_allocator allocator;

    if (!cache)
        return;
    /* In a forked child a thread of the parent may have been in the middle of something, and the store is the
     * parent's: both stay as they are. */
    if (!cache_usable(cache, NULL)) {
        store_close(cache->store);
        close_shelves(cache, CACHE_POOLS);
        popular_close(&cache->popular);
    }
    allocator = cache->allocator;
    memset(&cache->secret, 0, sizeof cache->secret);
    memory_give(&allocator, cache);
}

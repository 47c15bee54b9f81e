/* cache_store.h - the second level: hooks of the caller, kept at arm's length.
 *
 * Hooks are called on two threads of the store's own, never under a lock. Whoever looks something up waits as
 * long as was agreed, and no longer: what comes later is thrown away, and while a call is late nobody else
 * waits for the store at all. Puts wait in a queue that has a budget; the oldest are dropped. What keeps
 * failing is left alone for a while (breaker.h), reading and writing each on its own. Layer 4 (run). Threads:
 * shared. */
#ifndef INSPYR_RUN_CACHE_STORE_H
#define INSPYR_RUN_CACHE_STORE_H

#include "base/log.h"
#include "run/cache/cache_clock.h"
#include "run/cache/key.h"

typedef struct cache_store cache_store;

typedef struct store_settings {
    inspyr_allocator allocator;
    inspyr_cache_hooks hooks;
    cache_clock clock;
    const hmac *seals; /* NULL: there is no secret; lives as long as the store */
    int64_t ttl_ms;
    size_t queue_bytes;
    int32_t get_timeout_ms, breaker_failures, breaker_pause_ms;
    log_hook log;
} store_settings;

/* On failure the hooks are still the caller's. */
inspyr_status store_open(cache_store **out, const store_settings *settings, inspyr_error *error);

/* Drops what waits, waits for calls that have begun, and closes the hooks. Accepts NULL. */
void store_close(cache_store *s);

/* *out: the contents, to be given back with inspyr_bytes_free(); *left_ms: how long they are good. pool: where
 * they must come from, or NULL, and then *from is where they do. */
bool store_get(cache_store *s, const inspyr_cache_pool *pool, const cache_key *key, inspyr_bytes *out,
               inspyr_cache_pool *from, int64_t *left_ms);

/* Copies the bytes. */
void store_put(cache_store *s, inspyr_cache_pool pool, const cache_key *key, const void *bytes, size_t size);

/* Behind all puts that wait, even where the breaker is open. false: the queue is full of such, or out of
 * memory. */
bool store_remove(cache_store *s, const char *prefix);

/* Drops the puts that wait. */
void store_purge(cache_store *s);

/* false: not all that waits now was done within this time. */
bool store_flush(cache_store *s, int64_t deadline_ms);

/* Fills what is about the second level. */
void store_count(cache_store *s, inspyr_cache_pool pool, inspyr_cache_stats *out);

#endif

/* store_scene.h - a cache with a played store behind it, and a clock that stands still. Needs cmocka's headers
 * before it.
 *
 * Threads: single but for what the cache says, which any of its threads does. */
#ifndef INSPYR_TESTS_STORE_SCENE_H
#define INSPYR_TESTS_STORE_SCENE_H

#include "support/caches.h"
#include "support/played_store.h"

#define POOL INSPYR_CACHE_RESULTS
#define LONG_MS 600000 /* waited for only when a test is about to fail */

/* A store behind two caches: what one has put the other has to get. */
typedef struct store_scene {
    cache_time time;
    played_store store;
    inspyr_cache_hooks hooks;
    inspyr_cache_options options;
    inspyr_cache *cache;
    pthread_mutex_t said;
    char line[200];
} store_scene;

static inline void scene_hear(void *user, inspyr_log_level level, const char *line)
{
    store_scene *s = user;

    (void)level;
    pthread_mutex_lock(&s->said);
    strncpy(s->line, line, sizeof s->line - 1);
    pthread_mutex_unlock(&s->said);
}

/* Whether the line said last has these words. */
static inline bool scene_said(store_scene *s, const char *words)
{
    pthread_mutex_lock(&s->said);
    const bool said = strstr(s->line, words);
    pthread_mutex_unlock(&s->said);
    return said;
}

static inline void scene_begin(store_scene *s)
{
    *s = (store_scene){ .time = { 5 * MS, 1000000 * MS }, .said = PTHREAD_MUTEX_INITIALIZER };
    played_begin(&s->store);
    s->hooks = played_hooks(&s->store);
    s->options = cache_options_of(&s->time);
    s->options.hooks = &s->hooks;
    s->options.ttl_ms = 10000;
    s->options.get_timeout_ms = LONG_MS;
    s->options.breaker_failures = 3;
    s->options.breaker_pause_ms = 1000;
    s->options.log = scene_hear;
    s->options.log_user = s;
}

static inline void scene_end(store_scene *s)
{
    inspyr_cache_free(s->cache);
    assert_int_equal(s->store.closed, 1);
    assert_int_equal(s->store.given, 0);
    played_end(&s->store);
    pthread_mutex_destroy(&s->said);
}

/* Puts entries and empties the memory, so that only the store has them. */
static inline void scene_stock(store_scene *s, int count)
{
    s->cache = cache_opened(&s->options);
    for (int i = 0; i < count; i++)
        cache_fill(s->cache, POOL, i, 1000);
    assert_int_equal(inspyr_cache_flush(s->cache, LONG_MS, NULL), INSPYR_OK);
    assert_int_equal(inspyr_cache_purge(s->cache, NULL), INSPYR_OK);
}

static inline cache_tier scene_tier(store_scene *s, int number)
{
    const cache_key key = key_numbered(number, 10);
    cache_found found;

    cache_get(s->cache, POOL, &key, &found);
    for (size_t i = 0; i < found.bytes.size; i++)
        assert_int_equal(((unsigned char *)found.bytes.data)[i], number);
    if (found.tier)
        assert_int_equal(found.bytes.size, 1000);
    inspyr_bytes_free(&found.bytes);
    return found.tier;
}

static inline inspyr_cache_stats scene_stats(const store_scene *s)
{
    return cache_stats_of(s->cache, POOL);
}

#endif

/* caches.h - caches as tests use them: a clock that stands still until somebody moves it, keys by number, and
 * entries that consist of their number. Needs cmocka's headers before it. Threads: any. */
#ifndef INSPYR_TESTS_CACHES_H
#define INSPYR_TESTS_CACHES_H

#include <stdatomic.h>
#include <stdlib.h>

#include "run/cache/cache.h"

#define MS INT64_C(1000000)
#define KB ((size_t)1024)

/* In nanoseconds, of either kind; tests of a machine whose calendar is wrong move one alone. */
typedef struct cache_time {
    _Atomic int64_t monotonic, calendar;
} cache_time;

static inline int64_t cache_time_read(void *user, inspyr_cache_time kind)
{
    cache_time *t = user;

    return kind == INSPYR_CACHE_CALENDAR ? t->calendar : t->monotonic;
}

static inline void cache_time_pass(cache_time *t, int64_t ms)
{
    t->monotonic += ms * MS;
    t->calendar += ms * MS;
}

/* Different for different numbers; the same picture for numbers that are equal over `of_a_picture`. */
static inline cache_key key_numbered(int number, int of_a_picture)
{
    const int picture = number / of_a_picture;
    key_source source, recipe;
    cache_key key;

    key_source_bytes(&source, NULL, &picture, sizeof picture);
    key_source_bytes(&recipe, NULL, &number, sizeof number);
    memcpy(key.source, source.digest, sizeof key.source);
    memcpy(key.recipe, recipe.digest, sizeof key.recipe);
    return key;
}

static inline inspyr_cache_options cache_options_of(cache_time *time)
{
    inspyr_cache_options o;

    inspyr_cache_options_init(&o);
    o.clock = time ? cache_time_read : NULL;
    o.clock_user = time;
    o.matte_bytes = 1000 * KB;
    o.result_bytes = 2000 * KB;
    return o;
}

static inline inspyr_cache *cache_opened(const inspyr_cache_options *o)
{
    inspyr_cache *c;

    assert_int_equal(inspyr_cache_open(&c, o, NULL), INSPYR_OK);
    return c;
}

static inline inspyr_cache_stats cache_stats_of(const inspyr_cache *c, inspyr_cache_pool pool)
{
    inspyr_cache_stats stats;

    inspyr_cache_stats_init(&stats);
    assert_int_equal(inspyr_cache_statistics(c, pool, &stats, NULL), INSPYR_OK);
    return stats;
}

static inline bool cache_has(inspyr_cache *c, inspyr_cache_pool pool, int number)
{
    const cache_key key = key_numbered(number, 10);
    cache_found found;
    bool there = cache_get(c, pool, &key, &found);

    assert_int_equal(found.tier, there ? CACHE_MEMORY : CACHE_NONE);
    inspyr_bytes_free(&found.bytes);
    return there;
}

static inline void cache_fill(inspyr_cache *c, inspyr_cache_pool pool, int number, size_t size)
{
    const cache_key key = key_numbered(number, 10);
    unsigned char *bytes = malloc(size + 1);

    assert_non_null(bytes);
    memset(bytes, number, size);
    cache_put(c, pool, &key, bytes, size);
    free(bytes);
}

#endif

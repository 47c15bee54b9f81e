/* cache_time.h - a cache's clock that stands still until a test moves it; and keys. Threads: any. */
#ifndef INSPYR_TESTS_CACHE_TIME_H
#define INSPYR_TESTS_CACHE_TIME_H

#include <stdatomic.h>

#include "run/cache.h"

#define MS INT64_C(1000000)

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

#endif

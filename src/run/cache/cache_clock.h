/* cache_clock.h - what time it is for a cache. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_CACHE_CLOCK_H
#define INSPYR_RUN_CACHE_CLOCK_H

#include "inspyr_cache.h"

#define CACHE_POOLS 2

typedef struct cache_clock {
    inspyr_cache_clock_fn *read; /* never NULL */
    void *user;
} cache_clock;

/* Nanoseconds. */
static inline int64_t cache_now(const cache_clock *clock)
{
    return clock->read(clock->user, INSPYR_CACHE_MONOTONIC);
}

static inline int64_t cache_calendar_ms(const cache_clock *clock)
{
    return clock->read(clock->user, INSPYR_CACHE_CALENDAR) / 1000000;
}

#endif

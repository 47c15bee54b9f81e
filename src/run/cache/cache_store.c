#include "run/cache/cache_store.h"

#include <time.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/thread.h"
#include "run/cache/cache_store_parts.h"

int64_t store_system_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool store_wait(cache_store *s, pthread_cond_t *until, int64_t deadline_ns)
{
    const struct timespec at = { (time_t)(deadline_ns / 1000000000), (long)(deadline_ns % 1000000000) };

    return !pthread_cond_timedwait(until, &s->mutex, &at);
}

void store_note(cache_store *s, breaker *b, bool good)
{
    const bool reading = b == &s->reading;

    if (breaker_result(b, good, cache_now(&s->is.clock)))
        *(reading   ? b->open ? &s->news.read_opened : &s->news.read_closed
          : b->open ? &s->news.write_opened
                    : &s->news.write_closed) = true;
}

void store_tell(cache_store *s)
{
    const log_hook *log = &s->is.log;
    store_news news;

    pthread_mutex_lock(&s->mutex);
    news = s->news;
    s->news = (store_news){ .kept = false };
    pthread_mutex_unlock(&s->mutex);
    if (news.read_opened)
        log_line(log, INSPYR_LOG_WARNING, "the cache's store failed too often and is not read for a while");
    if (news.write_opened)
        log_line(log, INSPYR_LOG_WARNING, "the cache's store failed too often and is not written for a while");
    if (news.read_closed)
        log_line(log, INSPYR_LOG_INFO, "the cache's store is read again");
    if (news.write_closed)
        log_line(log, INSPYR_LOG_INFO, "the cache's store is written again");
    if (news.kept)
        log_line(log, INSPYR_LOG_WARNING,
                 "a picture was not removed from the cache's store: its entries go when "
                 "they are too old");
}

static void stop(cache_store *s)
{
    pthread_mutex_lock(&s->mutex);
    s->closing = true;
    while (store_drop_oldest(s)) /* what is to be removed still is */
        continue;
    pthread_cond_broadcast(&s->asked);
    pthread_cond_broadcast(&s->brought);
    pthread_mutex_unlock(&s->mutex);
    if (s->reads)
        pthread_join(s->reader, NULL);
    if (s->writes)
        pthread_join(s->writer, NULL);
    store_drop_all(s); /* of a writer that never began */
    pthread_cond_destroy(&s->asked);
    pthread_cond_destroy(&s->answered);
    pthread_cond_destroy(&s->brought);
    pthread_cond_destroy(&s->settled);
    pthread_mutex_destroy(&s->mutex);
}

static void prepare(cache_store *s)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&s->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->asked, NULL);
    pthread_cond_init(&s->answered, &monotonic);
    pthread_cond_init(&s->brought, NULL);
    pthread_cond_init(&s->settled, &monotonic);
    pthread_condattr_destroy(&monotonic);
    breaker_begin(&s->reading, s->is.breaker_failures, (int64_t)s->is.breaker_pause_ms * 1000000);
    breaker_begin(&s->writing, s->is.breaker_failures, (int64_t)s->is.breaker_pause_ms * 1000000);
}

inspyr_status store_open(cache_store **out, const store_settings *settings, inspyr_error *error)
{
    cache_store *s = memory_zeroed(&settings->allocator, sizeof *s);
    bool good = true;

    *out = NULL;
    if (!s)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a cache's store");
    s->is = *settings;
    prepare(s);
    if (s->is.hooks.get)
        good = s->reads = thread_start(&s->reader, store_reader, s);
    if (good && (s->is.hooks.put || s->is.hooks.remove))
        good = s->writes = thread_start(&s->writer, store_writer, s);
    if (!good) {
        stop(s);
        memory_give(&settings->allocator, s);
        return failed(error, INSPYR_ERR_THREAD, "a thread for the cache's store could not be started");
    }
    *out = s;
    return INSPYR_OK;
}

void store_close(cache_store *s)
{
    inspyr_allocator allocator;

    if (!s)
        return;
    stop(s);
    if (s->is.hooks.close)
        s->is.hooks.close(s->is.hooks.user);
    allocator = s->is.allocator;
    memory_give(&allocator, s);
}

void store_count(cache_store *s, inspyr_cache_pool pool, inspyr_cache_stats *out)
{
    const store_counts *c = &s->counts[pool];

    pthread_mutex_lock(&s->mutex);
    out->store_hits = c->hits;
    out->store_misses = c->misses;
    out->store_stale = c->stale;
    out->store_corrupt = c->corrupt;
    out->store_timeouts = c->timeouts;
    out->store_failures = c->failures;
    out->store_skipped = c->skipped;
    out->store_puts = c->puts;
    out->store_dropped = c->dropped;
    for (int i = 0; i < CACHE_POOLS; i++)
        out->queue_bytes += s->counts[i].waiting;
    out->breaker_open = s->reading.open || s->writing.open;
    pthread_mutex_unlock(&s->mutex);
}

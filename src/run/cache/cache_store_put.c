/* cache_store_put.c - bringing things to a store: the queue, and the writer. */
#include "base/memory.h"
#include "run/cache/cache_store_parts.h"

/* Of the queue, the bytes that an errand counts for. */
static size_t weight(const store_errand *e)
{
    return sizeof *e + ENVELOPE_HEAD + e->size;
}

static store_errand *make(const cache_store *s, inspyr_cache_pool pool, size_t size)
{
    store_errand *e = size > PTRDIFF_MAX - sizeof *e - ENVELOPE_HEAD
                          ? NULL
                          : memory_take(&s->is.allocator, sizeof *e + ENVELOPE_HEAD + size);

    if (e) {
        memset(e, 0, sizeof *e);
        e->about = (envelope){ .pool = pool, .ttl_ms = s->is.ttl_ms };
        e->size = size;
    }
    return e;
}

static size_t waiting(const cache_store *s)
{
    return s->counts[INSPYR_CACHE_MATTES].waiting + s->counts[INSPYR_CACHE_RESULTS].waiting;
}

static void unlink_errand(cache_store *s, store_errand **at, store_errand *before)
{
    store_errand *e = *at;

    *at = e->next;
    if (s->last_errand == e)
        s->last_errand = before;
    s->counts[e->about.pool].waiting -= weight(e);
}

/* Drops the oldest put; false: there is none. */
bool store_drop_oldest(cache_store *s)
{
    store_errand *before = NULL;

    for (store_errand **at = &s->errands; *at; before = *at, at = &(*at)->next)
        if (!(*at)->always) {
            store_errand *e = *at;

            unlink_errand(s, at, before);
            s->counts[e->about.pool].dropped += !e->removes;
            memory_give(&s->is.allocator, e);
            pthread_cond_broadcast(&s->settled);
            return true;
        }
    return false;
}

/* Called with the mutex held. false: it is still the caller's. */
static bool append(cache_store *s, store_errand *e)
{
    while (waiting(s) + weight(e) > s->is.queue_bytes)
        if (!store_drop_oldest(s))
            return false;
    e->ticket = ++s->tickets;
    *(s->last_errand ? &s->last_errand->next : &s->errands) = e;
    s->last_errand = e;
    s->counts[e->about.pool].waiting += weight(e);
    pthread_cond_signal(&s->brought);
    return true;
}

void store_put(cache_store *s, inspyr_cache_pool pool, const cache_key *key, const void *bytes, size_t size)
{
    store_errand *e = NULL;
    bool queued;

    if (!s->is.hooks.put)
        return;
    if (size < s->is.queue_bytes)
        e = make(s, pool, size);
    if (e) {
        e->about.key = *key;
        e->about.created_ms = cache_calendar_ms(&s->is.clock);
        key_name(e->name, key);
        if (size)
            memcpy(e->sealed + ENVELOPE_HEAD, bytes, size);
    }
    pthread_mutex_lock(&s->mutex);
    queued = e && append(s, e);
    s->counts[pool].dropped += !queued;
    pthread_mutex_unlock(&s->mutex);
    if (!queued)
        memory_give(&s->is.allocator, e);
}

static bool bring_removal(cache_store *s, inspyr_cache_pool pool, const char *prefix, bool always)
{
    store_errand *e;
    bool queued;

    if (!s->is.hooks.remove)
        return true;
    e = make(s, pool, 0);
    if (!e)
        return false;
    e->removes = true;
    e->always = always;
    memcpy(e->name, prefix, strlen(prefix) + 1);
    pthread_mutex_lock(&s->mutex);
    queued = append(s, e);
    pthread_mutex_unlock(&s->mutex);
    if (!queued)
        memory_give(&s->is.allocator, e);
    return queued;
}

bool store_remove(cache_store *s, const char *prefix)
{
    return bring_removal(s, INSPYR_CACHE_RESULTS, prefix, true);
}

void store_remove_damaged(cache_store *s, inspyr_cache_pool pool, const cache_key *key)
{
    char name[INSPYR_CACHE_NAME_MAX];

    key_name(name, key);
    bring_removal(s, pool, name, false);
}

void store_purge(cache_store *s)
{
    pthread_mutex_lock(&s->mutex);
    while (store_drop_oldest(s))
        continue;
    pthread_mutex_unlock(&s->mutex);
}

void store_drop_all(cache_store *s)
{
    while (s->errands) {
        store_errand *e = s->errands;

        unlink_errand(s, &s->errands, NULL);
        memory_give(&s->is.allocator, e);
    }
}

bool store_flush(cache_store *s, int64_t deadline_ms)
{
    const int64_t most = INT64_MAX / 4, now = store_system_ns();
    const int64_t until = deadline_ms < most / 1000000 ? now + deadline_ms * 1000000 : now + most;
    uint64_t last;
    bool in_time = true, done;

    pthread_mutex_lock(&s->mutex);
    last = s->tickets;
    for (;;) {
        done = (!s->errands || s->errands->ticket > last) && (!s->at_work || s->at_work > last);
        if (done || !in_time)
            break;
        in_time = store_wait(s, &s->settled, until);
    }
    pthread_mutex_unlock(&s->mutex);
    return done;
}

/* Not under the mutex. */
static int run(cache_store *s, store_errand *e)
{
    const inspyr_cache_hooks *hooks = &s->is.hooks;

    if (e->removes)
        return hooks->remove(hooks->user, e->name);
    envelope_seal(e->sealed, e->size, &e->about, s->is.seals);
    return hooks->put(hooks->user, e->name, e->sealed, ENVELOPE_HEAD + e->size, e->about.ttl_ms);
}

/* Called with the mutex held, which is let go during the call. */
static void carry_out(cache_store *s, store_errand *e)
{
    store_counts *counts = &s->counts[e->about.pool];
    const bool allowed = breaker_allows(&s->writing, cache_now(&s->is.clock));
    int answer;

    if (!allowed && !e->always) {
        counts->dropped += !e->removes;
        return;
    }
    pthread_mutex_unlock(&s->mutex);
    answer = run(s, e);
    pthread_mutex_lock(&s->mutex);
    counts->puts += !e->removes;
    counts->failures += answer < 0;
    store_note(s, &s->writing, answer >= 0);
    s->news.kept = s->news.kept || (answer < 0 && e->always);
}

void *store_writer(void *user)
{
    cache_store *s = user;

    pthread_mutex_lock(&s->mutex);
    while (!s->closing || s->errands) {
        store_errand *e = s->errands;

        if (!e) {
            pthread_cond_wait(&s->brought, &s->mutex);
            continue;
        }
        unlink_errand(s, &s->errands, NULL);
        s->at_work = e->ticket;
        carry_out(s, e);
        s->at_work = 0;
        memory_give(&s->is.allocator, e);
        pthread_cond_broadcast(&s->settled);
        pthread_mutex_unlock(&s->mutex);
        store_tell(s);
        pthread_mutex_lock(&s->mutex);
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

/* cache_store_get.c - looking into a store: the caller's side, and the reader's. */
#include "base/memory.h"
#include "run/cache/cache_store_parts.h"

static void give_lookup(cache_store *s, store_lookup *l)
{
    inspyr_bytes_free(&l->found);
    memory_give(&s->is.allocator, l);
}

static void append(cache_store *s, store_lookup *l)
{
    *(s->last_lookup ? &s->last_lookup->next : &s->lookups) = l;
    s->last_lookup = l;
    pthread_cond_signal(&s->asked);
}

static void unlink_lookup(cache_store *s, const store_lookup *l)
{
    store_lookup *before = NULL;

    for (store_lookup **at = &s->lookups; *at; before = *at, at = &(*at)->next)
        if (*at == l) {
            *at = l->next;
            if (s->last_lookup == l)
                s->last_lookup = before;
            return;
        }
}

/* Called with the mutex held. *l: NULL once it is the reader's. */
static int wait_for(cache_store *s, store_lookup **l, store_counts *counts)
{
    bool in_time = true;

    while (!(*l)->done && in_time && !(s->late && !(*l)->taken))
        in_time = store_wait(s, &s->answered, (*l)->deadline_ns);
    if ((*l)->done)
        return (*l)->answer;
    if (in_time) { /* somebody in front of this one waited in vain, and has said so */
        counts->skipped++;
    } else {
        counts->timeouts++;
        store_note(s, &s->reading, false);
    }
    if ((*l)->taken) {
        (*l)->left = s->late = true;
        *l = NULL;
        pthread_cond_broadcast(&s->answered);
    } else {
        unlink_lookup(s, *l);
        if (in_time)
            s->reading.trying = false;
    }
    return 0;
}

/* 1: found, and *out is the whole envelope. */
static int ask(cache_store *s, inspyr_cache_pool pool, const cache_key *key, inspyr_bytes *out)
{
    store_counts *counts = &s->counts[pool];
    store_lookup *l = memory_zeroed(&s->is.allocator, sizeof *l);
    int answer = 0;

    if (!l)
        return 0;
    key_name(l->name, key);
    l->deadline_ns = store_system_ns() + (int64_t)s->is.get_timeout_ms * 1000000;
    pthread_mutex_lock(&s->mutex);
    if (s->late || !breaker_allows(&s->reading, cache_now(&s->is.clock))) {
        counts->skipped++;
    } else {
        append(s, l);
        answer = wait_for(s, &l, counts);
        counts->failures += answer < 0;
        counts->misses += answer == 0 && l && l->done;
    }
    pthread_mutex_unlock(&s->mutex);
    store_tell(s);
    if (answer > 0) {
        *out = l->found;
        memset(&l->found, 0, sizeof l->found);
    }
    if (l)
        give_lookup(s, l);
    return answer;
}

bool store_get(cache_store *s, const inspyr_cache_pool *pool, const cache_key *key, inspyr_bytes *out,
               inspyr_cache_pool *from, int64_t *left_ms)
{
    const inspyr_cache_pool blamed = pool ? *pool : INSPYR_CACHE_RESULTS;
    store_counts *counts = &s->counts[blamed];
    inspyr_bytes sealed = { NULL, 0, NULL, NULL };
    envelope e = { .key = *key };
    envelope_state state;

    if (!s->reads || ask(s, blamed, key, &sealed) <= 0)
        return false;
    state = sealed.data ? envelope_open(&e, left_ms, sealed.data, sealed.size, cache_calendar_ms(&s->is.clock),
                                        s->is.seals)
                        : ENVELOPE_WRONG;
    if (pool && e.pool != *pool)
        state = ENVELOPE_WRONG;
    *from = e.pool;
    pthread_mutex_lock(&s->mutex);
    counts->hits += state == ENVELOPE_GOOD;
    counts->stale += state == ENVELOPE_STALE;
    counts->corrupt += state == ENVELOPE_WRONG;
    counts->misses += state != ENVELOPE_GOOD;
    pthread_mutex_unlock(&s->mutex);
    if (state != ENVELOPE_GOOD) {
        inspyr_bytes_free(&sealed);
        store_remove_damaged(s, blamed, key);
        return false;
    }
    *out = sealed; /* its owner knows how to give it back, whatever it points to */
    out->data = (unsigned char *)sealed.data + ENVELOPE_HEAD;
    out->size = sealed.size - ENVELOPE_HEAD;
    return true;
}

/* Called with the mutex held, which is let go during the call. */
static void answer(cache_store *s, store_lookup *l)
{
    int64_t budget;

    l->taken = true;
    pthread_mutex_unlock(&s->mutex);
    budget = l->deadline_ns - store_system_ns();
    l->answer = s->is.hooks.get(s->is.hooks.user, l->name, &l->found, budget > 0 ? budget : 0);
    pthread_mutex_lock(&s->mutex);
    if (l->left) {
        s->late = false;
        pthread_mutex_unlock(
            &s->mutex); /* whoever asked is gone, and the owner of the bytes may do what he likes */
        give_lookup(s, l);
        pthread_mutex_lock(&s->mutex);
        return;
    }
    l->done = true;
    store_note(s, &s->reading, l->answer >= 0);
    pthread_cond_broadcast(&s->answered);
}

void *store_reader(void *user)
{
    cache_store *s = user;

    pthread_mutex_lock(&s->mutex);
    while (!s->closing) {
        store_lookup *l = s->lookups;

        if (!l) {
            pthread_cond_wait(&s->asked, &s->mutex);
            continue;
        }
        unlink_lookup(s, l);
        answer(s, l);
        pthread_mutex_unlock(&s->mutex);
        store_tell(s);
        pthread_mutex_lock(&s->mutex);
    }
    pthread_mutex_unlock(&s->mutex);
    return NULL;
}

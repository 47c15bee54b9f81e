/* cache_store_parts.h - what a store is made of. Only the files cache_store*.c include it. Layer 4 (run). */
#ifndef INSPYR_RUN_CACHE_STORE_PARTS_H
#define INSPYR_RUN_CACHE_STORE_PARTS_H

#include <pthread.h>

#include "run/cache/breaker.h"
#include "run/cache/cache_store.h"
#include "run/cache/envelope.h"

/* Somebody who waits for an answer. Belongs to the caller until it is taken by the reader, then to whoever
 * leaves last. */
typedef struct store_lookup {
    struct store_lookup *next;
    char name[INSPYR_CACHE_NAME_MAX];
    int64_t deadline_ns; /* of the system's clock */
    inspyr_bytes found;
    int answer;
    bool taken, done, left; /* by the reader; by the reader; by the caller */
} store_lookup;

/* Something to be put, or to be removed. */
typedef struct store_errand {
    struct store_errand *next;
    uint64_t ticket; /* in the order in which they came */
    envelope about;
    char name[INSPYR_CACHE_NAME_MAX]; /* or the prefix */
    bool removes, always;             /* always: even where the breaker is open */
    size_t size;
    unsigned char sealed[]; /* room for the head, and the bytes */
} store_errand;

typedef struct store_counts {
    uint64_t hits, misses, stale, corrupt, timeouts, failures, skipped, puts, dropped;
    uint64_t waiting; /* bytes in the queue */
} store_counts;

/* What the log has to hear, once nobody holds the mutex. */
typedef struct store_news {
    bool read_opened, read_closed, write_opened, write_closed;
    bool kept; /* a picture that should have been removed */
} store_news;

struct cache_store {
    store_settings is;
    pthread_t reader, writer;
    bool reads, writes;    /* the threads run */
    pthread_mutex_t mutex; /* guards all below; no hook is called under it */
    pthread_cond_t asked, answered, brought, settled;
    bool closing;
    breaker reading, writing;
    store_lookup *lookups, *last_lookup;
    bool late; /* the reader is in a call that nobody waits for any more */
    store_errand *errands, *last_errand;
    uint64_t tickets, at_work; /* the last one given; the one that the writer has, 0: none */
    store_counts counts[CACHE_POOLS];
    store_news news;
};

/* Nanoseconds of the clock that waiting is measured with, which is never the caller's. */
int64_t store_system_ns(void);

/* Called with the mutex held. */
void store_note(cache_store *s, breaker *b, bool good);
bool store_wait(cache_store *s, pthread_cond_t *until, int64_t deadline_ns); /* false: it is later than that */

/* Called without it. */
void store_tell(cache_store *s);

void *store_reader(void *user);
void *store_writer(void *user);

/* Called with the mutex held, which is let go meanwhile: frees everything that waits. */
void store_drop_all(cache_store *s);

/* The put that waits for longest; false: none waits. */
bool store_drop_oldest(cache_store *s);

/* Something that is damaged is removed, as far as the queue and the breaker allow. */
void store_remove_damaged(cache_store *s, inspyr_cache_pool pool, const cache_key *key);

#endif

/* played_store.h - a store for tests: bytes in memory, and as much trouble as is asked for.
 *
 * Threads: shared; the switches are for the test alone. */
#ifndef INSPYR_TESTS_PLAYED_STORE_H
#define INSPYR_TESTS_PLAYED_STORE_H

#include <pthread.h>
#include <stdbool.h>

#include "inspyr_cache.h"

#define PLAYED_MOST 64

typedef struct played_entry {
    char name[INSPYR_CACHE_NAME_MAX];
    unsigned char *bytes;
    size_t size;
} played_entry;

typedef struct played_store {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    played_entry entries[PLAYED_MOST];
    int count;
    int gets, puts, removes, closed; /* calls that have begun */
    int ended;                       /* gets and puts that have returned */
    int given;                       /* bytes that were handed out and not given back */
    int64_t budget_ns, ttl_ms;       /* what the last call was told */
    pthread_t reader, writer;
    char removed[INSPYR_CACHE_NAME_MAX];
    bool fails, hangs_get, hangs_put; /* as long as they are true */
    int flips;                        /* bytes handed out have this one changed; -1: none */
    int cut;                          /* and these at the end are missing */
} played_store;

void played_begin(played_store *p);
void played_end(played_store *p);

inspyr_cache_hooks played_hooks(played_store *p);

/* Sets one of the switches. */
void played_set(played_store *p, bool *which, bool value);

/* Waits until a count of calls is at least so high; the test's own time limit is the only one. */
void played_wait(played_store *p, const int *which, int least);

/* Reads a count. */
int played_count(played_store *p, const int *which);

#endif

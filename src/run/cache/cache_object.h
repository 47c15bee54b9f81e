/* cache_object.h - what a cache is made of. Only the files cache*.c include it. Layer 4 (run). Threads: shared.
 */
#ifndef INSPYR_RUN_CACHE_OBJECT_H
#define INSPYR_RUN_CACHE_OBJECT_H

#include <sys/types.h>

#include "run/cache/cache.h"
#include "run/cache/cache_popular.h"
#include "run/cache/cache_shelf.h"
#include "run/cache/cache_store.h"

struct inspyr_cache {
    inspyr_allocator allocator;
    pid_t process;
    cache_clock clock;
    int64_t ttl_ms;
    key_secret secret;
    bool keyed; /* there is a secret */
    shelf shelves[CACHE_POOLS];
    popular popular;
    cache_store *store; /* NULL: there is none */
};

/* INSPYR_ERR_ARGUMENT for NULL, INSPYR_ERR_FORKED in a child of the process that opened the cache. */
inspyr_status cache_usable(const inspyr_cache *c, inspyr_error *error);

/* The same, for a pool of it. */
inspyr_status cache_pool_usable(const inspyr_cache *c, inspyr_cache_pool pool, inspyr_error *error);

/* From the store into memory, whatever pool it is of; false: it is not there. */
bool cache_bring(inspyr_cache *c, const cache_key *key);

#endif

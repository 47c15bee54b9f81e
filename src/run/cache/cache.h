/* cache.h - looking for a matte or a result before it is made, and keeping it afterwards.
 *
 * A cache never fails: what is wrong with it, or with the store behind it, is a miss. NULL is a cache that has
 * nothing and keeps nothing. recipe.h makes the keys. Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_CACHE_H
#define INSPYR_RUN_CACHE_H

#include "run/cache/recipe.h"

typedef inspyr_cache_pool cache_pool;

typedef enum cache_tier { CACHE_NONE = 0, CACHE_MEMORY = 1, CACHE_STORE = 2 } cache_tier;

typedef struct cache_found {
    inspyr_bytes bytes; /* to be given back with inspyr_bytes_free(); never changed */
    cache_tier tier;    /* where they were; CACHE_NONE: nowhere, and there are no bytes */
} cache_found;

/* Of all keys of this cache; NULL: there is none. */
const key_secret *cache_secret(const inspyr_cache *c);

/* Memory first, then the store, for which it may wait as long as inspyr_cache_options.get_timeout_ms. */
bool cache_get(inspyr_cache *c, cache_pool pool, const cache_key *key, cache_found *out);

/* Memory alone, for those that must not wait. */
bool cache_get_memory(inspyr_cache *c, cache_pool pool, const cache_key *key, cache_found *out);

/* Copies the bytes; the store gets them later. */
void cache_put(inspyr_cache *c, cache_pool pool, const cache_key *key, const void *bytes, size_t size);

#endif

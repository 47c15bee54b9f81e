/* cache_set.h - several results as one entry: a declared set is found whole, with one look, or not at all.
 *
 * In the pool of results, under key_set() of their keys. The form: how many, in four bytes; the size of each,
 * in eight; then their bytes, one behind the other; numbers with the lowest byte first. Layer 4 (run). Threads:
 * shared. */
#ifndef INSPYR_RUN_CACHE_SET_H
#define INSPYR_RUN_CACHE_SET_H

#include "run/cache/cache.h"

#define CACHE_SET_MOST 64

typedef struct cache_part {
    const void *bytes;
    size_t size;
} cache_part;

/* parts: of `count` results; they lie in out->bytes, and are good until those are given back. */
bool cache_get_set(inspyr_cache *c, const cache_key *key, cache_part *parts, size_t count, cache_found *out);

/* count: 1 to CACHE_SET_MOST. */
void cache_put_set(inspyr_cache *c, const cache_key *key, const cache_part *parts, size_t count);

/* Finds the parts in bytes that may be anything; false: they are not a set of so many. */
bool cache_set_open(cache_part *parts, size_t count, const void *bytes, size_t size);

#endif

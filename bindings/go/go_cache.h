/* go_cache.h - a cache with a store behind it: one of the library's own, one of Go's, or none. */
#ifndef INSPYR_GO_CACHE_H
#define INSPYR_GO_CACHE_H

#include <inspyr_cache.h>

#include "go_calls.h"

/* At most one of directory, redis and store, which is a handle of Go; NULL and 0 for none. log, too. */
typedef struct go_store {
    const char *directory;
    uint64_t directory_bytes;
    const char *redis;
    uintptr_t store, log;
} go_store;

/* On failure a store of Go's stays open. */
inspyr_status go_cache_open(inspyr_cache **out, inspyr_cache_options *options, go_bytes secret, go_store behind,
                            inspyr_error *error);

inspyr_status go_cache_forget_view(inspyr_cache *cache, inspyr_view picture, inspyr_error *error);

/* Copies what a store of Go's found into memory that the cache gives back, counted by memory unless NULL.
 * 0: there is no room, else 1. */
int go_store_keep(inspyr_bytes *out, go_memory *memory, const void *bytes, size_t size);

#endif

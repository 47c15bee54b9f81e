/* go_cache.h - a cache with one of the library's own stores behind it, or none. */
#ifndef INSPYR_GO_CACHE_H
#define INSPYR_GO_CACHE_H

#include <inspyr_cache.h>

#include "go_calls.h"

/* directory and redis: at most one of them; the other is NULL. */
inspyr_status go_cache_open(inspyr_cache **out, inspyr_cache_options *options, go_bytes secret,
                            const char *directory, uint64_t directory_bytes, const char *redis,
                            inspyr_error *error);

#endif

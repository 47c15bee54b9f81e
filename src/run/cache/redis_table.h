/* redis_table.h - the face of the plug-in libinspyr-redis.so, which alone is linked with hiredis.
 *
 * Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_REDIS_TABLE_H
#define INSPYR_RUN_REDIS_TABLE_H

#include <stdbool.h>

#include "inspyr_cache.h"

#define REDIS_ABI 1

#define REDIS_HOST_MAX 256
#define REDIS_PREFIX_MAX 64

typedef struct redis_settings {
    inspyr_allocator allocator;
    char host[REDIS_HOST_MAX];
    char prefix[REDIS_PREFIX_MAX]; /* before every name */
    int32_t port, database;
    int32_t connect_ms, command_ms;
    uint64_t max_entry_bytes;
} redis_settings;

typedef struct redis_table {
    uint32_t abi, size; /* REDIS_ABI and of this struct */
    /* Fills get, put, remove, close and user. false: out of memory. Connects to nothing. */
    bool (*open)(inspyr_cache_hooks *out, const redis_settings *settings);
} redis_table;

#endif

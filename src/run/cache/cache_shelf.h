/* cache_shelf.h - one pool of the first level: entries in memory, by key, within a budget of bytes and of age.
 *
 * An entry is one block, its bytes behind its head. It never changes, and whoever was given its bytes may keep
 * them, after it went and after the cache did. Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_CACHE_SHELF_H
#define INSPYR_RUN_CACHE_SHELF_H

#include <pthread.h>

#include "run/cache/s3fifo.h"

/* Of the budget of its pool, the most that one entry may take. */
#define SHELF_SHARE 8

typedef struct shelf_account shelf_account;

typedef struct shelf {
    inspyr_allocator allocator;
    pthread_mutex_t mutex; /* guards all below */
    s3_fifo order;
    s3_node **table;
    size_t width, entries; /* of the table: a power of two */
    shelf_account *account;
    uint64_t hits, misses, stale, evictions, rejections;
} shelf;

/* false: out of memory. */
bool shelf_open(shelf *s, const inspyr_allocator *allocator, uint64_t limit);
void shelf_close(shelf *s);

/* What an entry of so many bytes takes. */
size_t shelf_cost(size_t size);

/* now: nanoseconds of the cache's clock. *out: to be given back with inspyr_bytes_free(). */
bool shelf_get(shelf *s, const cache_key *key, int64_t now, inspyr_bytes *out);

/* Copies the bytes in, unless the key is there. false: they are not there now. */
bool shelf_put(shelf *s, const cache_key *key, const void *bytes, size_t size, int64_t now, int64_t expires);

void shelf_resize(shelf *s, uint64_t limit);

/* Frees this share of the bytes. */
void shelf_relieve(shelf *s, double share);

/* Frees all, or all of one picture. */
void shelf_purge(shelf *s);
void shelf_forget(shelf *s, const unsigned char source[KEY_DIGEST]);

/* Fills what is about the first level. */
void shelf_count(shelf *s, inspyr_cache_stats *out);

#endif

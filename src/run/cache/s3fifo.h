/* s3fifo.h - which entries go when a cache is full: S3-FIFO, counted in bytes.
 *
 * Yang, Zhang, Qiu, Yue and Vigfusson, "FIFO queues are all you need for cache eviction" (2023). New entries
 * pass through a small queue of a tenth of the bytes; those not asked for twice there leave the cache, so
 * pictures that come once never push out those that come often. Keys that left that way are remembered
 * ("ghosts"), and come into the main queue if they return. The main queue gives everything that was asked for
 * another round. Knows nothing of contents, time and locks. Layer 4 (run). Threads: single. */
#ifndef INSPYR_RUN_S3FIFO_H
#define INSPYR_RUN_S3FIFO_H

#include <stdbool.h>

#include "run/cache/key.h"

/* Entries have 50 KB to 5 MB, so a pool of 256 MiB holds fewer than its ghosts; looking through all of them
 * takes about 2 microseconds, against 0.1 s and more for what is then put in. */
#define S3_GHOSTS 4096

typedef struct s3_node {
    struct s3_node *newer, *older;
    struct s3_node *chain; /* the table's, and of those that are about to be freed */
    cache_key key;
    uint64_t mark; /* key_mark() of the key */
    size_t cost;   /* bytes that it takes */
    uint8_t asked; /* since it came into its queue, up to 3 */
    bool main;
} s3_node;

typedef struct s3_queue {
    s3_node *newest, *oldest;
    size_t bytes;
} s3_queue;

typedef struct s3_ghost {
    uint64_t mark;
    size_t cost;
} s3_ghost;

typedef struct s3_fifo {
    size_t limit;
    s3_queue small, main;
    s3_ghost ghosts[S3_GHOSTS]; /* a ring, the oldest at `first` */
    size_t first, ghost_count, ghost_bytes;
} s3_fifo;

void s3_begin(s3_fifo *s, size_t limit);

/* Bytes of all entries. */
size_t s3_bytes(const s3_fifo *s);

void s3_hit(s3_node *node);

/* Room must have been made. key, mark and cost of the node are set. */
void s3_insert(s3_fifo *s, s3_node *node);

/* The entry that goes first, taken out; NULL: there is none. */
s3_node *s3_evict(s3_fifo *s);

/* Takes out one that has to go for another reason. */
void s3_remove(s3_fifo *s, s3_node *node);

/* What is over the new limit is for the caller to evict. */
void s3_resize(s3_fifo *s, size_t limit);

#endif

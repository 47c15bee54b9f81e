/* cache_popular.h - which entries are found most often, in a fixed room.
 *
 * Metwally, Agrawal and El Abbadi, "Efficient computation of frequent and top-k elements in data streams"
 * (2005): a key that is not among those counted takes the place of the one with the least hits, and its count.
 * Whatever has more than a 128th of all hits is there. Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_CACHE_POPULAR_H
#define INSPYR_RUN_CACHE_POPULAR_H

#include <pthread.h>

#include "run/cache/key.h"

#define POPULAR_MOST 128

typedef struct popular_row {
    cache_key key;
    uint64_t mark, hits;
} popular_row;

typedef struct popular {
    pthread_mutex_t mutex; /* guards all below */
    popular_row rows[POPULAR_MOST];
    size_t count;
} popular;

void popular_open(popular *p);
void popular_close(popular *p);

void popular_note(popular *p, const cache_key *key);

/* Drops those of one picture. */
void popular_forget(popular *p, const unsigned char source[KEY_DIGEST]);

/* Writes at most `room` names, most hits first; hits may be NULL. Returns how many there are. */
size_t popular_list(popular *p, char (*names)[INSPYR_CACHE_NAME_MAX], uint64_t *hits, size_t room);

#endif

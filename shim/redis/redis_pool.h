/* redis_pool.h - connections to one server, and commands that end in time.
 *
 * A context of hiredis belongs to one thread at a time and is thrown away after any error: what is left of an
 * answer must not become the next one's. Plug-in (redis). Threads: shared. */
#ifndef INSPYR_SHIM_REDIS_POOL_H
#define INSPYR_SHIM_REDIS_POOL_H

#include <hiredis/hiredis.h>
#include <pthread.h>

#include "run/cache/redis_table.h"

/* The cache calls from two threads; others may share a store. */
#define REDIS_IDLE 4

typedef struct redis_pool {
    redis_settings is;
    pthread_mutex_t mutex; /* guards the two below */
    redisContext *idle[REDIS_IDLE];
    int count;
} redis_pool;

/* One argument of a command: bytes, not text. */
typedef struct redis_word {
    const void *bytes;
    size_t size;
} redis_word;

#define REDIS_WORDS_MAX 128

int64_t redis_now_ns(void);

/* Sends the words and waits for the answer until the deadline, once more with a new connection where an old one
 * turns out to be gone. kinds: the first bytes of answers that make sense, "$" or "+". NULL: there was none, or
 * it was an error; else to be given back with freeReplyObject(). */
redisReply *redis_ask(redis_pool *p, const redis_word *words, int count, const char *kinds,
                      int64_t deadline_ns);

/* Closes what is idle. */
void redis_pool_end(redis_pool *p);

#endif

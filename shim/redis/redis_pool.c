#include "shim/redis/redis_pool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Of an answer beside the bytes of an entry: an array of names. */
#define ANSWER_ROOM ((size_t)1 << 20)

int64_t redis_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Rounded up, or the last microsecond would be no time at all, which hiredis takes for no limit. */
static struct timeval interval(int64_t ns)
{
    const int64_t us = ns / 1000 + 1;

    return (struct timeval){ (time_t)(us / 1000000), (suseconds_t)(us % 1000000) };
}

/* hiredis waits so long for each piece; none of them is to outlast the deadline. */
static bool limit(redisContext *c, int64_t deadline_ns)
{
    const int64_t left = deadline_ns - redis_now_ns();

    return left > 0 && redisSetTimeout(c, interval(left)) == REDIS_OK;
}

static bool send_all(redisContext *c, const redis_word *words, int count, int64_t deadline_ns)
{
    const char *texts[REDIS_WORDS_MAX];
    size_t sizes[REDIS_WORDS_MAX];
    int done = 0;

    for (int i = 0; i < count; i++) {
        texts[i] = words[i].bytes;
        sizes[i] = words[i].size;
    }
    if (redisAppendCommandArgv(c, count, texts, sizes) != REDIS_OK)
        return false;
    while (!done)
        if (!limit(c, deadline_ns) || redisBufferWrite(c, &done) != REDIS_OK)
            return false;
    return true;
}

static redisReply *receive(const redis_pool *p, redisContext *c, const char *kinds, int64_t deadline_ns)
{
    const redisReader *r = c->reader;
    bool begun = false;
    void *reply = NULL;

    for (;;) {
        /* Before hiredis makes room for what somebody claims to send. */
        if (!begun && r->len && r->buf[0] != '-' && !strchr(kinds, r->buf[0]))
            return NULL;
        begun = r->len;
        if (r->len > p->is.max_entry_bytes + ANSWER_ROOM || redisGetReplyFromReader(c, &reply) != REDIS_OK)
            return NULL;
        if (reply)
            return reply;
        if (!limit(c, deadline_ns) || redisBufferRead(c) != REDIS_OK)
            return NULL;
    }
}

static redisReply *once(const redis_pool *p, redisContext *c, const redis_word *words, int count,
                        const char *kinds, int64_t deadline_ns)
{
    return send_all(c, words, count, deadline_ns) ? receive(p, c, kinds, deadline_ns) : NULL;
}

static redisContext *take_idle(redis_pool *p)
{
    redisContext *c = NULL;

    pthread_mutex_lock(&p->mutex);
    if (p->count)
        c = p->idle[--p->count];
    pthread_mutex_unlock(&p->mutex);
    return c;
}

static void keep(redis_pool *p, redisContext *c)
{
    bool kept;

    pthread_mutex_lock(&p->mutex);
    kept = p->count < REDIS_IDLE;
    if (kept)
        p->idle[p->count++] = c;
    pthread_mutex_unlock(&p->mutex);
    if (!kept)
        redisFree(c);
}

static redisContext *connect_to(const redis_pool *p, int64_t deadline_ns)
{
    const int64_t most = (int64_t)p->is.connect_ms * 1000000, left = deadline_ns - redis_now_ns();
    char number[16];
    const redis_word select[2] = {
        { "SELECT", 6 }, { number, (size_t)snprintf(number, sizeof number, "%d", (int)p->is.database) }
    };
    redisContext *c =
        left > 0 ? redisConnectWithTimeout(p->is.host, p->is.port, interval(left < most ? left : most)) : NULL;
    redisReply *reply = NULL;
    bool good = c && !c->err;

    if (good && p->is.database) {
        reply = once(p, c, select, 2, "+", deadline_ns);
        good = reply && reply->type == REDIS_REPLY_STATUS;
        if (reply)
            freeReplyObject(reply);
    }
    if (good || !c)
        return c;
    redisFree(c);
    return NULL;
}

/* An error that the server tells leaves the connection in order, but not our belief in it. */
static redisReply *settle(redis_pool *p, redisContext *c, redisReply *reply)
{
    if (reply && reply->type != REDIS_REPLY_ERROR) {
        keep(p, c);
        return reply;
    }
    if (reply)
        freeReplyObject(reply);
    redisFree(c);
    return NULL;
}

redisReply *redis_ask(redis_pool *p, const redis_word *words, int count, const char *kinds, int64_t deadline_ns)
{
    redisContext *c = take_idle(p);
    redisReply *reply;

    if (c) {
        bool gone;

        reply = once(p, c, words, count, kinds, deadline_ns);
        gone = !reply &&
               (c->err == REDIS_ERR_EOF || (c->err == REDIS_ERR_IO && (errno == EPIPE || errno == ECONNRESET)));
        reply = settle(p, c, reply);
        if (!gone)
            return reply;
    }
    c = connect_to(p, deadline_ns);
    return c ? settle(p, c, once(p, c, words, count, kinds, deadline_ns)) : NULL;
}

void redis_pool_end(redis_pool *p)
{
    while (p->count)
        redisFree(p->idle[--p->count]);
    pthread_mutex_destroy(&p->mutex);
}

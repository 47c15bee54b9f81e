/* redis_store.c - the hooks of a cache whose entries are in a Redis server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shim/redis/redis_pool.h"

#define KEY_MAX (REDIS_PREFIX_MAX + INSPYR_CACHE_NAME_MAX)

/* With a backslash before each that means something in a pattern, and the star. */
#define PATTERN_MAX (2 * KEY_MAX + 2)

/* How many names the server looks at in a step. */
#define SCAN_STEP "1000"

static redis_word word_of(const char *text)
{
    return (redis_word){ text, strlen(text) };
}

static int64_t deadline_of(const redis_pool *p)
{
    return redis_now_ns() + (int64_t)p->is.command_ms * 1000000;
}

static redis_word key_of(char out[KEY_MAX], const redis_pool *p, const char *name)
{
    snprintf(out, KEY_MAX, "%s%s", p->is.prefix, name);
    return word_of(out);
}

static void give_reply(void *owner)
{
    freeReplyObject(owner);
}

static int get(void *user, const char *name, inspyr_bytes *out, int64_t budget_ns)
{
    redis_pool *p = user;
    const int64_t given = redis_now_ns() + budget_ns, ours = deadline_of(p);
    char key[KEY_MAX];
    const redis_word words[2] = { word_of("GET"), key_of(key, p, name) };
    redisReply *reply = redis_ask(p, words, 2, "$", given < ours ? given : ours);

    if (!reply)
        return -1;
    if (reply->type != REDIS_REPLY_STRING || reply->len > p->is.max_entry_bytes) {
        freeReplyObject(reply);
        return 0;
    }
    *out = (inspyr_bytes){ reply->str, reply->len, give_reply, reply };
    return 1;
}

/* Up to a tenth less, always the same for one name: what was put together does not go together. */
static int64_t with_jitter(int64_t ttl_ms, const char *name)
{
    uint32_t sum = 2166136261u;

    while (*name)
        sum = (sum ^ (unsigned char)*name++) * 16777619u;
    ttl_ms -= ttl_ms / 10240 * (int64_t)(sum % 1024);
    return ttl_ms > 1 ? ttl_ms : 1;
}

static int put(void *user, const char *name, const void *bytes, size_t size, int64_t ttl_ms)
{
    redis_pool *p = user;
    char key[KEY_MAX], ttl[24];
    redis_word words[5];
    redisReply *reply;

    if (size > p->is.max_entry_bytes)
        return 0;
    snprintf(ttl, sizeof ttl, "%lld", (long long)with_jitter(ttl_ms, name));
    words[0] = word_of("SET");
    words[1] = key_of(key, p, name);
    words[2] = (redis_word){ bytes, size };
    words[3] = word_of("PX");
    words[4] = word_of(ttl);
    reply = redis_ask(p, words, 5, "+", deadline_of(p));
    if (!reply)
        return -1;
    freeReplyObject(reply);
    return 0;
}

/* keys: strings of an answer, at most REDIS_WORDS_MAX - 1. */
static bool unlink_keys(redis_pool *p, redisReply *const *keys, size_t count)
{
    redis_word words[REDIS_WORDS_MAX];
    redisReply *reply;

    words[0] = word_of("UNLINK");
    for (size_t i = 0; i < count; i++)
        words[1 + i] = (redis_word){ keys[i]->str, keys[i]->len };
    reply = redis_ask(p, words, (int)count + 1, ":", deadline_of(p));
    if (!reply)
        return false;
    freeReplyObject(reply);
    return true;
}

static bool unlink_all(redis_pool *p, const redisReply *keys)
{
    size_t done = 0;

    for (size_t i = 0; i < keys->elements; i++)
        if (keys->element[i]->type != REDIS_REPLY_STRING)
            return false;
    while (done < keys->elements) {
        size_t part = keys->elements - done;

        part = part < REDIS_WORDS_MAX - 1 ? part : REDIS_WORDS_MAX - 1;
        if (!unlink_keys(p, keys->element + done, part))
            return false;
        done += part;
    }
    return true;
}

/* One step of the scan. cursor: from, and where it goes on; "0" in the end. */
static bool scan_step(redis_pool *p, char cursor[24], const char *pattern)
{
    const redis_word words[6] = { word_of("SCAN"),  word_of(cursor),  word_of("MATCH"),
                                  word_of(pattern), word_of("COUNT"), word_of(SCAN_STEP) };
    redisReply *reply = redis_ask(p, words, 6, "*", deadline_of(p));
    bool good = reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                reply->element[0]->type == REDIS_REPLY_STRING && reply->element[0]->len < 24 &&
                reply->element[1]->type == REDIS_REPLY_ARRAY;

    if (good) {
        memcpy(cursor, reply->element[0]->str, reply->element[0]->len + 1);
        good = unlink_all(p, reply->element[1]);
    }
    if (reply)
        freeReplyObject(reply);
    return good;
}

static void make_pattern(char out[PATTERN_MAX], const redis_pool *p, const char *prefix)
{
    char key[KEY_MAX];

    key_of(key, p, prefix);
    for (const char *from = key; *from; from++) {
        if (strchr("*?[]\\^-", *from))
            *out++ = '\\';
        *out++ = *from;
    }
    memcpy(out, "*", 2);
}

static int remove_all(void *user, const char *prefix)
{
    redis_pool *p = user;
    char cursor[24] = "0", pattern[PATTERN_MAX], key[KEY_MAX];
    const size_t length = strlen(prefix);

    if (length && prefix[length - 1] != '/') {
        redisReply whole = { .len = 0 }, *one = &whole;

        key_of(key, p, prefix);
        whole.str = key;
        whole.len = strlen(key);
        return unlink_keys(p, &one, 1) ? 0 : -1;
    }
    make_pattern(pattern, p, prefix);
    do
        if (!scan_step(p, cursor, pattern))
            return -1;
    while (strcmp(cursor, "0") != 0);
    return 0;
}

static void close_pool(void *user)
{
    redis_pool *p = user;
    const inspyr_allocator allocator = p->is.allocator;

    redis_pool_end(p);
    allocator.release(allocator.user, p);
}

static bool open_pool(inspyr_cache_hooks *out, const redis_settings *settings)
{
    redis_pool *p = settings->allocator.allocate(settings->allocator.user, sizeof *p, 64);

    if (!p)
        return false;
    memset(p, 0, sizeof *p);
    p->is = *settings;
    pthread_mutex_init(&p->mutex, NULL);
    out->user = p;
    out->get = get;
    out->put = put;
    out->remove = remove_all;
    out->close = close_pool;
    return true;
}

extern const redis_table inspyr_plugin_redis;
__attribute__((visibility("default"))) const redis_table inspyr_plugin_redis = {
    .abi = REDIS_ABI,
    .size = sizeof(redis_table),
    .open = open_pool,
};

/* store_redis.c - the store that is a Redis server: its address, and the plug-in that talks to it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/plugin.h"
#include "base/status.h"
#include "base/text.h"
#include "run/cache/redis_table.h"

#define PREFIX "inspyr:"
#define CONNECT_MS 100
#define COMMAND_MS 150
#define ENTRY_MOST (UINT64_C(8) << 20)

#define PORT 6379
#define PORT_MOST 65535
#define DATABASE_MOST 9999

static inspyr_status malformed(inspyr_error *error)
{
    return failed(error, INSPYR_ERR_ARGUMENT, "the address is not of the form redis://host:port/db");
}

/* Digits and nothing else, up to `end`. */
static bool read_number(int32_t *out, const char *text, const char *end, int32_t least, int32_t most)
{
    int64_t number = 0;

    if (text == end || end - text > 5)
        return false;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return false;
        number = number * 10 + (*text - '0');
    }
    *out = (int32_t)number;
    return number >= least && number <= most;
}

/* "host", "host:port", "[::1]" or "[::1]:port". */
static bool read_place(redis_settings *s, const char *text, const char *end)
{
    const bool bracket = *text == '[';
    const char *from = text + bracket, *host_end = from;

    while (host_end < end && *host_end != (bracket ? ']' : ':'))
        host_end++;
    if (host_end == from || host_end - from >= REDIS_HOST_MAX || (bracket && host_end == end))
        return false;
    memcpy(s->host, from, (size_t)(host_end - from));
    text = host_end + bracket;
    return text == end || (*text == ':' && read_number(&s->port, text + 1, end, 1, PORT_MOST));
}

static inspyr_status read_address(redis_settings *s, const char *address, inspyr_error *error)
{
    static const char scheme[] = "redis://";
    const char *text, *end;

    if (!address || !text_printable(address, strlen(address)))
        return malformed(error);
    if (!strncmp(address, "rediss:", 7))
        return failed(error, INSPYR_ERR_UNSUPPORTED, "rediss: there is no TLS in this version");
    if (strncmp(address, scheme, sizeof scheme - 1) != 0)
        return malformed(error);
    text = address + sizeof scheme - 1;
    if (strchr(text, '@')) /* and nothing of it in the message: it may be a password */
        return failed(error, INSPYR_ERR_UNSUPPORTED, "names and passwords: this version sends none to Redis");
    end = text + strcspn(text, "/");
    if (!read_place(s, text, end))
        return malformed(error);
    if (*end && *++end && !read_number(&s->database, end, end + strlen(end), 0, DATABASE_MOST))
        return malformed(error);
    return INSPYR_OK;
}

static inspyr_status settle(redis_settings *s, const char *address, const inspyr_cache_redis_options *o,
                            inspyr_error *error)
{
    const char *prefix = o->prefix ? o->prefix : PREFIX;
    inspyr_status status = options_flags(o->flags, 0, error);

    if (!status)
        status = memory_import(&s->allocator, o->allocator, error);
    if (status)
        return status;
    if (strlen(prefix) >= REDIS_PREFIX_MAX || !text_printable(prefix, strlen(prefix)))
        return failed(error, INSPYR_ERR_ARGUMENT, "a prefix has at most %d printable bytes",
                      REDIS_PREFIX_MAX - 1);
    if (o->connect_timeout_ms < 0 || o->command_timeout_ms < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "connect_timeout_ms %d, command_timeout_ms %d",
                      (int)o->connect_timeout_ms, (int)o->command_timeout_ms);
    if (o->max_entry_bytes > ENTRY_MOST)
        return failed(error, INSPYR_ERR_ARGUMENT, "max_entry_bytes %llu: at most %llu",
                      (unsigned long long)o->max_entry_bytes, (unsigned long long)ENTRY_MOST);
    memcpy(s->prefix, prefix, strlen(prefix) + 1);
    s->connect_ms = o->connect_timeout_ms ? o->connect_timeout_ms : CONNECT_MS;
    s->command_ms = o->command_timeout_ms ? o->command_timeout_ms : COMMAND_MS;
    s->max_entry_bytes = o->max_entry_bytes ? o->max_entry_bytes : ENTRY_MOST;
    s->port = PORT;
    return read_address(s, address, error);
}

inspyr_status inspyr_cache_redis_open(inspyr_cache_hooks *out, const char *address,
                                      const inspyr_cache_redis_options *options, inspyr_error *error)
{
    static const plugin_wanted wanted = {
        .name = "redis", .abi = REDIS_ABI, .size = sizeof(redis_table), .foreign = "redisConnectWithTimeout"
    };
    redis_settings settings = { .port = 0 };
    inspyr_cache_redis_options o;
    inspyr_cache_hooks hooks;
    const void *table;
    inspyr_status status;

    succeeded(error);
    inspyr_cache_hooks_init(&hooks);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    status = options_export(out, OPTIONS_FIRST(inspyr_cache_hooks, close), &hooks, sizeof hooks, error);
    if (status ||
        (status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_cache_redis_options, max_entry_bytes),
                                 options, error)) ||
        (status = settle(&settings, address, &o, error)) || (status = plugin_find(&table, &wanted, error)))
        return status;
    if (!((const redis_table *)table)->open(&hooks, &settings))
        return failed(error, INSPYR_ERR_MEMORY, "no room for a cache's connections");
    return options_export(out, OPTIONS_FIRST(inspyr_cache_hooks, close), &hooks, sizeof hooks, error);
}

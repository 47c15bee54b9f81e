#include "go_cache.h"

#include <stddef.h>

/* Written in Go: store.go and calls.go. */
extern int inspyrGoStoreGet(uintptr_t store, char *name, inspyr_bytes *out, int64_t budget_ns);
extern int inspyrGoStorePut(uintptr_t store, char *name, void *bytes, size_t size, int64_t ttl_ms);
extern int inspyrGoStoreRemove(uintptr_t store, char *prefix);
extern void inspyrGoStoreClose(uintptr_t store);
extern void inspyrGoLog(uintptr_t log, int32_t level, char *line);

static int get(void *user, const char *name, inspyr_bytes *out, int64_t budget_ns)
{
    return inspyrGoStoreGet((uintptr_t)user, (char *)name, out, budget_ns);
}

static int put(void *user, const char *name, const void *bytes, size_t size, int64_t ttl_ms)
{
    return inspyrGoStorePut((uintptr_t)user, (char *)name, (void *)bytes, size, ttl_ms);
}

static int remove_all(void *user, const char *prefix)
{
    return inspyrGoStoreRemove((uintptr_t)user, (char *)prefix);
}

static void close_store(void *user)
{
    inspyrGoStoreClose((uintptr_t)user);
}

static void on_log(void *user, inspyr_log_level level, const char *line)
{
    inspyrGoLog((uintptr_t)user, level, (char *)line);
}

static inspyr_status open_store(inspyr_cache_hooks *out, const go_store *behind, inspyr_error *error)
{
    inspyr_cache_directory_options options;

    if (behind->store) {
        inspyr_cache_hooks_init(out);
        out->user = (void *)behind->store;
        out->get = get;
        out->put = put;
        out->remove = remove_all;
        out->close = close_store;
        return INSPYR_OK;
    }
    if (behind->redis)
        return inspyr_cache_redis_open(out, behind->redis, NULL, error);
    inspyr_cache_directory_options_init(&options);
    options.max_bytes = behind->directory_bytes;
    return inspyr_cache_directory_open(out, behind->directory, &options, error);
}

inspyr_status go_cache_open(inspyr_cache **out, inspyr_cache_options *options, go_bytes secret, go_store behind,
                            inspyr_error *error)
{
    inspyr_cache_options whole = *options;
    inspyr_bytes bytes = { (void *)secret.data, secret.size, NULL, NULL };
    inspyr_cache_hooks hooks;
    inspyr_status status = INSPYR_OK;

    inspyr_cache_hooks_init(&hooks);
    whole.secret = secret.size ? &bytes : NULL;
    whole.log = behind.log ? on_log : NULL;
    whole.log_user = (void *)behind.log;
    if (behind.store || behind.directory || behind.redis) {
        status = open_store(&hooks, &behind, error);
        whole.hooks = &hooks;
    }
    if (status)
        return status;
    status = inspyr_cache_open(out, &whole, error);
    if (status && hooks.close && !behind.store)
        hooks.close(hooks.user);
    return status;
}

inspyr_status go_cache_forget_view(inspyr_cache *cache, inspyr_view picture, inspyr_error *error)
{
    return inspyr_cache_forget_view(cache, &picture, error);
}

/* Stands in front of the bytes. */
typedef struct kept {
    go_memory *memory;
    max_align_t bytes[];
} kept;

static void give_back(void *owner)
{
    const inspyr_allocator *allocator = go_memory_allocator(((kept *)owner)->memory);

    if (allocator)
        allocator->release(allocator->user, owner);
    else
        free(owner);
}

int go_store_keep(inspyr_bytes *out, go_memory *memory, const void *bytes, size_t size)
{
    const inspyr_allocator *allocator = go_memory_allocator(memory);
    kept *it = NULL;

    if (size <= SIZE_MAX - sizeof *it)
        it = allocator ? allocator->allocate(allocator->user, sizeof *it + size, sizeof(max_align_t))
                       : malloc(sizeof *it + size);
    if (!it)
        return 0;
    it->memory = memory;
    if (size)
        memcpy(it->bytes, bytes, size);
    *out = (inspyr_bytes){ it->bytes, size, give_back, it };
    return 1;
}

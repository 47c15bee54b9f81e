/* cache_call.c - what an owner of a cache does with it from day to day. */
#include "base/options.h"
#include "base/status.h"
#include "image/image.h"
#include "run/cache/cache_object.h"

inspyr_status inspyr_cache_resize(inspyr_cache *cache, inspyr_cache_pool pool, uint64_t bytes,
                                  inspyr_error *error)
{
    inspyr_status status;

    succeeded(error);
    status = cache_pool_usable(cache, pool, error);
    if (!status)
        shelf_resize(&cache->shelves[pool], bytes);
    return status;
}

inspyr_status inspyr_cache_relieve(inspyr_cache *cache, double share, inspyr_error *error)
{
    inspyr_status status;

    succeeded(error);
    status = cache_usable(cache, error);
    if (status)
        return status;
    if (!(share >= 0 && share <= 1))
        return failed(error, INSPYR_ERR_ARGUMENT, "a share of %g: 0 to 1", share);
    for (int i = 0; i < CACHE_POOLS; i++)
        shelf_relieve(&cache->shelves[i], share);
    return INSPYR_OK;
}

inspyr_status inspyr_cache_purge(inspyr_cache *cache, inspyr_error *error)
{
    inspyr_status status;

    succeeded(error);
    status = cache_usable(cache, error);
    if (status)
        return status;
    for (int i = 0; i < CACHE_POOLS; i++)
        shelf_purge(&cache->shelves[i]);
    if (cache->store)
        store_purge(cache->store);
    return INSPYR_OK;
}

static inspyr_status forget(inspyr_cache *c, const key_source *source, inspyr_error *error)
{
    char prefix[INSPYR_CACHE_NAME_MAX];

    key_prefix(prefix, source->digest);
    for (int i = 0; i < CACHE_POOLS; i++)
        shelf_forget(&c->shelves[i], source->digest);
    popular_forget(&c->popular, source->digest);
    if (c->store && !store_remove(c->store, prefix))
        return failed(error, INSPYR_ERR_LIMIT, "too much waits for the cache's store: flush it first");
    return INSPYR_OK;
}

inspyr_status inspyr_cache_forget(inspyr_cache *cache, const void *bytes, size_t size, inspyr_error *error)
{
    key_source source;
    inspyr_status status;

    succeeded(error);
    status = cache_usable(cache, error);
    if (status)
        return status;
    if (!bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "bytes is NULL");
    key_source_bytes(&source, cache_secret(cache), bytes, size);
    return forget(cache, &source, error);
}

inspyr_status inspyr_cache_forget_view(inspyr_cache *cache, const inspyr_view *picture, inspyr_error *error)
{
    key_source source;
    inspyr_status status;

    succeeded(error);
    status = cache_usable(cache, error);
    if (!status)
        status = view_check(picture, FORMATS_PICTURE, "picture", error);
    if (status)
        return status;
    key_source_view(&source, cache_secret(cache), picture);
    return forget(cache, &source, error);
}

inspyr_status inspyr_cache_statistics(const inspyr_cache *cache, inspyr_cache_pool pool,
                                      inspyr_cache_stats *out, inspyr_error *error)
{
    inspyr_cache_stats stats;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    status = cache_pool_usable(cache, pool, error);
    if (status)
        return status;
    inspyr_cache_stats_init(&stats);
    shelf_count((shelf *)(uintptr_t)&cache->shelves[pool], &stats);
    if (cache->store)
        store_count(cache->store, pool, &stats);
    return options_export(out, OPTIONS_FIRST(inspyr_cache_stats, reserved), &stats, sizeof stats, error);
}

inspyr_status inspyr_cache_flush(inspyr_cache *cache, int64_t deadline_ms, inspyr_error *error)
{
    inspyr_status status;

    succeeded(error);
    status = cache_usable(cache, error);
    if (status)
        return status;
    if (deadline_ms < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "deadline_ms %lld", (long long)deadline_ms);
    if (cache->store && !store_flush(cache->store, deadline_ms))
        return failed(error, INSPYR_ERR_LIMIT, "the cache's store did not take all within %lld ms",
                      (long long)deadline_ms);
    return INSPYR_OK;
}

inspyr_status inspyr_cache_popular(const inspyr_cache *cache, char (*names)[INSPYR_CACHE_NAME_MAX],
                                   uint64_t *hits, size_t room, size_t *count, inspyr_error *error)
{
    inspyr_status status;

    succeeded(error);
    if (!count)
        return failed(error, INSPYR_ERR_ARGUMENT, "count is NULL");
    *count = 0;
    status = cache_usable(cache, error);
    if (status)
        return status;
    if (room && !names)
        return failed(error, INSPYR_ERR_ARGUMENT, "names is NULL");
    *count = popular_list((popular *)(uintptr_t)&cache->popular, names, hits, room);
    return INSPYR_OK;
}

inspyr_status inspyr_cache_warm(inspyr_cache *cache, const char *const *names, size_t n, size_t *found,
                                inspyr_error *error)
{
    size_t there = 0;
    inspyr_status status;

    succeeded(error);
    if (found)
        *found = 0;
    status = cache_usable(cache, error);
    if (status)
        return status;
    if (n && !names)
        return failed(error, INSPYR_ERR_ARGUMENT, "names is NULL");
    for (size_t i = 0; i < n; i++) {
        cache_key key;

        if (!names[i] || !key_parse(&key, names[i]))
            return failed(error, INSPYR_ERR_ARGUMENT, "number %zu is not the name of an entry", i);
        there += cache_bring(cache, &key);
    }
    if (found)
        *found = there;
    return INSPYR_OK;
}

/* cache_call.c - what an owner of a cache does with it from day to day. */
#include "base/options.h"
#include "base/status.h"
#include "image/image.h"
#include "run/cache_object.h"

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
    for (int i = 0; !status && i < CACHE_POOLS; i++)
        shelf_purge(&cache->shelves[i]);
    return status;
}

static inspyr_status forget(inspyr_cache *c, const key_source *source)
{
    for (int i = 0; i < CACHE_POOLS; i++)
        shelf_forget(&c->shelves[i], source->digest);
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
    return forget(cache, &source);
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
    return forget(cache, &source);
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
    return options_export(out, OPTIONS_FIRST(inspyr_cache_stats, reserved), &stats, sizeof stats, error);
}

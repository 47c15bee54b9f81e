#include "go_cache.h"

#include <stdio.h>

static inspyr_status open_store(inspyr_cache_hooks *out, const char *directory, uint64_t directory_bytes,
                                const char *redis, inspyr_error *error)
{
    inspyr_cache_directory_options options;

    if (directory && redis) {
        snprintf(error->message, sizeof error->message, "a directory and a server are one store too many");
        return error->status = INSPYR_ERR_ARGUMENT;
    }
    if (redis)
        return inspyr_cache_redis_open(out, redis, NULL, error);
    inspyr_cache_directory_options_init(&options);
    options.max_bytes = directory_bytes;
    return inspyr_cache_directory_open(out, directory, &options, error);
}

inspyr_status go_cache_open(inspyr_cache **out, inspyr_cache_options *options, go_bytes secret,
                            const char *directory, uint64_t directory_bytes, const char *redis,
                            inspyr_error *error)
{
    inspyr_cache_options whole = *options;
    inspyr_bytes bytes = { (void *)secret.data, secret.size, NULL, NULL };
    inspyr_cache_hooks hooks;
    inspyr_status status = INSPYR_OK;

    inspyr_cache_hooks_init(&hooks);
    whole.secret = secret.size ? &bytes : NULL;
    if (directory || redis) {
        status = open_store(&hooks, directory, directory_bytes, redis, error);
        whole.hooks = &hooks;
    }
    if (status)
        return status;
    status = inspyr_cache_open(out, &whole, error);
    if (status && hooks.close)
        hooks.close(hooks.user);
    return status;
}

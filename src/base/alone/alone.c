/* alone.c - in place of pool.c, plugin.c, file.c and file_write.c where a system has neither threads nor
 * plug-ins nor files: WebAssembly. */
#include "base/file.h"
#include "base/memory.h"
#include "base/plugin.h"
#include "base/pool.h"
#include "base/status.h"

struct inspyr_pool {
    inspyr_allocator allocator;
};

void pool_run(inspyr_pool *pool, int32_t count, pool_task *task, void *user)
{
    (void)pool;
    for (int32_t i = 0; i < count; i++)
        task(user, i, 0);
}

bool pool_forked(const inspyr_pool *pool)
{
    (void)pool;
    return false;
}

inspyr_status inspyr_pool_open(inspyr_pool **out, int32_t width, const inspyr_pool_options *options,
                               inspyr_error *error)
{
    inspyr_allocator allocator;
    inspyr_status status;

    status = pool_begin(out, &allocator, options, error);
    if (status)
        return status;
    if (width < 0 || width > 1)
        return failed(error, INSPYR_ERR_THREAD, "a pool of %d threads; this build has one", (int)width);
    *out = memory_zeroed(&allocator, sizeof **out);
    if (!*out)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a pool");
    (*out)->allocator = allocator;
    return INSPYR_OK;
}

int32_t inspyr_pool_width(const inspyr_pool *pool)
{
    (void)pool;
    return 1;
}

void inspyr_pool_free(inspyr_pool *pool)
{
    inspyr_allocator allocator;

    if (!pool)
        return;
    allocator = pool->allocator;
    memory_give(&allocator, pool);
}

inspyr_status plugin_find(const void **table, const plugin_wanted *wanted, inspyr_error *error)
{
    *table = NULL;
    return failed(error, INSPYR_ERR_DEVICE, "this build has no plug-ins, and so no %s", wanted->name);
}

bool plugin_mapped(const char *name, char path[PLUGIN_PATH_MAX])
{
    (void)name;
    path[0] = '\0';
    return false;
}

inspyr_status file_failed(inspyr_error *error, const char *path)
{
    return failed(error, INSPYR_ERR_FILE, "%s: this build has no files", path);
}

inspyr_status file_map(mapped_file *out, const char *path, size_t size_max, inspyr_error *error)
{
    (void)size_max;
    *out = (mapped_file){ .bytes = NULL };
    return file_failed(error, path);
}

void file_unmap(mapped_file *file)
{
    *file = (mapped_file){ .bytes = NULL };
}

void file_read_ahead(const mapped_file *file)
{
    (void)file;
}

void file_forget(const void *bytes, size_t size)
{
    (void)bytes;
    (void)size;
}

inspyr_status file_replace(const char *path, const file_part *parts, size_t count, inspyr_error *error)
{
    (void)parts;
    (void)count;
    return file_failed(error, path);
}

inspyr_status file_make_folder(const char *path, inspyr_error *error)
{
    return file_failed(error, path);
}

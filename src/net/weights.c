#include "net/weights.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/status.h"
#include "net/weights_store.h"

/* Neither can begin a safetensors file: its header would be larger than any may be. */
static bool is_zip(const unsigned char *bytes, size_t size)
{
    return size >= 4 && (!memcmp(bytes, "PK\3\4", 4) || !memcmp(bytes, "PK\5\6", 4));
}

static inspyr_status read_checkpoint(weights *w, inspyr_error *error)
{
#if defined(INSPYR_HAS_PTH)
    return pth_read(w, error);
#else
    (void)w;
    return failed(error, INSPYR_ERR_UNSUPPORTED, "checkpoints of PyTorch (.pth) are not in this build");
#endif
}

inspyr_status weights_open(weights **out, const void *bytes, size_t size, const inspyr_allocator *allocator,
                           inspyr_error *error)
{
    weights *w;
    inspyr_status status;

    *out = NULL;
    w = memory_zeroed(allocator, sizeof *w);
    if (!w)
        return failed(error, INSPYR_ERR_MEMORY, "no room for weights");
    w->allocator = *allocator;
    w->bytes = bytes;
    w->size = size;
    if (is_zip(bytes, size)) {
        status = read_checkpoint(w, error);
    } else {
        status = foreign_refuse(bytes, size, error);
        if (status == INSPYR_OK)
            status = safetensors_read(w, error);
    }
    if (status == INSPYR_OK)
        *out = w;
    else
        weights_free(w);
    return status;
}

void weights_free(weights *w)
{
    inspyr_allocator allocator;

    if (!w)
        return;
    allocator = w->allocator;
    memory_give(&allocator, w->tensors);
    memory_give(&allocator, w->metadata);
    memory_give(&allocator, w->texts);
    memory_give(&allocator, w->parts);
    memory_give(&allocator, w->gathered);
    memory_give(&allocator, w);
}

void weights_are_mapped(weights *w, bool mapped)
{
    w->mapped = mapped;
}

void weights_done(const weights *w, const weights_tensor *tensor)
{
    const unsigned char *data = tensor->data;

    /* Gathered numbers lie elsewhere, in memory that cannot be read again. */
    if (w->mapped && data >= w->bytes && data < w->bytes + w->size)
        file_forget(data, tensor->count * weights_width(tensor->type));
}

inspyr_status weights_check_data(const weights *w, inspyr_pool *pool, inspyr_error *error)
{
#if defined(INSPYR_HAS_PTH)
    return pth_check(w, pool, error);
#else
    (void)w, (void)pool, (void)error;
    return INSPYR_OK;
#endif
}

const char *weights_container(const weights *w)
{
    return w->container;
}

static int by_key(const void *key, const void *entry)
{
    return strcmp(key, ((const weights_entry *)entry)->key);
}

const char *weights_metadata(const weights *w, const char *key)
{
    const weights_entry *entry = NULL;

    if (w->metadata_count)
        entry = bsearch(key, w->metadata, (size_t)w->metadata_count, sizeof *w->metadata, by_key);
    return entry ? entry->text : NULL;
}

const char *weights_metadata_at(const weights *w, int32_t index, const char **key)
{
    if (index < 0 || index >= w->metadata_count)
        return NULL;
    *key = w->metadata[index].key;
    return w->metadata[index].text;
}

int32_t weights_count(const weights *w)
{
    return w->count;
}

const weights_tensor *weights_at(const weights *w, int32_t index)
{
    return &w->tensors[index];
}

static int by_name(const void *name, const void *tensor)
{
    return strcmp(name, ((const weights_tensor *)tensor)->name);
}

const weights_tensor *weights_find(const weights *w, const char *name)
{
    return bsearch(name, w->tensors, (size_t)w->count, sizeof *w->tensors, by_name);
}

#include "net/weights.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "net/weights_store.h"

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
    status = safetensors_read(w, bytes, size, error);
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
    memory_give(&allocator, w);
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

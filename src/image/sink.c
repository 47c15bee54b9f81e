#include "image/sink.h"

#include "base/memory.h"

#define SINK_FIRST ((size_t)64 << 10)

unsigned char *sink_room(sink *s, size_t size)
{
    if (size > s->capacity - s->used) {
        size_t capacity = s->capacity ? s->capacity : SINK_FIRST;
        unsigned char *data;

        while (capacity - s->used < size)
            if (!multiply(&capacity, capacity, 2))
                return NULL;
        data = memory_take(&s->allocator, capacity);
        if (!data)
            return NULL;
        if (s->used)
            memcpy(data, s->data, s->used);
        memory_give(&s->allocator, s->data);
        s->data = data;
        s->capacity = capacity;
    }
    return s->data + s->used;
}

bool sink_put(sink *s, const void *bytes, size_t size)
{
    unsigned char *room = sink_room(s, size);

    if (!room)
        return false;
    memcpy(room, bytes, size);
    s->used += size;
    return true;
}

inspyr_status sink_finish(inspyr_bytes *out, const sink *s, inspyr_error *error)
{
    inspyr_status status = memory_bytes(out, &s->allocator, s->used, error);

    if (status == INSPYR_OK)
        memcpy(out->data, s->data, s->used);
    return status;
}

void sink_free(sink *s)
{
    memory_give(&s->allocator, s->data);
    s->data = NULL;
    s->used = s->capacity = 0;
}

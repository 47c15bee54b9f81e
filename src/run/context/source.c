#include "run/context/source.h"

#include "base/memory.h"
#include "base/status.h"

static inspyr_status begin(source **out, uint64_t bytes, const inspyr_allocator *allocator, inspyr_error *error)
{
    source *s = memory_zeroed(allocator, sizeof *s);

    *out = s;
    if (!s)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a picture");
    s->allocator = *allocator;
    s->bytes = bytes;
    atomic_init(&s->references, 1);
    pthread_mutex_init(&s->mutex, NULL);
    return INSPYR_OK;
}

static inspyr_status end(source **out, inspyr_status status)
{
    if (status) {
        source_drop(*out);
        *out = NULL;
    }
    return status;
}

/* What the header says is for estimates only; in a sandbox nobody reads it here. */
static void look(source *s)
{
    inspyr_probe probe;

    inspyr_probe_init(&probe);
    if (s->decode.sandbox || inspyr_image_probe(&probe, s->file.data, s->file.size, NULL))
        return;
    s->width = probe.width;
    s->height = probe.height;
    s->format = probe.file;
}

inspyr_status source_of_file(source **out, const void *bytes, size_t size, const inspyr_decode_options *decode,
                             const inspyr_allocator *allocator, inspyr_error *error)
{
    inspyr_status status = begin(out, size, allocator, error);

    if (status)
        return status;
    (*out)->decode = *decode;
    (*out)->decode.allocator = &(*out)->allocator;
    status = memory_bytes(&(*out)->file, allocator, size, error);
    if (!status) {
        memcpy((*out)->file.data, bytes, size);
        look(*out);
    }
    return end(out, status);
}

inspyr_status source_of_view(source **out, const inspyr_view *picture, const inspyr_allocator *allocator,
                             inspyr_error *error)
{
    size_t row = (size_t)picture->width * format_bytes(picture->format);
    inspyr_status status = begin(out, (uint64_t)row * (uint64_t)picture->height, allocator, error);

    if (status)
        return status;
    status = image_create(&(*out)->image, allocator, picture->width, picture->height, picture->format, error);
    for (int32_t y = 0; !status && y < picture->height; y++)
        memcpy(view_row(&(*out)->image->view, y), view_row(picture, y), row);
    (*out)->width = picture->width;
    (*out)->height = picture->height;
    return end(out, status);
}

void source_name(source *s, const key_secret *secret)
{
    if (s->file.size)
        key_source_bytes(&s->name, secret, s->file.data, s->file.size);
    else
        key_source_view(&s->name, secret, &s->image->view);
}

source *source_share(source *s)
{
    atomic_fetch_add(&s->references, 1);
    return s;
}

void source_drop(source *s)
{
    inspyr_allocator allocator;

    if (!s || atomic_fetch_sub(&s->references, 1) > 1)
        return;
    allocator = s->allocator;
    inspyr_bytes_free(&s->file);
    inspyr_image_free(s->image);
    pthread_mutex_destroy(&s->mutex);
    memory_give(&allocator, s);
}

/* Memory may be there the next time; damage stays. */
static void decode(source *s, inspyr_error *error)
{
    inspyr_status status = inspyr_image_decode(&s->image, s->file.data, s->file.size, &s->decode, error);

    if (status == INSPYR_ERR_MEMORY)
        return;
    if (status)
        s->failure = *error;
    inspyr_bytes_free(&s->file);
    if (s->image) {
        s->width = s->image->view.width;
        s->height = s->image->view.height;
    }
}

inspyr_status source_pixels(source *s, inspyr_error *error)
{
    pthread_mutex_lock(&s->mutex);
    *error = s->failure;
    if (!s->image && !s->failure.status)
        decode(s, error);
    pthread_mutex_unlock(&s->mutex);
    return error->status;
}

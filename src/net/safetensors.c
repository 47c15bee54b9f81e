/* safetensors.c - the file format: u64 length of the header, header in JSON, data.
 *
 * { "__metadata__": { key: text, ... }, name: { "dtype": type, "shape": [...], "data_offsets": [begin, end] } }
 * Everything is little endian; offsets count from the end of the header. */
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "net/json.h"
#include "net/weights_store.h"

#define LENGTH_SIZE 8
#define HEADER_MAX (16u << 20)
#define TENSORS_MAX 65536
#define ENTRIES_MAX 1024
#define NAME_SIZE 192 /* with the NUL: a message has 252 bytes for it and what is wrong */

static const char metadata_key[] = "__metadata__";

typedef struct source {
    const char *header;
    const unsigned char *data;
    size_t header_size, data_size;
    char *texts; /* the room still free for decoded texts: none is longer than its quoted form */
    size_t texts_room;
} source;

static inspyr_status split(source *s, const unsigned char *bytes, size_t size, inspyr_error *error)
{
    uint64_t length = 0;

    if (size < LENGTH_SIZE)
        return failed(error, INSPYR_ERR_WEIGHTS, "%zu bytes are too short for a safetensors file", size);
    for (int i = LENGTH_SIZE - 1; i >= 0; i--)
        length = length << 8 | bytes[i];
    if (length > UINT32_MAX) /* text, pictures, anything */
        return failed(error, INSPYR_ERR_WEIGHTS, "not a safetensors file, nor a checkpoint of PyTorch");
    if (length > HEADER_MAX)
        return failed(error, INSPYR_ERR_WEIGHTS, "not a safetensors file: a header of %llu bytes",
                      (unsigned long long)length);
    if (length > size - LENGTH_SIZE)
        return failed(error, INSPYR_ERR_WEIGHTS, "a header of %llu bytes in a file of %zu",
                      (unsigned long long)length, size);
    s->header = (const char *)bytes + LENGTH_SIZE;
    s->header_size = (size_t)length;
    s->data = bytes + LENGTH_SIZE + s->header_size;
    s->data_size = size - LENGTH_SIZE - s->header_size;
    while (s->header_size && s->header[s->header_size - 1] == ' ')
        s->header_size--; /* padding */
    if (!s->header_size || s->header[0] != '{' || s->header[s->header_size - 1] != '}')
        return failed(error, INSPYR_ERR_WEIGHTS, "the header is no JSON object, padded with spaces or not");
    return INSPYR_OK;
}

/* The next decoded text of the store. */
static const char *keep(source *s, json text)
{
    char *kept = s->texts;
    size_t used;

    if (!json_text(text, kept, s->texts_room))
        return NULL;
    used = strlen(kept) + 1;
    s->texts += used;
    s->texts_room -= used;
    return kept;
}

static inspyr_status read_type(weights_tensor *t, json value, inspyr_error *error)
{
    static const char *const names[] = { [WEIGHTS_F32] = "F32",
                                         [WEIGHTS_F16] = "F16",
                                         [WEIGHTS_BF16] = "BF16",
                                         [WEIGHTS_I64] = "I64",
                                         [WEIGHTS_I8] = "I8" };
    char name[12];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (json_is(value, names[i])) {
            t->type = (weights_type)i;
            return INSPYR_OK;
        }
    if (!json_text(value, name, sizeof name) || !text_printable(name, strlen(name)))
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: dtype is missing or unknown", t->name);
    return failed(error, INSPYR_ERR_WEIGHTS, "%s: dtype %s instead of F32, F16, BF16 or I8", t->name, name);
}

static inspyr_status read_shape(weights_tensor *t, json value, inspyr_error *error)
{
    json none, item;

    if (value.kind != JSON_LIST)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: shape is no list", t->name);
    t->count = 1;
    for (json_walk walk = json_members(value); json_next(&walk, &none, &item);) {
        int64_t side;

        if (t->dimensions == WEIGHTS_DIMENSIONS)
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: more than %d dimensions", t->name,
                          WEIGHTS_DIMENSIONS);
        if (!json_integer(item, &side) || side < 1)
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: a side that is no positive integer", t->name);
        if ((uint64_t)side > SIZE_MAX || !multiply(&t->count, t->count, (size_t)side))
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: more numbers than memory has addresses", t->name);
        t->shape[t->dimensions++] = side;
    }
    return INSPYR_OK;
}

static inspyr_status read_place(weights_tensor *t, json value, const source *s, inspyr_error *error)
{
    const size_t size = weights_width(t->type);
    int64_t begin, end;
    size_t bytes;

    if (json_count(value) != 2 || !json_integer(json_at(value, 0), &begin) ||
        !json_integer(json_at(value, 1), &end) || begin < 0 || end < begin)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: data_offsets are not two rising numbers", t->name);
    if ((uint64_t)end > s->data_size)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: ends at byte %lld of %zu", t->name, (long long)end,
                      s->data_size);
    if (!multiply(&bytes, t->count, size) || (uint64_t)(end - begin) != bytes)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: %lld bytes for %zu numbers of %zu", t->name,
                      (long long)(end - begin), t->count, size);
    t->data = s->data + begin;
    return INSPYR_OK;
}

static inspyr_status read_tensor(weights_tensor *t, json key, json value, source *s, inspyr_error *error)
{
    inspyr_status status;

    t->name = keep(s, key);
    if (!t->name || !*t->name || strlen(t->name) >= NAME_SIZE || !text_printable(t->name, strlen(t->name)))
        return failed(error, INSPYR_ERR_WEIGHTS, "a tensor's name is empty, too long or not printable");
    if (value.kind != JSON_OBJECT)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: no object describes it", t->name);
    status = read_type(t, json_find(value, "dtype"), error);
    if (status == INSPYR_OK)
        status = read_shape(t, json_find(value, "shape"), error);
    if (status == INSPYR_OK)
        status = read_place(t, json_find(value, "data_offsets"), s, error);
    /* All three were found: a fourth is one of them again or something unknown. */
    if (status == INSPYR_OK && json_count(value) != 3)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s: fields besides dtype, shape, data_offsets", t->name);
    return status;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const weights_entry *)a)->key, ((const weights_entry *)b)->key);
}

static inspyr_status read_metadata(weights *w, json object, source *s, inspyr_error *error)
{
    size_t count = json_count(object);
    json key, value;

    if (object.kind != JSON_OBJECT || count > ENTRIES_MAX)
        return failed(error, INSPYR_ERR_WEIGHTS, "%s is no object of at most %d texts", metadata_key,
                      ENTRIES_MAX);
    w->metadata = memory_array(&w->allocator, count, sizeof *w->metadata);
    if (!w->metadata)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %zu texts", count);
    for (json_walk walk = json_members(object); json_next(&walk, &key, &value);) {
        weights_entry *entry = &w->metadata[w->metadata_count];

        entry->key = keep(s, key);
        entry->text = keep(s, value);
        if (!entry->key || !entry->text)
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: entry %d is no text", metadata_key,
                          (int)w->metadata_count);
        w->metadata_count++;
    }
    if (count > 1)
        qsort(w->metadata, count, sizeof *w->metadata, by_key);
    for (size_t i = 1; i < count; i++)
        if (!by_key(&w->metadata[i - 1], &w->metadata[i]))
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: a key for the second time", metadata_key);
    return INSPYR_OK;
}

static int by_place(const void *a, const void *b)
{
    const unsigned char *first = ((const weights_tensor *)a)->data, *second = ((const weights_tensor *)b)->data;

    return (first > second) - (first < second);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const weights_tensor *)a)->name, ((const weights_tensor *)b)->name);
}

/* Do the tensors cover the data, each byte once? */
static inspyr_status check_tiles(const weights *w, const source *s, inspyr_error *error)
{
    size_t covered = 0;

    for (int32_t i = 0; i < w->count; i++) {
        const weights_tensor *t = &w->tensors[i];
        size_t begin = (size_t)((const unsigned char *)t->data - s->data);

        if (begin != covered)
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: begins at byte %zu, %s byte %zu", t->name, begin,
                          begin > covered ? "a gap behind" : "but another tensor ends at", covered);
        covered += t->count * weights_width(t->type);
    }
    if (covered != s->data_size)
        return failed(error, INSPYR_ERR_WEIGHTS, "%zu bytes behind the last tensor", s->data_size - covered);
    return INSPYR_OK;
}

static inspyr_status read_members(weights *w, json root, source *s, inspyr_error *error)
{
    inspyr_status status;
    json key, value;

    for (json_walk walk = json_members(root); json_next(&walk, &key, &value);) {
        if (!json_is(key, metadata_key))
            status = read_tensor(&w->tensors[w->count++], key, value, s, error);
        else if (w->metadata)
            status = failed(error, INSPYR_ERR_WEIGHTS, "%s for the second time", metadata_key);
        else
            status = read_metadata(w, value, s, error);
        if (status)
            return status;
    }
    return INSPYR_OK;
}

inspyr_status safetensors_read(weights *w, inspyr_error *error)
{
    source s = { 0 };
    json root;
    size_t count;
    inspyr_status status = split(&s, w->bytes, w->size, error);

    if (status == INSPYR_OK)
        status = json_open_large(&root, "header", s.header, s.header_size, error);
    if (status)
        return status;
    w->container = "safetensors";
    w->directory = w->bytes;
    w->directory_size = (size_t)(s.data - w->bytes);
    count = json_count(root);
    if (count > TENSORS_MAX)
        return failed(error, INSPYR_ERR_WEIGHTS, "%zu tensors are more than %d", count, TENSORS_MAX);
    w->tensors = memory_array(&w->allocator, count, sizeof *w->tensors);
    w->texts = memory_take(&w->allocator, s.header_size);
    if (!w->tensors || !w->texts)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %zu tensors", count);
    memset(w->tensors, 0, count * sizeof *w->tensors);
    s.texts = w->texts;
    s.texts_room = s.header_size;
    status = read_members(w, root, &s, error);
    if (status)
        return status;

    qsort(w->tensors, (size_t)w->count, sizeof *w->tensors, by_place);
    status = check_tiles(w, &s, error);
    if (status)
        return status;
    qsort(w->tensors, (size_t)w->count, sizeof *w->tensors, by_name);
    for (int32_t i = 1; i < w->count; i++)
        if (!by_name(&w->tensors[i - 1], &w->tensors[i]))
            return failed(error, INSPYR_ERR_WEIGHTS, "%s: two tensors of this name", w->tensors[i].name);
    return quantised_check(w, error);
}

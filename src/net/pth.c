/* pth.c - a checkpoint of PyTorch: an archive of a pickle, which describes tensors, and of their storages.
 *
 * <root>/data.pkl, <root>/data/<key> for each storage, <root>/version, <root>/byteorder; the root is whatever
 * the file was called when it was saved. */
#include <stdio.h>

#include "base/memory.h"
#include "base/status.h"
#include "net/pickle.h"
#include "net/pth_tensor.h"
#include "net/weights_store.h"
#include "net/zip.h"

#define VERSION_LEAST 2
#define VERSION_MOST 10

typedef struct checkpoint {
    weights *w;
    zip_archive archive;
    pickle described;
    int32_t root_size; /* of the root's name with its slash */
    int32_t *part_of;  /* for each member: its index in w->parts, -1: none yet */
    inspyr_error *error;
} checkpoint;

/* The member <root>/<name>; NULL if there is none. */
static const zip_member *member(const checkpoint *c, const char *name, int32_t name_size, int32_t *index)
{
    char path[ZIP_NAME];

    if (c->root_size + name_size > ZIP_NAME)
        return NULL;
    memcpy(path, c->archive.members[0].name, (size_t)c->root_size);
    memcpy(path + c->root_size, name, (size_t)name_size);
    *index = zip_find(&c->archive, path, (size_t)(c->root_size + name_size));
    return *index < 0 ? NULL : &c->archive.members[*index];
}

static const zip_member *member_called(const checkpoint *c, const char *name)
{
    int32_t index;

    return member(c, name, (int32_t)strlen(name), &index);
}

/* All members have one root. */
static inspyr_status find_root(checkpoint *c)
{
    const zip_member *first = c->archive.members;
    const char *slash = c->archive.count ? memchr(first->name, '/', (size_t)first->name_size) : NULL;

    if (slash)
        c->root_size = (int32_t)(slash - first->name) + 1;
    for (int32_t i = 0; slash && i < c->archive.count; i++) {
        const zip_member *m = &first[i];

        if (m->name_size < c->root_size || memcmp(m->name, first->name, (size_t)c->root_size) != 0)
            slash = NULL;
    }
    if (!slash)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "a zip archive, but not one that torch.save has written");
    return INSPYR_OK;
}

static bool has_code(const checkpoint *c)
{
    static const char code[] = "code/";
    const int32_t size = (int32_t)sizeof code - 1;

    for (int32_t i = 0; i < c->archive.count; i++) {
        const zip_member *m = &c->archive.members[i];

        if (m->name_size >= c->root_size + size && !memcmp(m->name + c->root_size, code, (size_t)size))
            return true;
    }
    return member_called(c, "constants.pkl") != NULL;
}

static inspyr_status damaged(const checkpoint *c, const char *name)
{
    return failed(c->error, INSPYR_ERR_WEIGHTS,
                  "%s does not have the checksum that the archive says: damaged; download it again", name);
}

static inspyr_status check_version(const checkpoint *c)
{
    const zip_member *version = member_called(c, "version"), *order = member_called(c, "byteorder");
    int number = 0;

    if (!version)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "no checkpoint: the archive has no member \"version\"");
    for (size_t i = 0; i < version->size && i < 3 && version->data[i] >= '0' && version->data[i] <= '9'; i++)
        number = 10 * number + (version->data[i] - '0');
    if (number < VERSION_LEAST || number > VERSION_MOST)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "a checkpoint of a version other than %d to %d",
                      VERSION_LEAST, VERSION_MOST);
    if (!zip_intact(version->data, version->size, version->crc))
        return damaged(c, "version");
    if (!order)
        return INSPYR_OK;
    if (order->size != 6 || memcmp(order->data, "little", 6) != 0)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "a checkpoint whose byte order is not little endian");
    return zip_intact(order->data, order->size, order->crc) ? INSPYR_OK : damaged(c, "byteorder");
}

static inspyr_status open_archive(checkpoint *c)
{
    const zip_member *program;
    inspyr_status status = zip_open(&c->archive, c->w->bytes, c->w->size, &c->w->allocator, c->error);

    if (status == INSPYR_OK)
        status = find_root(c);
    if (status)
        return status;
    if (has_code(c))
        return failed(c->error, INSPYR_ERR_WEIGHTS, ZIP_PROGRAM);
    program = member_called(c, "data.pkl");
    if (!program)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "no checkpoint: the archive has no member \"data.pkl\"");
    status = check_version(c);
    if (status)
        return status;
    if (!zip_intact(program->data, program->size, program->crc))
        return damaged(c, "data.pkl");
    return pickle_read(&c->described, program->data, program->size, &c->w->allocator, c->error);
}

/* The part that a storage is; made when the first tensor lies in it. */
static inspyr_status find_part(checkpoint *c, const weights_tensor *t, const pickle_storage *storage,
                               const weights_part **part)
{
    weights *w = c->w;
    char name[sizeof "data/" + PICKLE_KEY];
    int32_t index,
        length = snprintf(name, sizeof name, "data/%.*s", (int)storage->key.size, storage->key.bytes);
    const zip_member *m = member(c, name, length, &index);
    size_t bytes;

    if (!m)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "%s: the archive lacks its numbers", t->name);
    if (storage->count < 1 || (uint64_t)storage->count > SIZE_MAX ||
        !multiply(&bytes, (size_t)storage->count, weights_width(storage->type)) || bytes != m->size)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "%s: %lld numbers in %zu bytes", t->name,
                      (long long)storage->count, m->size);
    if (c->part_of[index] < 0) {
        c->part_of[index] = w->part_count;
        w->parts[w->part_count++] = (weights_part){ .data = m->data,
                                                    .size = m->size,
                                                    .name = m->name + c->root_size,
                                                    .name_size = m->name_size - c->root_size,
                                                    .crc = m->crc,
                                                    .type = storage->type,
                                                    .tensor = (int32_t)(t - w->tensors) };
    }
    *part = &w->parts[c->part_of[index]];
    if ((*part)->type != storage->type)
        return failed(c->error, INSPYR_ERR_WEIGHTS, "%s: shares numbers with a tensor of another type",
                      t->name);
    return INSPYR_OK;
}

/* Names and places; *room: bytes of the tensors that have to be gathered. */
static inspyr_status place_tensors(checkpoint *c, size_t *room)
{
    weights *w = c->w;
    char *text = w->texts;
    size_t all = 0;

    for (int32_t i = 0; i < c->described.count; i++) {
        const pickle_named *named = &c->described.named[i];
        weights_tensor *t = &w->tensors[w->count++];
        const weights_part *part = NULL;
        inspyr_status status;
        size_t bytes = 0;
        bool gathered;

        memcpy(text, named->name.bytes, (size_t)named->name.size);
        text[named->name.size] = '\0';
        t->name = text;
        text += named->name.size + 1;
        status = find_part(c, t, &c->described.storages[named->tensor.storage], &part);
        if (status == INSPYR_OK)
            status = pth_place(t, &named->tensor, part, c->error);
        if (status)
            return status;
        /* Strides may repeat numbers, and tensors share storages, but not so often that a small file fills the
         * memory of whoever gathers or packs them. */
        gathered = !pth_in_row(&named->tensor);
        if (gathered && (!multiply(&bytes, t->count, weights_width(t->type)) || bytes > w->size - *room))
            return failed(c->error, INSPYR_ERR_WEIGHTS,
                          "%s: repeats its numbers to more bytes than the file has", t->name);
        if (gathered)
            *room += bytes;
        all += t->count * weights_width(t->type);
        if (all > 2 * w->size)
            return failed(c->error, INSPYR_ERR_WEIGHTS,
                          "%s: up to here, tensors that share their numbers make twice the file", t->name);
    }
    return INSPYR_OK;
}

static inspyr_status gather_tensors(checkpoint *c, size_t room)
{
    weights *w = c->w;
    unsigned char *to = w->gathered = memory_take(&w->allocator, room);

    if (!to)
        return failed(c->error, INSPYR_ERR_MEMORY, "no room for %zu bytes of tensors", room);
    for (int32_t i = 0; i < w->count; i++) {
        weights_tensor *t = &w->tensors[i];

        if (pth_in_row(&c->described.named[i].tensor))
            continue;
        pth_gather(to, t, &c->described.named[i].tensor);
        t->data = to;
        to += t->count * weights_width(t->type);
    }
    return INSPYR_OK;
}

static inspyr_status take_room(checkpoint *c)
{
    weights *w = c->w;
    const size_t count = (size_t)c->described.count, members = (size_t)c->archive.count;
    size_t texts = 0;

    for (size_t i = 0; i < count; i++)
        texts += (size_t)c->described.named[i].name.size + 1;
    w->tensors = memory_array(&w->allocator, count, sizeof *w->tensors);
    w->parts = memory_array(&w->allocator, count, sizeof *w->parts);
    w->texts = memory_take(&w->allocator, texts);
    c->part_of = memory_array(&w->allocator, members, sizeof *c->part_of);
    if (!w->tensors || !w->parts || !w->texts || !c->part_of)
        return failed(c->error, INSPYR_ERR_MEMORY, "no room for %zu tensors", count);
    memset(w->tensors, 0, count * sizeof *w->tensors);
    for (size_t i = 0; i < members; i++)
        c->part_of[i] = -1;
    return INSPYR_OK;
}

inspyr_status pth_read(weights *w, inspyr_error *error)
{
    checkpoint c = { .w = w, .error = error };
    size_t room = 0;
    inspyr_status status = open_archive(&c);

    if (status == INSPYR_OK)
        status = take_room(&c);
    if (status == INSPYR_OK)
        status = place_tensors(&c, &room);
    if (status == INSPYR_OK && room)
        status = gather_tensors(&c, room);
    w->container = "pth";
    w->directory = c.archive.directory;
    w->directory_size = c.archive.directory_size;
    memory_give(&w->allocator, c.part_of);
    pickle_free(&c.described);
    zip_close(&c.archive);
    return status;
}

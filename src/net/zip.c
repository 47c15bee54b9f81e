#include "net/zip.h"

#include <libdeflate.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/status.h"
#include "base/text.h"
#include "net/zip_bytes.h"
#include "net/zip_end.h"

#define ENTRY_SIZE 46
#define ENTRY_MARK 0x02014b50
#define HEADER_SIZE 30
#define HEADER_MARK 0x04034b50
#define MEMBERS_MAX 131072
#define WIDE_EXTRA 0x0001 /* the extra field of zip64 */

#define FLAGS_KNOWN 0x0808  /* sizes follow the data; names in UTF-8 */
#define FLAGS_SECRET 0x2041 /* encrypted, in one of three ways */

typedef struct entry {
    uint64_t packed, size, place;
    uint32_t flags, method, crc;
} entry;

static inspyr_status wrong(const zip_member *m, const char *reason, inspyr_error *error)
{
    return failed(error, INSPYR_ERR_WEIGHTS, "%.*s: %s", (int)m->name_size, m->name, reason);
}

/* The numbers that did not fit into the entry, in the order of their places there. */
static bool read_wide(entry *e, const unsigned char *extra, size_t size)
{
    uint64_t *const wide[] = { &e->size, &e->packed, &e->place };
    bool found = false;

    while (size >= 4) {
        size_t length = zip_u16(extra + 2), at = 4;

        if (length > size - 4)
            return false;
        if (zip_u16(extra) == WIDE_EXTRA) {
            if (found)
                return false;
            found = true;
            for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
                if (*wide[i] == 0xFFFFFFFF) {
                    if (at + 8 > length + 4)
                        return false;
                    *wide[i] = zip_u64(extra + at);
                    at += 8;
                }
        }
        extra += 4 + length;
        size -= 4 + length;
    }
    return size == 0 && (found || (e->size != 0xFFFFFFFF && e->packed != 0xFFFFFFFF && e->place != 0xFFFFFFFF));
}

/* torch.jit compresses what is below code/, so such an archive would be told for that, not for what it is. */
static bool in_code(const zip_member *m)
{
    static const char code[] = "/code/";
    const int32_t size = (int32_t)sizeof code - 1;

    for (int32_t i = 0; i + size <= m->name_size; i++)
        if (!memcmp(m->name + i, code, (size_t)size))
            return true;
    return false;
}

static inspyr_status check_entry(const zip_member *m, const entry *e, inspyr_error *error)
{
    if (e->flags & FLAGS_SECRET)
        return wrong(m, "encrypted", error);
    if (e->flags & ~(uint32_t)FLAGS_KNOWN)
        return wrong(m, "unknown flags", error);
    if (e->method != 0 && in_code(m))
        return failed(error, INSPYR_ERR_WEIGHTS, ZIP_PROGRAM);
    if (e->method != 0)
        return wrong(m, "compressed, which torch.save never does: load it with torch and save it again", error);
    if (e->packed != e->size)
        return wrong(m, "two sizes for one member that is not compressed", error);
    return INSPYR_OK;
}

/* The header before the data says the same as the directory, and the data end before the directory. */
static inspyr_status check_header(zip_member *m, const entry *e, const unsigned char *bytes, uint64_t limit,
                                  inspyr_error *error)
{
    static const char elsewhere[] = "its header is not where the directory says";
    const unsigned char *header;
    uint64_t room;

    if (limit < HEADER_SIZE || e->place > limit - HEADER_SIZE)
        return wrong(m, elsewhere, error);
    header = bytes + e->place;
    if (zip_u32(header) != HEADER_MARK)
        return wrong(m, elsewhere, error);
    room = limit - e->place - HEADER_SIZE;
    if (zip_u32(header + 6) != (e->flags | e->method << 16))
        return wrong(m, "header and directory contradict each other", error);
    if (zip_u16(header + 26) != (uint32_t)m->name_size || (uint32_t)m->name_size > room ||
        memcmp(header + HEADER_SIZE, m->name, (size_t)m->name_size) != 0)
        return wrong(m, "has another name in its header", error);
    room -= (uint32_t)m->name_size;
    if (zip_u16(header + 28) > room || e->size > room - zip_u16(header + 28))
        return wrong(m, "reaches beyond the data of the archive", error);
    if (!(e->flags & 8) && (zip_u32(header + 14) != e->crc ||
                            (zip_u32(header + 18) != e->size && zip_u32(header + 18) != 0xFFFFFFFF)))
        return wrong(m, "header and directory contradict each other", error);
    m->header = header;
    m->data = header + HEADER_SIZE + m->name_size + zip_u16(header + 28);
    m->size = (size_t)e->size;
    m->crc = e->crc;
    return INSPYR_OK;
}

/* One entry of the directory; *used: its bytes. */
static inspyr_status read_member(zip_member *m, size_t *used, const unsigned char *p, size_t room,
                                 const unsigned char *bytes, uint64_t limit, inspyr_error *error)
{
    size_t name, extra, comment;
    inspyr_status status;
    entry e;

    if (room < ENTRY_SIZE || zip_u32(p) != ENTRY_MARK)
        return failed(error, INSPYR_ERR_WEIGHTS, "the archive's directory is damaged");
    name = zip_u16(p + 28);
    extra = zip_u16(p + 30);
    comment = zip_u16(p + 32);
    if (name + extra + comment > room - ENTRY_SIZE)
        return failed(error, INSPYR_ERR_WEIGHTS, "the archive's directory is damaged");
    if (!name || name > ZIP_NAME || !text_printable((const char *)p + ENTRY_SIZE, name))
        return failed(error, INSPYR_ERR_WEIGHTS, "a member's name is empty, too long or not printable");
    m->name = (const char *)p + ENTRY_SIZE;
    m->name_size = (int32_t)name;
    e = (entry){ .flags = zip_u16(p + 8),
                 .method = zip_u16(p + 10),
                 .crc = zip_u32(p + 16),
                 .packed = zip_u32(p + 20),
                 .size = zip_u32(p + 24),
                 .place = zip_u32(p + 42) };
    if (zip_u16(p + 34) != 0)
        return wrong(m, "in another volume", error);
    if (!read_wide(&e, p + ENTRY_SIZE + name, extra))
        return wrong(m, "a damaged extra field", error);
    status = check_entry(m, &e, error);
    *used = ENTRY_SIZE + name + extra + comment;
    return status ? status : check_header(m, &e, bytes, limit, error);
}

static int by_place(const void *a, const void *b)
{
    const zip_member *first = a, *second = b;

    return (first->header > second->header) - (first->header < second->header);
}

static int compare_names(const char *a, int32_t a_size, const char *b, int32_t b_size)
{
    int order = memcmp(a, b, (size_t)(a_size < b_size ? a_size : b_size));

    return order ? order : (a_size > b_size) - (a_size < b_size);
}

static int by_name(const void *a, const void *b)
{
    const zip_member *first = a, *second = b;

    return compare_names(first->name, first->name_size, second->name, second->name_size);
}

/* Leaves the members sorted by name. */
static inspyr_status check_together(zip_archive *archive, inspyr_error *error)
{
    zip_member *m = archive->members;
    const size_t count = (size_t)archive->count;

    qsort(m, count, sizeof *m, by_place);
    for (size_t i = 1; i < count; i++)
        if (m[i].header < m[i - 1].data + m[i - 1].size)
            return wrong(&m[i], "lies over another member", error);
    qsort(m, count, sizeof *m, by_name);
    for (size_t i = 1; i < count; i++)
        if (!by_name(&m[i - 1], &m[i]))
            return wrong(&m[i], "two members of this name", error);
    return INSPYR_OK;
}

static inspyr_status read_directory(zip_archive *archive, const unsigned char *bytes, const zip_end *end,
                                    inspyr_error *error)
{
    size_t at = 0, used = 0;
    inspyr_status status;

    for (uint64_t i = 0; i < end->members; i++, at += used) {
        status = read_member(&archive->members[i], &used, archive->directory + at, archive->directory_size - at,
                             bytes, end->place, error);
        if (status)
            return status;
        archive->count++;
    }
    if (at != archive->directory_size)
        return failed(error, INSPYR_ERR_WEIGHTS, "%zu bytes behind the last entry of the archive's directory",
                      archive->directory_size - at);
    return check_together(archive, error);
}

inspyr_status zip_open(zip_archive *out, const void *bytes, size_t size, const inspyr_allocator *allocator,
                       inspyr_error *error)
{
    inspyr_status status;
    zip_end end;

    *out = (zip_archive){ 0 };
    status = zip_find_end(&end, bytes, size, error);
    if (status)
        return status;
    if (end.members > MEMBERS_MAX)
        return failed(error, INSPYR_ERR_WEIGHTS, "%llu members in an archive are more than %d",
                      (unsigned long long)end.members, MEMBERS_MAX);
    if (end.members > end.size / ENTRY_SIZE)
        return failed(error, INSPYR_ERR_WEIGHTS, "%llu members in a directory of %llu bytes",
                      (unsigned long long)end.members, (unsigned long long)end.size);
    *out = (zip_archive){ .allocator = *allocator,
                          .directory = (const unsigned char *)bytes + end.place,
                          .directory_size = (size_t)end.size };
    out->members = memory_array(allocator, (size_t)end.members, sizeof *out->members);
    if (!out->members)
        status = failed(error, INSPYR_ERR_MEMORY, "no room for %d members", (int)end.members);
    else
        status = read_directory(out, bytes, &end, error);
    if (status)
        zip_close(out);
    return status;
}

void zip_close(zip_archive *archive)
{
    if (archive->members)
        memory_give(&archive->allocator, archive->members);
    *archive = (zip_archive){ 0 };
}

int32_t zip_find(const zip_archive *archive, const char *name, size_t name_size)
{
    int32_t low = 0, high = archive->count;

    if (name_size > ZIP_NAME)
        return -1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const zip_member *m = &archive->members[middle];
        int order = compare_names(name, (int32_t)name_size, m->name, m->name_size);

        if (!order)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

bool zip_intact(const unsigned char *data, size_t size, uint32_t crc)
{
    return libdeflate_crc32(0, data, size) == crc;
}

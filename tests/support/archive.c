#include "support/archive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

void made_add(made *m, const void *bytes, size_t size)
{
    if (m->size + size > m->room) {
        m->room = 2 * (m->size + size);
        m->bytes = realloc(m->bytes, m->room);
        assert_non_null(m->bytes);
    }
    memcpy(m->bytes + m->size, bytes, size);
    m->size += size;
}

void made_number(made *m, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = i < 8 ? (unsigned char)(number >> 8 * i) : 0;

        made_add(m, &byte, 1);
    }
}

void made_text(made *m, const char *text)
{
    MADE_TEXT(m, "X");
    made_number(m, strlen(text), 4);
    made_add(m, text, strlen(text));
}

void made_integer(made *m, int64_t number)
{
    if (number >= 0 && number < 256) {
        MADE_TEXT(m, "K");
        made_number(m, (uint64_t)number, 1);
    } else if (number >= INT32_MIN && number <= INT32_MAX) {
        MADE_TEXT(m, "J");
        made_number(m, (uint64_t)number, 4);
    } else {
        MADE_TEXT(m, "\x8A\x08");
        made_number(m, (uint64_t)number, 8);
    }
}

static void made_tuple(made *m, const int64_t *numbers, int32_t count)
{
    MADE_TEXT(m, "(");
    for (int32_t i = 0; i < count; i++)
        made_integer(m, numbers[i]);
    MADE_TEXT(m, "t");
}

void made_tensor(made *m, const tensor_described *t)
{
    MADE_TEXT(m, "ctorch._utils\n_rebuild_tensor_v2\n((");
    made_text(m, "storage");
    MADE_TEXT(m, "ctorch\n");
    made_add(m, t->storage, strlen(t->storage));
    MADE_TEXT(m, "\n");
    made_text(m, t->key);
    made_text(m, "cpu");
    made_integer(m, t->count);
    MADE_TEXT(m, "tQ");
    made_integer(m, t->offset);
    made_tuple(m, t->shape, t->dimensions);
    made_tuple(m, t->strides, t->dimensions);
    MADE_TEXT(m, "\x89"
                 "ccollections\nOrderedDict\n)RtR");
}

made pickle_of(const tensor_described *tensors, size_t count)
{
    made m = { 0 };

    MADE_TEXT(&m, "\x80\x02"
                  "ccollections\nOrderedDict\n)R(");
    for (size_t i = 0; i < count; i++) {
        made_text(&m, tensors[i].name);
        made_tensor(&m, &tensors[i]);
    }
    MADE_TEXT(&m, "u.");
    return m;
}

static uint32_t crc32_of(const unsigned char *bytes, size_t size)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
    }
    return ~crc;
}

static void add_header(made *m, const archive_member *member, uint32_t crc, unsigned style)
{
    const bool streamed = style & ARCHIVE_STREAMED;

    MADE_TEXT(m, "PK\3\4");
    made_number(m, 0, 2);
    made_number(m, streamed ? 0x0808 : 0, 2);
    made_number(m, 0, 2 + 4); /* method, time */
    made_number(m, streamed ? 0 : crc, 4);
    made_number(m, streamed ? 0 : member->size, 4);
    made_number(m, streamed ? 0 : member->size, 4);
    made_number(m, strlen(member->name), 2);
    made_number(m, 6, 2); /* an extra field, as torch.save has one for alignment */
    made_add(m, member->name, strlen(member->name));
    MADE_TEXT(m, "FB\2\0ZZ");
}

static void add_entry(made *m, const archive_member *member, uint32_t crc, size_t place, unsigned style)
{
    const bool wide = style & ARCHIVE_WIDE_ENTRIES;

    MADE_TEXT(m, "PK\1\2");
    made_number(m, 0, 4);
    made_number(m, style & ARCHIVE_STREAMED ? 0x0808 : 0, 2);
    made_number(m, 0, 2 + 4);
    made_number(m, crc, 4);
    made_number(m, wide ? 0xFFFFFFFF : member->size, 4);
    made_number(m, wide ? 0xFFFFFFFF : member->size, 4);
    made_number(m, strlen(member->name), 2);
    made_number(m, wide ? 4 + 24 : 0, 2);
    made_number(m, 0, 2 + 2 + 2 + 4); /* comment, volume, attributes */
    made_number(m, wide ? 0xFFFFFFFF : place, 4);
    made_add(m, member->name, strlen(member->name));
    if (wide) {
        made_number(m, 1, 2);
        made_number(m, 24, 2);
        made_number(m, member->size, 8);
        made_number(m, member->size, 8);
        made_number(m, place, 8);
    }
}

static void add_end(made *m, archive_made *a, unsigned style)
{
    const size_t size = m->size - a->directory;

    a->record = m->size;
    if (style & ARCHIVE_WIDE_END) {
        MADE_TEXT(m, "PK\6\6");
        made_number(m, 44, 8);
        made_number(m, 0, 2 + 2 + 4 + 4);
        made_number(m, a->count, 8);
        made_number(m, a->count, 8);
        made_number(m, size, 8);
        made_number(m, a->directory, 8);
        MADE_TEXT(m, "PK\6\7");
        made_number(m, 0, 4);
        made_number(m, a->record, 8);
        made_number(m, 1, 4);
    }
    a->end = m->size;
    MADE_TEXT(m, "PK\5\6");
    made_number(m, 0, 4);
    made_number(m, a->count, 2);
    made_number(m, a->count, 2);
    made_number(m, size, 4);
    made_number(m, a->directory, 4);
    made_number(m, 0, 2);
}

archive_made archive_of(const archive_member *members, size_t count, unsigned style)
{
    archive_made a = { .count = count };
    made m = { 0 };

    assert_in_range(count, 0, ARCHIVE_MEMBERS);
    for (size_t i = 0; i < count; i++) {
        uint32_t crc = crc32_of(members[i].data, members[i].size);

        a.headers[i] = m.size;
        add_header(&m, &members[i], crc, style);
        a.data[i] = m.size;
        made_add(&m, members[i].data, members[i].size);
        if (style & ARCHIVE_STREAMED) {
            MADE_TEXT(&m, "PK\7\10");
            made_number(&m, crc, 4);
            made_number(&m, members[i].size, 4);
            made_number(&m, members[i].size, 4);
        }
    }
    a.directory = m.size;
    for (size_t i = 0; i < count; i++) {
        a.entries[i] = m.size;
        add_entry(&m, &members[i], crc32_of(members[i].data, members[i].size), a.headers[i], style);
    }
    add_end(&m, &a, style);
    a.bytes = realloc(m.bytes, m.size); /* a sanitizer sees one byte too far */
    assert_non_null(a.bytes);
    a.size = m.size;
    return a;
}

void archive_patch(archive_made *archive, size_t place, uint64_t number, size_t size)
{
    assert_true(place + size <= archive->size);
    for (size_t i = 0; i < size; i++)
        archive->bytes[place + i] = (unsigned char)(number >> 8 * i);
}

archive_made checkpoint_of(const made *pickle, const archive_member *storages, size_t count)
{
    archive_member members[ARCHIVE_MEMBERS] = { { "root/data.pkl", pickle->bytes, pickle->size },
                                                { "root/byteorder", "little", 6 } };

    assert_in_range(count, 0, ARCHIVE_MEMBERS - 3);
    for (size_t i = 0; i < count; i++)
        members[2 + i] = storages[i];
    members[2 + count] = (archive_member){ "root/version", "3\n", 2 };
    return archive_of(members, 3 + count, ARCHIVE_STREAMED | ARCHIVE_WIDE_END);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/zip.h"
#include "support/archive.h"
#include "support/scarce.h"

static const archive_member three[] = { { "r/b", "second", 6 }, { "r/a", "first", 5 }, { "r/bc", "", 0 } };

static archive_made archive_of_three(unsigned style)
{
    return archive_of(three, 3, style);
}

static void refuse(const archive_made *a, const char *reason)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_error error = { 0 };
    zip_archive zip;

    if (zip_open(&zip, a->bytes, a->size, &allocator, &error) != INSPYR_ERR_WEIGHTS)
        fail_msg("not refused: %s", reason);
    if (!strstr(error.message, reason))
        fail_msg("\"%s\" instead of \"%s\"", error.message, reason);
    assert_null(zip.members);
    assert_int_equal(s.balance, 0);
}

static void an_archive_of_any_style_opens(void **state)
{
    (void)state;
    for (unsigned style = 0; style < 8; style++) {
        archive_made a = archive_of_three(style);
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, -1);
        inspyr_error error;
        zip_archive zip;

        if (zip_open(&zip, a.bytes, a.size, &allocator, &error))
            fail_msg("style %u: %s", style, error.message);
        assert_int_equal(zip.count, 3);
        assert_ptr_equal(zip.directory, a.bytes + a.directory);
        assert_int_equal(zip.directory_size, a.record - a.directory);
        for (size_t i = 0; i < 3; i++) {
            int32_t index = zip_find(&zip, three[i].name, strlen(three[i].name));
            const zip_member *m = &zip.members[index];

            assert_in_range(index, 0, 2);
            assert_ptr_equal(m->data, a.bytes + a.data[i]);
            assert_int_equal(m->size, three[i].size);
            assert_true(zip_intact(m->data, m->size, m->crc));
            assert_false(zip_intact(m->data, m->size, m->crc ^ 1));
        }
        assert_int_equal(zip_find(&zip, "r/", 2), -1);
        assert_int_equal(zip_find(&zip, "r/bcd", 5), -1);
        assert_int_equal(zip_find(&zip, "", 0), -1);
        zip_close(&zip);
        assert_int_equal(s.balance, 0);
        free(a.bytes);
    }
}

static void an_empty_archive_opens(void **state)
{
    archive_made a = archive_of(NULL, 0, ARCHIVE_PLAIN);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    zip_archive zip;

    (void)state;
    assert_int_equal(zip_open(&zip, a.bytes, a.size, &allocator, NULL), INSPYR_OK);
    assert_int_equal(zip.count, 0);
    assert_int_equal(zip_find(&zip, "r/a", 3), -1);
    zip_close(&zip);
    zip_close(&zip);
    free(a.bytes);
}

typedef enum place { HEADER, ENTRY, RECORD, END } place;

static size_t place_in(const archive_made *a, place where)
{
    const size_t places[] = { a->headers[1], a->entries[1], a->record, a->end };

    return places[where];
}

static void a_number_that_lies_is_refused(void **state)
{
    static const struct {
        place where;
        size_t at, size;
        uint64_t number;
        unsigned style;
        const char *reason;
    } lies[] = {
        { HEADER, 0, 4, 0, 0, "r/a: its header is not where" },
        { HEADER, 6, 2, 0x0800, 0, "r/a: header and directory contradict" },
        { HEADER, 8, 2, 8, 0, "r/a: header and directory contradict" },
        { HEADER, 14, 4, 1, 0, "r/a: header and directory contradict" },
        { HEADER, 18, 4, 4, 0, "r/a: header and directory contradict" },
        { HEADER, 26, 2, 4, 0, "r/a: has another name" },
        { HEADER, 28, 2, 0xFFFF, 0, "r/a: reaches beyond" },
        { HEADER, 30, 1, 'q', 0, "r/a: has another name" },
        { HEADER, 28, 2, 12, 0, "r/bc: lies over another" },
        { ENTRY, 0, 4, 0, 0, "directory is damaged" },
        { ENTRY, 8, 2, 1, 0, "r/a: encrypted" },
        { ENTRY, 8, 2, 0x40, 0, "r/a: encrypted" },
        { ENTRY, 8, 2, 0x2000, 0, "r/a: encrypted" },
        { ENTRY, 8, 2, 0x20, 0, "r/a: unknown flags" },
        { ENTRY, 10, 2, 8, 0, "r/a: compressed, which torch.save never does" },
        { ENTRY, 16, 4, 1, 0, "r/a: header and directory contradict" },
        { ENTRY, 20, 4, 4, 0, "r/a: two sizes" },
        { ENTRY, 24, 4, 0xFFFFFFFE, 0, "r/a: two sizes" },
        { ENTRY, 20, 8, 0xFFFFFFFFFFFFFFFF, 0, "r/a: a damaged extra field" },
        { ENTRY, 20, 8, 0x0000FFFF0000FFFF, 0, "r/a: reaches beyond" },
        { ENTRY, 20, 8, 0x0000000600000006, 0, "r/a: header and directory contradict" },
        { ENTRY, 28, 2, 0, 0, "a member's name is empty" },
        { ENTRY, 28, 2, 192, 0, "directory is damaged" },
        { ENTRY, 28, 2, 4, 0, "r/aP: has another name" },
        { ENTRY, 30, 2, 2, 0, "a damaged extra field" },
        { ENTRY, 32, 2, 0xFFFF, 0, "directory is damaged" },
        { ENTRY, 34, 2, 1, 0, "r/a: in another volume" },
        { ENTRY, 42, 4, 0, 0, "r/a: has another name" },
        { ENTRY, 42, 4, 0xFFFFFFFE, 0, "r/a: its header is not where" },
        { ENTRY, 46, 1, '\n', 0, "not printable" },
        { ENTRY, 46, 1, 0xFF, 0, "not printable" },
        { ENTRY, 49, 2, 2, ARCHIVE_WIDE_ENTRIES, "r/a: a damaged extra field" },
        { ENTRY, 51, 2, 20, ARCHIVE_WIDE_ENTRIES, "r/a: a damaged extra field" },
        { ENTRY, 51, 2, 25, ARCHIVE_WIDE_ENTRIES, "r/a: a damaged extra field" },
        { ENTRY, 53, 8, UINT64_MAX, ARCHIVE_WIDE_ENTRIES, "r/a: two sizes" },
        { ENTRY, 69, 8, UINT64_MAX, ARCHIVE_WIDE_ENTRIES, "r/a: its header is not where" },
        { ENTRY, 69, 8, UINT64_MAX - 40, ARCHIVE_WIDE_ENTRIES, "r/a: its header is not where" },
        { RECORD, 0, 4, 0, ARCHIVE_WIDE_END, "not where its locator says" },
        { RECORD, 4, 8, 45, ARCHIVE_WIDE_END, "not where its locator says" },
        { RECORD, 16, 4, 1, ARCHIVE_WIDE_END, "several volumes" },
        { RECORD, 20, 4, 1, ARCHIVE_WIDE_END, "several volumes" },
        { RECORD, 24, 8, 2, ARCHIVE_WIDE_END, "several volumes" },
        { RECORD, 32, 8, UINT64_MAX, ARCHIVE_WIDE_END, "several volumes" },
        { RECORD, 40, 8, UINT64_MAX, ARCHIVE_WIDE_END, "contradict each other" },
        { RECORD, 48, 8, UINT64_MAX, ARCHIVE_WIDE_END, "contradict each other" },
        { RECORD, 56, 4, 0, ARCHIVE_WIDE_END, "does not end at byte" },
        { RECORD, 60, 4, 1, ARCHIVE_WIDE_END, "several volumes" },
        { RECORD, 64, 8, UINT64_MAX, ARCHIVE_WIDE_END, "not where its locator says" },
        { RECORD, 64, 8, 0, ARCHIVE_WIDE_END, "not where its locator says" },
        { RECORD, 72, 4, 2, ARCHIVE_WIDE_END, "several volumes" },
        { END, 0, 4, 0, 0, "cut short: the archive's end is missing" },
        { END, 4, 2, 1, 0, "several volumes" },
        { END, 6, 2, 1, 0, "several volumes" },
        { END, 8, 2, 2, 0, "several volumes" },
        { END, 8, 4, 0x00020002, 0, "bytes behind the last entry" },
        { END, 8, 4, 0x00020002, ARCHIVE_WIDE_END, "contradict each other" },
        { END, 8, 4, 0x00040004, 0, "4 members in a directory of" },
        { END, 8, 4, 0xFFFFFFFF, 0, "zip64 record is missing" },
        { END, 12, 4, 0xFFFFFFFF, 0, "zip64 record is missing" },
        { END, 12, 4, 0xFFFFFFFE, 0, "does not end at byte" },
        { END, 12, 4, 0, 0, "does not end at byte" },
        { END, 16, 4, 0, 0, "does not end at byte" },
        { END, 16, 4, 0xFFFFFFFE, 0, "does not end at byte" },
        { END, 20, 2, 1, 0, "cut short" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        archive_made a = archive_of_three(lies[i].style);

        archive_patch(&a, place_in(&a, lies[i].where) + lies[i].at, lies[i].number, lies[i].size);
        refuse(&a, lies[i].reason);
        free(a.bytes);
    }
}

static void too_many_members_are_refused_before_memory_is_taken(void **state)
{
    archive_made a = archive_of_three(ARCHIVE_WIDE_END);

    (void)state;
    archive_patch(&a, a.record + 24, 131073, 8);
    archive_patch(&a, a.record + 32, 131073, 8);
    archive_patch(&a, a.end + 8, 0xFFFFFFFF, 4);
    refuse(&a, "131073 members in an archive are more than 131072");
    free(a.bytes);
}

static void two_members_of_one_name_or_place_are_refused(void **state)
{
    static const archive_member same[] = { { "r/a", "1", 1 }, { "r/b", "2", 1 }, { "r/a", "3", 1 } };
    archive_made a = archive_of(same, 3, ARCHIVE_PLAIN);

    (void)state;
    refuse(&a, "r/a: two members of this name");
    archive_patch(&a, a.entries[2] + 42, a.headers[0], 4);
    archive_patch(&a, a.entries[2] + 16, 0x83DCEFB7, 4); /* the checksum of "1" */
    refuse(&a, "r/a: lies over another member");
    free(a.bytes);
}

static void a_name_is_as_long_as_a_message_can_hold(void **state)
{
    char name[193];

    (void)state;
    for (int length = 191; length <= 192; length++) {
        archive_made a;

        memset(name, 'n', sizeof name);
        name[length] = '\0';
        a = archive_of(&(archive_member){ name, "", 0 }, 1, ARCHIVE_PLAIN);
        archive_patch(&a, a.headers[0], 0, 4);
        refuse(&a, length == 191 ? "its header is not where" : "too long");
        free(a.bytes);
    }
}

static void what_follows_the_end_is_named(void **state)
{
    archive_made a = archive_of_three(ARCHIVE_PLAIN);

    (void)state;
    a.bytes = realloc(a.bytes, a.size + 3);
    assert_non_null(a.bytes);
    memcpy(a.bytes + a.size, "end", 3);
    a.size += 3;
    refuse(&a, "3 bytes behind the end of the archive");
    free(a.bytes);
}

static void an_archive_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (unsigned style = 0; style < 4; style++) {
        archive_made a = archive_of_three(style);

        for (size_t size = 0; size < a.size; size++) {
            archive_made cut = { .bytes = malloc(size + 1), .size = size };

            assert_non_null(cut.bytes);
            memcpy(cut.bytes, a.bytes, size);
            refuse(&cut, "cut short");
            free(cut.bytes);
        }
        free(a.bytes);
    }
}

static void an_archive_damaged_anywhere_stays_within_its_bytes(void **state)
{
    static const unsigned char damage[] = { 0, 1, 8, 0x7F, 0x80, 0xFF };

    (void)state;
    for (unsigned style = 0; style < 8; style++) {
        archive_made a = archive_of_three(style);
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, -1);

        for (size_t i = 0; i < a.size; i++)
            for (size_t k = 0; k < sizeof damage; k++) {
                unsigned char before = a.bytes[i];
                zip_archive zip;

                a.bytes[i] = damage[k];
                if (zip_open(&zip, a.bytes, a.size, &allocator, NULL) == INSPYR_OK)
                    for (int32_t n = 0; n < zip.count; n++) {
                        const zip_member *m = &zip.members[n];

                        assert_true(m->data >= a.bytes && m->data + m->size <= zip.directory);
                        zip_intact(m->data, m->size, m->crc);
                    }
                zip_close(&zip);
                a.bytes[i] = before;
            }
        assert_int_equal(s.balance, 0);
        free(a.bytes);
    }
}

static void its_allocation_may_fail(void **state)
{
    archive_made a = archive_of_three(ARCHIVE_PLAIN);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, 0);
    zip_archive zip;

    (void)state;
    assert_int_equal(zip_open(&zip, a.bytes, a.size, &allocator, NULL), INSPYR_ERR_MEMORY);
    assert_int_equal(s.asked, 1);
    assert_int_equal(s.balance, 0);
    free(a.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_of_any_style_opens),
        cmocka_unit_test(an_empty_archive_opens),
        cmocka_unit_test(a_number_that_lies_is_refused),
        cmocka_unit_test(too_many_members_are_refused_before_memory_is_taken),
        cmocka_unit_test(two_members_of_one_name_or_place_are_refused),
        cmocka_unit_test(a_name_is_as_long_as_a_message_can_hold),
        cmocka_unit_test(what_follows_the_end_is_named),
        cmocka_unit_test(an_archive_cut_anywhere_is_refused),
        cmocka_unit_test(an_archive_damaged_anywhere_stays_within_its_bytes),
        cmocka_unit_test(its_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

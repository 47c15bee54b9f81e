#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static char folder[] = "/tmp/inspyr_file_XXXXXX";
static char path[sizeof folder + 8];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/it", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void write_file(const char *text, const char *mode)
{
    FILE *f = fopen(path, mode);

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static void refuse(const char *which, size_t size_max, const char *reason)
{
    mapped_file file;
    inspyr_error error;

    memset(&file, 0xAA, sizeof file);
    assert_int_equal(file_map(&file, which, size_max, &error), INSPYR_ERR_FILE);
    assert_non_null(strstr(error.message, which));
    if (!strstr(error.message, reason))
        fail_msg("%s", error.message);
    assert_null(file.bytes);
    file_unmap(&file);
}

static void a_file_is_mapped_whole(void **state)
{
    mapped_file file;

    (void)state;
    write_file("hello", "w");
    assert_int_equal(file_map(&file, path, 5, NULL), INSPYR_OK);
    assert_int_equal(file.size, 5);
    assert_memory_equal(file.bytes, "hello", 5);
    file_unmap(&file);
    assert_null(file.bytes);
    file_unmap(&file);
}

static void what_is_no_readable_file_is_refused_with_a_reason(void **state)
{
    (void)state;
    refuse(path, SIZE_MAX, "No such file");
    refuse(folder, SIZE_MAX, "a directory");
    refuse("/dev/null", SIZE_MAX, "not a regular file");
    assert_int_equal(mkfifo(path, 0600), 0);
    refuse(path, SIZE_MAX, "not a regular file");
    unlink(path);
    write_file("", "w");
    refuse(path, SIZE_MAX, "empty");
    write_file("hello", "w");
    refuse(path, 4, "5 bytes are more than 4");
}

static void a_file_without_permission_is_refused(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads everything */
    write_file("hello", "w");
    assert_int_equal(chmod(path, 0), 0);
    refuse(path, SIZE_MAX, "Permission denied");
}

static void no_descriptor_is_left_open(void **state)
{
    mapped_file file;
    int before = dup(0), after;

    (void)state;
    close(before);
    write_file("hello", "w");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(file_map(&file, path, 5, NULL), INSPYR_OK);
        file_unmap(&file);
        assert_int_equal(file_map(&file, path, 4, NULL), INSPYR_ERR_FILE);
        assert_int_equal(file_map(&file, folder, 4, NULL), INSPYR_ERR_FILE);
    }
    after = dup(0);
    close(after);
    assert_int_equal(before, after);
}

static void a_file_is_the_same_until_it_is_replaced(void **state)
{
    mapped_file first, again, replaced;
    char other[sizeof path + 4];

    (void)state;
    write_file("hello", "w");
    assert_int_equal(file_map(&first, path, 5, NULL), INSPYR_OK);
    assert_int_equal(file_map(&again, path, 5, NULL), INSPYR_OK);
    assert_true(file_same(&first.identity, &again.identity));
    snprintf(other, sizeof other, "%s.old", path);
    assert_int_equal(rename(path, other), 0);
    write_file("HELLO", "w");
    assert_int_equal(file_map(&replaced, path, 5, NULL), INSPYR_OK);
    assert_false(file_same(&first.identity, &replaced.identity));
    assert_memory_equal(first.bytes, "hello", 5);
    file_unmap(&first);
    file_unmap(&again);
    file_unmap(&replaced);
    unlink(other);
}

static void a_file_that_was_written_to_is_another(void **state)
{
    mapped_file first, longer;

    (void)state;
    write_file("hello", "w");
    assert_int_equal(file_map(&first, path, 8, NULL), INSPYR_OK);
    write_file("!", "a");
    assert_int_equal(file_map(&longer, path, 8, NULL), INSPYR_OK);
    assert_false(file_same(&first.identity, &longer.identity));
    file_unmap(&first);
    file_unmap(&longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_file_is_mapped_whole, remove_file),
        cmocka_unit_test_teardown(what_is_no_readable_file_is_refused_with_a_reason, remove_file),
        cmocka_unit_test_teardown(a_file_without_permission_is_refused, remove_file),
        cmocka_unit_test_teardown(no_descriptor_is_left_open, remove_file),
        cmocka_unit_test_teardown(a_file_is_the_same_until_it_is_replaced, remove_file),
        cmocka_unit_test_teardown(a_file_that_was_written_to_is_another, remove_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

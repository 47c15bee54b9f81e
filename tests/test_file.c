#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

static void a_file_is_replaced_whole_and_by_its_owner_alone_to_be_read(void **state)
{
    const file_part parts[2] = { { "hello, ", 7 }, { "file", 4 } };
    mapped_file before, after;
    struct stat about;

    (void)state;
    write_file("old", "w");
    assert_int_equal(file_map(&before, path, 8, NULL), INSPYR_OK);
    assert_int_equal(file_replace(path, parts, 2, NULL), INSPYR_OK);
    assert_int_equal(file_map(&after, path, 16, NULL), INSPYR_OK);
    assert_memory_equal(before.bytes, "old", 3);
    assert_int_equal(after.size, 11);
    assert_memory_equal(after.bytes, "hello, file", 11);
    assert_int_equal(after.owner, geteuid());
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    file_unmap(&before);
    file_unmap(&after);
}

static int files_in_the_folder(void)
{
    DIR *d = opendir(folder);
    int count = 0;

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        count += e->d_name[0] != '.';
    closedir(d);
    return count;
}

static void a_replacement_that_fails_leaves_the_old_file_and_nothing_else(void **state)
{
    struct rlimit limit, small;
    inspyr_error error;
    mapped_file file;
    void *block = calloc(1, 1 << 20);
    const file_part large = { block, 1 << 20 };

    (void)state;
    write_file("old", "w");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 4096;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(file_replace(path, &large, 1, &error), INSPYR_ERR_FILE);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(files_in_the_folder(), 1);
    assert_int_equal(file_map(&file, path, 8, NULL), INSPYR_OK);
    assert_memory_equal(file.bytes, "old", 3);
    file_unmap(&file);
    unlink(path); /* the folder must be empty when the group ends */
    free(block);
}

static void folders_are_made_with_those_above_them(void **state)
{
    char deep[sizeof path + 16];
    inspyr_error error;
    struct stat about;

    (void)state;
    snprintf(deep, sizeof deep, "%s/b/c", path);
    assert_int_equal(file_make_folder(deep, NULL), INSPYR_OK);
    assert_int_equal(file_make_folder(deep, NULL), INSPYR_OK);
    assert_int_equal(stat(deep, &about), 0);
    assert_true(S_ISDIR(about.st_mode));
    rmdir(deep);
    snprintf(deep, sizeof deep, "%s/b", path);
    rmdir(deep);
    rmdir(path);
    write_file("in the way", "w");
    assert_int_equal(file_make_folder(path, &error), INSPYR_ERR_FILE);
    assert_non_null(strstr(error.message, "not a folder"));
    snprintf(deep, sizeof deep, "%s/b", path);
    assert_int_equal(file_make_folder(deep, &error), INSPYR_ERR_FILE);
}

static void what_is_forgotten_is_read_again(void **state)
{
    mapped_file file;
    char text[3 * 4096 + 1];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    write_file(text, "w");
    assert_int_equal(file_map(&file, path, sizeof text, NULL), INSPYR_OK);
    file_read_ahead(&file);
    file_forget((const char *)file.bytes + 5, file.size - 5);
    assert_memory_equal(file.bytes, text, sizeof text - 1);
    file_unmap(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_file_is_mapped_whole, remove_file),
        cmocka_unit_test_teardown(what_is_no_readable_file_is_refused_with_a_reason, remove_file),
        cmocka_unit_test_teardown(a_file_without_permission_is_refused, remove_file),
        cmocka_unit_test_teardown(no_descriptor_is_left_open, remove_file),
        cmocka_unit_test_teardown(a_file_is_replaced_whole_and_by_its_owner_alone_to_be_read, remove_file),
        cmocka_unit_test_teardown(a_replacement_that_fails_leaves_the_old_file_and_nothing_else, remove_file),
        cmocka_unit_test_teardown(folders_are_made_with_those_above_them, remove_file),
        cmocka_unit_test_teardown(what_is_forgotten_is_read_again, remove_file),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

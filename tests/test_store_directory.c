#define _XOPEN_SOURCE 700 /* nftw */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/scarce.h"
#include "support/store_place.h"

static void what_was_put_lies_under_hexadecimal_names(void **state)
{
    struct stat about;
    place p;

    (void)state;
    place_begin(&p, 0);
    assert_int_equal(place_put(&p, 1, 1000), 0);
    assert_int_equal(place_put(&p, 1, 2000), 0);
    assert_int_equal(place_size(&p, 1), 2000);
    assert_int_equal(place_size(&p, 2), 0);
    assert_int_equal(place_files(&p), 1);
    assert_int_equal(strlen(place_last), strlen(p.path) + strlen("/ab/c/") + 129);
    assert_int_equal(strspn(place_last + strlen(p.path), "0123456789abcdef/-"), strlen("/ab/c/") + 129);
    assert_int_equal(stat(place_last, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_true(about.st_mtime > time(NULL) + TTL_MS / 1000 - 60);
    place_end(&p);
}

static void no_other_name_comes_near_the_disk(void **state)
{
    static const char *const names[] = {
        "",          "1/",      "/etc/passwd",
        "1/../../x", "2/ab/cd", "1/../../../../../../../../../../../../../../../../../../../tmp/aa/bb"
    };
    inspyr_bytes bytes;
    place p;

    (void)state;
    place_begin(&p, 0);
    place_put(&p, 1, 100);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(p.hooks.get(p.hooks.user, names[i], &bytes, MS), 0);
        assert_int_equal(p.hooks.put(p.hooks.user, names[i], "x", 1, TTL_MS), 0);
        assert_int_equal(p.hooks.remove(p.hooks.user, names[i]), 0);
    }
    assert_int_equal(place_files(&p), 1);
    place_end(&p);
}

static void names_and_pictures_are_removed(void **state)
{
    char prefix[INSPYR_CACHE_NAME_MAX];
    place p;

    (void)state;
    place_begin(&p, 0);
    for (int i = 0; i < 30; i++)
        place_put(&p, i, 100);
    assert_int_equal(p.hooks.remove(p.hooks.user, place_name(5)), 0);
    assert_int_equal(p.hooks.remove(p.hooks.user, place_name(5)), 0);
    assert_int_equal(place_files(&p), 29);
    snprintf(prefix, sizeof prefix, "%.*s", 2 + 64 + 1, place_name(15));
    assert_int_equal(p.hooks.remove(p.hooks.user, prefix), 0);
    for (int i = 0; i < 30; i++)
        assert_int_equal(place_size(&p, i), i == 5 || i / 10 == 1 ? 0 : 100);
    place_end(&p);
}

static void beyond_the_limit_the_oldest_go(void **state)
{
    place p;

    (void)state;
    place_begin(&p, 100 * KB);
    for (int i = 0; i < 9; i++) {
        place_put(&p, i, 10 * KB);
        place_files(&p);
    }
    for (int i = 0; i < 9; i++) { /* the same moment, as far as the file system can tell: make a difference */
        char path[300];

        snprintf(path, sizeof path, "%s/%.2s/%.1s/%.64s-%.64s", p.path, place_name(i) + 2, place_name(i) + 4,
                 place_name(i) + 2, place_name(i) + 67);
        place_date(path, 100 + 10 * i);
    }
    place_put(&p, 10, 10 * KB);
    assert_int_equal(place_files(&p), 10);
    place_put(&p, 11, 10 * KB);
    assert_int_equal(place_files(&p), 9); /* 90 KB: a tenth of the limit is free again */
    for (int i = 0; i < 12; i++)
        assert_int_equal(place_size(&p, i) != 0, i >= 2 && i != 9);
    assert_int_equal(place_put(&p, 12, 101 * KB), 0);
    assert_int_equal(place_size(&p, 12), 0);
    place_end(&p);
}

static void what_is_too_old_or_left_over_is_swept(void **state)
{
    char path[400];
    place p;

    (void)state;
    place_begin(&p, 0);
    place_put(&p, 1, 100);
    assert_int_equal(place_files(&p), 1);
    place_date(place_last, -1);
    snprintf(path, sizeof path, "%s.aBcDeF", place_last);
    fclose(fopen(path, "w"));
    for (int i = 0; i < 255; i++)
        place_put(&p, 2, 100);
    assert_int_equal(place_files(&p), 3);
    place_put(&p, 2, 100);
    assert_int_equal(place_files(&p),
                     2); /* what looks like a temporary file may be one that is being written */
    assert_int_equal(place_size(&p, 1), 0);
    place_end(&p);
}

static void somebody_elses_files_are_counted_too(void **state)
{
    place p, other;

    (void)state;
    place_begin(&p, 100 * KB);
    other = p;
    place_settle(&other, 100 * KB);
    for (int i = 0; i < 9; i++)
        place_put(&p, i, 10 * KB);
    place_put(&other, 20, 10 * KB);
    place_put(&other, 21, 10 * KB);
    assert_int_equal(place_files(&p), 9);
    other.hooks.close(other.hooks.user);
    place_end(&p);
}

static void links_and_other_things_are_not_followed(void **state)
{
    char path[300];
    place p;

    (void)state;
    place_begin(&p, 0);
    place_put(&p, 1, 100);
    place_files(&p);
    snprintf(path, sizeof path, "%s", place_last);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    assert_int_equal(place_size(&p, 1), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(place_size(&p, 1), 0);
    assert_int_equal(place_put(&p, 1, 50), 0);
    assert_int_equal(place_size(&p, 1), 50);
    place_end(&p);
}

static void a_folder_that_cannot_be_is_refused(void **state)
{
    inspyr_cache_hooks hooks;
    inspyr_error error;
    place p;

    (void)state;
    inspyr_cache_hooks_init(&hooks);
    assert_int_equal(inspyr_cache_directory_open(&hooks, "", NULL, &error), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_cache_directory_open(&hooks, "/dev/null/x", NULL, &error), INSPYR_ERR_FILE);
    assert_null(hooks.get);
    hooks.struct_size = 0;
    assert_int_equal(inspyr_cache_directory_open(&hooks, "/tmp", NULL, &error), INSPYR_ERR_ARGUMENT);
    place_begin(&p, 0);
    place_clear(&p);
    fclose(fopen(p.path, "w"));
    assert_int_equal(place_put(&p, 1, 100), -1);
    place_end(&p);
}

static void no_memory_is_a_miss_and_leaves_nothing(void **state)
{
    place p;

    (void)state;
    place_begin(&p, 10 * KB);
    for (int nth = 0;; nth++) {
        inspyr_cache_directory_options o;
        scarce s;
        const inspyr_allocator allocator = scarce_allocator(&s, nth);
        place starved = p;
        inspyr_status status;

        inspyr_cache_directory_options_init(&o);
        o.allocator = &allocator;
        o.max_bytes = 10 * KB;
        status = inspyr_cache_directory_open(&starved.hooks, p.path, &o, NULL);
        for (int i = 0; !status && i < 12; i++) {
            assert_int_equal(place_put(&starved, i, KB), 0);
            place_size(&starved, i);
        }
        if (!status)
            starved.hooks.close(starved.hooks.user);
        assert_int_equal(s.balance, 0);
        if (s.asked <= nth)
            break;
        assert_true(status == INSPYR_OK || status == INSPYR_ERR_MEMORY);
    }
    place_end(&p);
}

static void a_damaged_file_is_a_miss_and_is_gone(void **state)
{
    const cache_key key = key_numbered(1, 10);
    inspyr_cache_options o = cache_options_of(NULL);
    place p, first;
    cache_found found;
    inspyr_cache *c;

    (void)state;
    place_begin(&p, 0);
    first = p;
    o.hooks = &p.hooks;
    o.get_timeout_ms = LONG_MS;
    c = cache_opened(&o);
    for (int cut = 0; cut < 2; cut++) {
        cache_fill(c, POOL, 1, 1000);
        assert_int_equal(inspyr_cache_flush(c, LONG_MS, NULL), INSPYR_OK);
        assert_int_equal(inspyr_cache_purge(c, NULL), INSPYR_OK);
        assert_int_equal(place_files(&p), 1);
        if (cut) {
            assert_int_equal(truncate(place_last, 500), 0);
        } else {
            FILE *file = fopen(place_last, "r+b");

            fseek(file, 700, SEEK_SET);
            fputc('x', file);
            fclose(file);
        }
        assert_false(cache_get(c, POOL, &key, &found));
        assert_int_equal(inspyr_cache_flush(c, LONG_MS, NULL), INSPYR_OK);
        assert_int_equal(place_files(&p), 0);
        assert_int_equal(cache_stats_of(c, POOL).store_corrupt, cut + 1);
    }
    inspyr_cache_free(c);
    place_clear(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_lies_under_hexadecimal_names),
        cmocka_unit_test(no_other_name_comes_near_the_disk),
        cmocka_unit_test(names_and_pictures_are_removed),
        cmocka_unit_test(beyond_the_limit_the_oldest_go),
        cmocka_unit_test(what_is_too_old_or_left_over_is_swept),
        cmocka_unit_test(somebody_elses_files_are_counted_too),
        cmocka_unit_test(links_and_other_things_are_not_followed),
        cmocka_unit_test(a_folder_that_cannot_be_is_refused),
        cmocka_unit_test(no_memory_is_a_miss_and_leaves_nothing),
        cmocka_unit_test(a_damaged_file_is_a_miss_and_is_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

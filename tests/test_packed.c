/* Packed weights on the disk: found again, and made anew whatever happens to them. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/checksum.h"
#include "support/chance.h"
#include "support/files.h"
#include "support/scarce.h"

#define SIDE 32

static char folder[64], cache[96];
static char heard[512]; /* the last warning */

static void listen(void *user, inspyr_log_level level, const char *line)
{
    (void)user;
    if (level == INSPYR_LOG_WARNING)
        snprintf(heard, sizeof heard, "%s", line);
}

static int make_folder(void **state)
{
    (void)state;
    heard[0] = '\0';
    snprintf(folder, sizeof folder, "/tmp/inspyr_packed_XXXXXX");
    snprintf(cache, sizeof cache, "%s", folder);
    if (!mkdtemp(folder))
        return -1;
    snprintf(cache, sizeof cache, "%s/deep/cache", folder);
    return 0;
}

static void remove_one(void *user, const char *path, const char *name)
{
    (void)user;
    (void)name;
    unlink(path);
}

static int remove_folder(void **state)
{
    char deep[sizeof cache];

    (void)state;
    folder_visit(cache, remove_one, NULL);
    rmdir(cache);
    snprintf(deep, sizeof deep, "%s/deep", folder);
    unlink(deep);
    rmdir(deep);
    return rmdir(folder);
}

static inspyr_load_options with_cache(void)
{
    inspyr_load_options o;

    inspyr_load_options_init(&o);
    o.cache_dir = cache;
    o.log = listen;
    return o;
}

/* Loads the tiny network, says what became of the cache, and leaves its matte of a picture in `alpha`. */
static inspyr_cache_use load(const inspyr_load_options *o, float alpha[SIDE * SIDE])
{
    unsigned char pixels[SIDE * SIDE];
    inspyr_view picture = { pixels, SIDE, SIDE, SIDE, INSPYR_GREY8, 0 };
    inspyr_view plane = { alpha, SIDE * sizeof *alpha, SIDE, SIDE, INSPYR_GREYF32, 0 };
    inspyr_info info;
    inspyr_model *m;
    inspyr_error error;

    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = (unsigned char)(i * 7 + i / SIDE);
    if (inspyr_model_load(&m, o->bytes ? NULL : data_path("net/tiny.safetensors"), o, &error))
        fail_msg("%s", error.message);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.container, "safetensors");
    assert_true(info.load_ms >= info.read_ms + info.pack_ms);
    assert_int_equal(inspyr_matte(m, &picture, &plane, 1, NULL, NULL), INSPYR_OK);
    inspyr_model_free(m);
    return info.cache;
}

static void note_path(void *user, const char *path, const char *name)
{
    (void)name;
    snprintf(user, 256, "%s", path);
}

/* The only file of the cache. */
static const char *entry(void)
{
    static char path[256];

    assert_int_equal(folder_visit(cache, note_path, path), 1);
    return path;
}

static void what_was_packed_is_found_the_next_time(void **state)
{
    float without[SIDE * SIDE], first[SIDE * SIDE], second[SIDE * SIDE];
    inspyr_load_options o = with_cache(), none;
    struct stat about;

    (void)state;
    inspyr_load_options_init(&none);
    assert_int_equal(load(&none, without), INSPYR_CACHE_OFF);
    assert_int_equal(load(&o, first), INSPYR_CACHE_WRITTEN);
    assert_int_equal(load(&o, second), INSPYR_CACHE_HIT);
    assert_memory_equal(first, without, sizeof first);
    assert_memory_equal(second, without, sizeof second);
    assert_int_equal(stat(entry(), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    assert_string_equal(heard, "");
}

static void bytes_in_memory_and_the_file_they_come_from_share_what_was_packed(void **state)
{
    float alpha[SIDE * SIDE];
    inspyr_load_options file = with_cache(), bytes = with_cache();
    void *content;

    (void)state;
    bytes.bytes = content = file_read(&bytes.bytes_size, data_path("net/tiny.safetensors"));
    assert_int_equal(load(&file, alpha), INSPYR_CACHE_WRITTEN);
    assert_int_equal(load(&bytes, alpha), INSPYR_CACHE_HIT);
    ((unsigned char *)content)[bytes.bytes_size - 2] ^= 1; /* of the last weight */
    assert_int_equal(load(&bytes, alpha), INSPYR_CACHE_WRITTEN);
    free(content);
}

static void overwrite(const char *path, long at, const void *bytes, size_t size)
{
    FILE *f = fopen(path, "r+b");

    assert_non_null(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void is_made_anew(const float *good, const char *reason)
{
    float alpha[SIDE * SIDE];
    inspyr_load_options o = with_cache();

    heard[0] = '\0';
    assert_int_equal(load(&o, alpha), INSPYR_CACHE_WRITTEN);
    assert_memory_equal(alpha, good, sizeof alpha);
    if (!strstr(heard, reason))
        fail_msg("'%s', expected '%s'", heard, reason);
    assert_int_equal(load(&o, alpha), INSPYR_CACHE_HIT);
    assert_memory_equal(alpha, good, sizeof alpha);
}

static void a_damaged_file_is_not_used_and_written_anew(void **state)
{
    float good[SIDE * SIDE];
    inspyr_load_options o = with_cache();
    struct stat about;

    (void)state;
    assert_int_equal(load(&o, good), INSPYR_CACHE_WRITTEN);
    overwrite(entry(), -1, "\x55", 1);
    is_made_anew(good, "data are damaged");
    overwrite(entry(), 5000, "\x55\xaa", 2);
    is_made_anew(good, "data are damaged");
    overwrite(entry(), 200, "x", 1); /* a text in the header */
    is_made_anew(good, "header is damaged");
    assert_int_equal(stat(entry(), &about), 0);
    assert_int_equal(truncate(entry(), about.st_size - 1), 0);
    is_made_anew(good, "cut short");
    assert_int_equal(truncate(entry(), 100), 0);
    is_made_anew(good, "cut short");
    assert_int_equal(truncate(entry(), 0), 0);
    is_made_anew(good, "");
}

/* Whatever byte of the header is another one, the file is not used. */
static void no_byte_of_the_header_may_change(void **state)
{
    float good[SIDE * SIDE];
    inspyr_load_options o = with_cache();
    size_t size;
    unsigned char *whole;

    (void)state;
    assert_int_equal(load(&o, good), INSPYR_CACHE_WRITTEN);
    whole = file_read(&size, entry());
    for (long at = 0; at < 4096; at += at < 640 ? 13 : 211) {
        const unsigned char other = (unsigned char)(whole[at] ^ 0x20);

        overwrite(entry(), at, &other, 1);
        is_made_anew(good, "");
        assert_true(strlen(heard) > 0);
    }
    free(whole);
}

static void another_networks_file_under_this_name_is_not_used(void **state)
{
    float good[SIDE * SIDE], other[SIDE * SIDE];
    inspyr_load_options o = with_cache(), bytes = with_cache();
    char mine[256], theirs[256] = "";
    void *content, *packed;
    size_t size;

    (void)state;
    assert_int_equal(load(&o, good), INSPYR_CACHE_WRITTEN);
    snprintf(mine, sizeof mine, "%s", entry());
    snprintf(theirs, sizeof theirs, "%s/kept", folder);
    assert_int_equal(rename(mine, theirs), 0);
    bytes.bytes = content = file_read(&bytes.bytes_size, data_path("net/tiny.safetensors"));
    ((unsigned char *)content)[bytes.bytes_size - 1] ^= 0x80; /* the last weight's sign */
    assert_int_equal(load(&bytes, other), INSPYR_CACHE_WRITTEN);
    assert_memory_not_equal(other, good, sizeof good);
    packed = file_read(&size, entry());
    unlink(entry());
    assert_int_equal(rename(theirs, mine), 0);
    overwrite(mine, 0, packed, size); /* of the same size */
    is_made_anew(good, "of other weights");
    free(packed);
    free(content);
}

static void a_cache_that_cannot_be_written_costs_time_only(void **state)
{
    float alpha[SIDE * SIDE];
    inspyr_load_options o = with_cache();
    char in_the_way[sizeof cache];
    FILE *f;

    (void)state;
    snprintf(in_the_way, sizeof in_the_way, "%s/deep", folder);
    f = fopen(in_the_way, "w");
    assert_non_null(f);
    fclose(f);
    assert_int_equal(load(&o, alpha), INSPYR_CACHE_FAILED);
    assert_non_null(strstr(heard, "not kept"));
    assert_non_null(strstr(heard, in_the_way));
}

static void the_built_in_model_leaves_no_file(void **state)
{
    inspyr_load_options o = with_cache();
    inspyr_model *m = NULL;
    struct stat about;

    (void)state;
    if (inspyr_model_load(&m, NULL, &o, NULL) == INSPYR_ERR_UNSUPPORTED)
        skip(); /* a build without it */
    inspyr_model_free(m);
    assert_int_not_equal(stat(cache, &about), 0);
}

static void every_allocation_of_a_hit_may_fail(void **state)
{
    float alpha[SIDE * SIDE];
    inspyr_load_options o = with_cache();
    scarce s;

    (void)state;
    assert_int_equal(load(&o, alpha), INSPYR_CACHE_WRITTEN);
    for (int nth = 0;; nth++) {
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_model *m;
        inspyr_status status;

        o.allocator = &allocator;
        status = inspyr_model_load(&m, data_path("net/tiny.safetensors"), &o, NULL);
        inspyr_model_free(m);
        assert_int_equal(s.balance, 0);
        if (s.asked <= nth)
            break;
        assert_true(status == INSPYR_ERR_MEMORY || status == INSPYR_OK); /* import falls back to packing */
    }
}

static void a_checksum_changes_with_every_bit_and_with_no_pool(void **state)
{
    static const size_t sizes[] = { 0, 1, 7, 8, 63, 64, 65, 1000, 9999 };
    unsigned char bytes[9999];
    chance c = { 5 };
    inspyr_pool *pool;

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)chance_bits(&c);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        uint64_t sum = checksum(bytes, sizes[s], NULL);

        assert_true(checksum(bytes, sizes[s], pool) == sum);
        assert_true(checksum(bytes, sizes[s] + (sizes[s] < sizeof bytes), NULL) != sum ||
                    sizes[s] == sizeof bytes);
        for (size_t bit = 0; bit < 8 * sizes[s]; bit += 1 + sizes[s] / 64) {
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_true(checksum(bytes, sizes[s], NULL) != sum);
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
    inspyr_pool_free(pool);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(what_was_packed_is_found_the_next_time),
        IN_A_FOLDER(bytes_in_memory_and_the_file_they_come_from_share_what_was_packed),
        IN_A_FOLDER(a_damaged_file_is_not_used_and_written_anew),
        IN_A_FOLDER(no_byte_of_the_header_may_change),
        IN_A_FOLDER(another_networks_file_under_this_name_is_not_used),
        IN_A_FOLDER(a_cache_that_cannot_be_written_costs_time_only),
        IN_A_FOLDER(the_built_in_model_leaves_no_file),
        IN_A_FOLDER(every_allocation_of_a_hit_may_fail),
        cmocka_unit_test(a_checksum_changes_with_every_bit_and_with_no_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

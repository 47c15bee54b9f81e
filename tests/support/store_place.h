/* store_place.h - a store in a folder of its own for every test. Needs cmocka's headers before it, and
 * _XOPEN_SOURCE 700 for nftw().
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_STORE_PLACE_H
#define INSPYR_TESTS_STORE_PLACE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "support/caches.h"

#define POOL INSPYR_CACHE_RESULTS
#define LONG_MS 600000
#define TTL_MS 3600000

/* A folder of its own for every test. */
typedef struct place {
    char path[64];
    inspyr_cache_hooks hooks;
} place;

static inline void place_settle(place *p, uint64_t max_bytes)
{
    inspyr_cache_directory_options o;

    inspyr_cache_directory_options_init(&o);
    inspyr_cache_hooks_init(&p->hooks);
    o.max_bytes = max_bytes;
    o.max_entry_bytes = 100 * KB;
    assert_int_equal(inspyr_cache_directory_open(&p->hooks, p->path, &o, NULL), INSPYR_OK);
}

static inline void place_begin(place *p, uint64_t max_bytes)
{
    strcpy(p->path, "/tmp/inspyr-store.XXXXXX");
    assert_non_null(mkdtemp(p->path));
    place_settle(p, max_bytes);
}

static inline int place_drop(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline void place_clear(const place *p)
{
    nftw(p->path, place_drop, 20, FTW_DEPTH | FTW_PHYS);
}

static inline void place_end(place *p)
{
    p->hooks.close(p->hooks.user);
    place_clear(p);
}

static inline const char *place_name(int number)
{
    static char name[INSPYR_CACHE_NAME_MAX];
    const cache_key key = key_numbered(number, 10);

    key_name(name, &key);
    return name;
}

static inline int place_put(place *p, int number, size_t size)
{
    unsigned char *bytes = malloc(size + 1);
    int answer;

    memset(bytes, number, size + 1);
    answer = p->hooks.put(p->hooks.user, place_name(number), bytes, size, TTL_MS);
    free(bytes);
    return answer;
}

/* Its size; 0: it is not there. */
static inline size_t place_size(place *p, int number)
{
    inspyr_bytes bytes = { NULL, 0, NULL, NULL };
    size_t size;

    if (p->hooks.get(p->hooks.user, place_name(number), &bytes, MS) != 1)
        return 0;
    size = bytes.size;
    for (size_t i = 0; i < size; i++)
        assert_int_equal(((unsigned char *)bytes.data)[i], (unsigned char)number);
    inspyr_bytes_free(&bytes);
    return size;
}

static int place_file_count;
static char place_last[300]; /* the path of a file that was counted */

static inline int place_count_file(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)at;
    if (kind == FTW_F) {
        place_file_count++;
        snprintf(place_last, sizeof place_last, "%s", path);
    }
    return 0;
}

static inline int place_files(const place *p)
{
    place_file_count = 0;
    nftw(p->path, place_count_file, 20, FTW_PHYS);
    return place_file_count;
}

static inline void place_date(const char *path, int64_t from_now_s)
{
    const struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { time(NULL) + from_now_s, 0 } };

    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

#endif

/* store_directory.c - the store that is a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "run/cache/store_folder.h"

#define MAX_BYTES (UINT64_C(1) << 30)
#define MAX_ENTRY_BYTES (UINT64_C(64) << 20)

int64_t store_calendar_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool are_digits(const char *text, size_t count)
{
    return strspn(text, "0123456789abcdef") >= count;
}

bool store_file_is_entry(const char *name)
{
    const size_t half = 2 * (size_t)KEY_DIGEST;

    return strlen(name) == 2 * half + 1 && are_digits(name, half) && name[half] == '-' &&
           are_digits(name + half + 1, half);
}

static const char *picture_of(const char *name)
{
    const char *slash = strchr(name, '/');

    return slash && are_digits(slash + 1, 2 * (size_t)KEY_DIGEST) ? slash + 1 : NULL;
}

/* FOLDER/ab/c, and its length. */
static int folder_of(char out[STORE_PATH_MAX], const store_folder *f, const char *picture)
{
    return snprintf(out, STORE_PATH_MAX, "%s/%.2s/%.1s", f->path, picture, picture + 2);
}

/* false: that is no name of an entry, and nothing comes near the disk. */
static bool path_of(char out[STORE_PATH_MAX], const store_folder *f, const char *name)
{
    const char *picture = picture_of(name);
    cache_key key;
    int length;

    if (!picture || !key_parse(&key, name))
        return false;
    length = folder_of(out, f, picture);
    snprintf(out + length, STORE_PATH_MAX - (size_t)length, "/%.64s-%.64s", picture, picture + 65);
    return true;
}

static bool read_all(int file, unsigned char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t got = read(file, bytes + at, size - at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += (size_t)got;
    }
    return true;
}

/* Somebody else's file, or one that grew or shrank meanwhile, is not there. */
static int read_entry(store_folder *f, int file, inspyr_bytes *out)
{
    struct stat about;

    if (fstat(file, &about))
        return -1;
    if (!S_ISREG(about.st_mode) || (about.st_uid != geteuid() && about.st_uid != 0) || about.st_size <= 0 ||
        (uint64_t)about.st_size > f->max_entry_bytes)
        return 0;
    if (memory_bytes(out, &f->allocator, (size_t)about.st_size, NULL))
        return 0;
    if (read_all(file, out->data, out->size))
        return 1;
    inspyr_bytes_free(out);
    return 0;
}

static int get(void *user, const char *name, inspyr_bytes *out, int64_t budget_ns)
{
    store_folder *f = user;
    char path[STORE_PATH_MAX];
    int file, answer;

    (void)budget_ns;
    if (!path_of(path, f, name))
        return 0;
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (file < 0)
        return errno == ENOENT || errno == ELOOP ? 0 : -1;
    answer = read_entry(f, file, out);
    close(file);
    return answer;
}

static int put(void *user, const char *name, const void *bytes, size_t size, int64_t ttl_ms)
{
    const file_part part = { bytes, size };
    store_folder *f = user;
    char path[STORE_PATH_MAX], folder[STORE_PATH_MAX];

    if (!path_of(path, f, name) || size > f->max_entry_bytes || size > f->max_bytes)
        return 0;
    folder_of(folder, f, picture_of(name));
    if (file_make_folder(folder, NULL) ||
        file_replace_dated(path, &part, 1, store_calendar_ms() + ttl_ms, NULL))
        return -1;
    f->bytes += size;
    if (!f->known || f->bytes > f->max_bytes || ++f->unswept >= STORE_SWEEP_EVERY)
        store_sweep(f);
    return 0;
}

/* All of one picture. */
static int remove_picture(const store_folder *f, const char *picture)
{
    char path[STORE_PATH_MAX];
    struct dirent *entry;
    DIR *folder;
    int answer = 0;

    folder_of(path, f, picture);
    folder = opendir(path);
    if (!folder)
        return errno == ENOENT ? 0 : -1;
    while ((entry = readdir(folder)))
        if (!strncmp(entry->d_name, picture, 2 * (size_t)KEY_DIGEST) &&
            unlinkat(dirfd(folder), entry->d_name, 0) && errno != ENOENT)
            answer = -1;
    closedir(folder);
    return answer;
}

static int remove_all(void *user, const char *prefix)
{
    store_folder *f = user;
    const char *picture = picture_of(prefix);
    char path[STORE_PATH_MAX];

    if (path_of(path, f, prefix))
        return unlink(path) && errno != ENOENT ? -1 : 0;
    return picture ? remove_picture(f, picture) : 0;
}

static void close_folder(void *user)
{
    store_folder *f = user;
    inspyr_allocator allocator = f->allocator;

    memory_give(&allocator, f);
}

inspyr_status inspyr_cache_directory_open(inspyr_cache_hooks *out, const char *folder,
                                          const inspyr_cache_directory_options *options, inspyr_error *error)
{
    inspyr_cache_hooks hooks;
    inspyr_cache_directory_options o;
    inspyr_allocator allocator;
    store_folder *f;
    inspyr_status status;

    succeeded(error);
    inspyr_cache_hooks_init(&hooks);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    status = options_export(out, OPTIONS_FIRST(inspyr_cache_hooks, close), &hooks, sizeof hooks, error);
    if (status ||
        (status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_cache_directory_options, max_entry_bytes),
                                 options, error)) ||
        (status = options_flags(o.flags, 0, error)) || (status = memory_import(&allocator, o.allocator, error)))
        return status;
    if (!folder || !*folder || strlen(folder) >= STORE_FOLDER_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "folder is %s", !folder || !*folder ? "empty" : "too long");
    status = file_make_folder(folder, error);
    if (status)
        return status;
    f = memory_zeroed(&allocator, sizeof *f);
    if (!f)
        return failed(error, INSPYR_ERR_MEMORY, "no room for a cache's folder");
    f->allocator = allocator;
    f->max_bytes = o.max_bytes ? o.max_bytes : MAX_BYTES;
    f->max_entry_bytes = o.max_entry_bytes ? o.max_entry_bytes : MAX_ENTRY_BYTES;
    memcpy(f->path, folder, strlen(folder) + 1);
    hooks.user = f;
    hooks.get = get;
    hooks.put = put;
    hooks.remove = remove_all;
    hooks.close = close_folder;
    return options_export(out, OPTIONS_FIRST(inspyr_cache_hooks, close), &hooks, sizeof hooks, error);
}

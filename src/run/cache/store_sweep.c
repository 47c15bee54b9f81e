#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "run/cache/store_folder.h"

typedef struct swept_file {
    int64_t date_ms;
    uint64_t bytes;
    char name[STORE_FILE_MAX];
} swept_file;

typedef struct sweep {
    store_folder *folder;
    swept_file *files;
    size_t count, room;
    uint64_t bytes;
    int64_t now_ms;
    bool full; /* there was no memory for all of them */
} sweep;

static void path_of(char *out, const store_folder *f, const char *name)
{
    snprintf(out, STORE_PATH_MAX, "%s/%.2s/%.1s/%s", f->path, name, name + 2, name);
}

static void note(sweep *s, const char *name, const struct stat *about)
{
    swept_file *file;

    if (s->count == s->room) {
        const size_t room = s->room ? 2 * s->room : 256;
        swept_file *more = memory_array(&s->folder->allocator, room, sizeof *more);

        if (!more) {
            s->full = true;
            return;
        }
        if (s->count)
            memcpy(more, s->files, s->count * sizeof *more);
        memory_give(&s->folder->allocator, s->files);
        s->files = more;
        s->room = room;
    }
    file = &s->files[s->count++];
    file->date_ms = (int64_t)about->st_mtim.tv_sec * 1000 + about->st_mtim.tv_nsec / 1000000;
    file->bytes = (uint64_t)about->st_size;
    memcpy(file->name, name, STORE_FILE_MAX - 1);
    file->name[STORE_FILE_MAX - 1] = '\0';
    s->bytes += file->bytes;
}

static void look_at(sweep *s, int folder, const char *name)
{
    struct stat about;

    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) || !S_ISREG(about.st_mode))
        return;
    if (!store_file_is_entry(name)) {
        if (s->now_ms / 1000 - (int64_t)about.st_ctim.tv_sec > STORE_LEFT_OVER_S)
            unlinkat(folder, name, 0);
        return;
    }
    if ((int64_t)about.st_mtim.tv_sec * 1000 + about.st_mtim.tv_nsec / 1000000 <= s->now_ms)
        unlinkat(folder, name, 0);
    else
        note(s, name, &about);
}

static void look_into(sweep *s, unsigned number)
{
    char path[STORE_PATH_MAX + 16];
    struct dirent *entry;
    DIR *folder;

    snprintf(path, sizeof path, "%s/%02x/%x", s->folder->path, number >> 4, number & 15);
    folder = opendir(path);
    if (!folder)
        return;
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            look_at(s, dirfd(folder), entry->d_name);
    closedir(folder);
}

static int by_date(const void *a, const void *b)
{
    const swept_file *x = a, *y = b;

    return (x->date_ms > y->date_ms) - (x->date_ms < y->date_ms);
}

void store_sweep(store_folder *f)
{
    sweep s = { .folder = f, .now_ms = store_calendar_ms() };
    char path[STORE_PATH_MAX];

    for (unsigned number = 0; number < 4096; number++)
        look_into(&s, number);
    if (s.bytes > f->max_bytes && s.count) {
        qsort(s.files, s.count, sizeof *s.files, by_date);
        for (size_t i = 0; i < s.count && (double)s.bytes > STORE_SWEPT * (double)f->max_bytes; i++) {
            path_of(path, f, s.files[i].name);
            if (!unlink(path))
                s.bytes -= s.files[i].bytes;
        }
    }
    memory_give(&f->allocator, s.files);
    f->bytes = s.bytes;
    f->unswept = 0;
    f->known = !s.full;
}

#include "partial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "say.h"

#define LINE_MAX_BYTES 4096 /* of a URL in the note */

static char *with_suffix(const char *name, const char *suffix)
{
    size_t size = strlen(name) + strlen(suffix) + 1;
    char *joined = malloc(size);

    if (joined)
        snprintf(joined, size, "%s%s", name, suffix);
    return joined;
}

static inspyr_status failed_at(const char *path, inspyr_error *error)
{
    return refuse(error, INSPYR_ERR_FILE, "cannot write '%s': %s", path, strerror(errno));
}

/* A file that is not ours is closed, and nothing else. */
static inspyr_status leave(partial *p, inspyr_status status)
{
    if (p->file >= 0)
        close(p->file);
    p->file = -1;
    return status;
}

/* Opens and locks; what was opened may have got its name meanwhile, and then it is no part any more. */
static inspyr_status open_locked(partial *p, inspyr_error *error)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat opened, named;

    for (;;) {
        p->file = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (p->file < 0)
            return failed_at(p->path, error);
        if (fcntl(p->file, F_SETLK, &lock)) {
            if (errno == EACCES || errno == EAGAIN)
                return leave(p, refuse(error, INSPYR_ERR_FILE, "another process is downloading it right now"));
            return leave(p, failed_at(p->path, error));
        }
        if (fstat(p->file, &opened))
            return leave(p, failed_at(p->path, error));
        if (!S_ISREG(opened.st_mode))
            return leave(p, refuse(error, INSPYR_ERR_FILE, "'%s' is not a file", p->path));
        if (!stat(p->path, &named) && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino)
            break;
        close(p->file);
    }
    p->size = opened.st_size;
    return INSPYR_OK;
}

static bool read_line(FILE *note, char *out, size_t room)
{
    size_t length;

    if (!fgets(out, (int)room, note))
        return false;
    length = strlen(out);
    if (!length || out[length - 1] != '\n')
        return false;
    out[length - 1] = '\0';
    return true;
}

/* An incomplete note leaves no validator. */
static void read_note(partial *p)
{
    char url[LINE_MAX_BYTES];
    FILE *note = fopen(p->note, "re");

    if (!note)
        return;
    if (!read_line(note, url, sizeof url) || strcmp(url, p->url) ||
        !read_line(note, p->validator, sizeof p->validator))
        p->validator[0] = '\0';
    fclose(note);
}

inspyr_status partial_open(partial *p, const char *target, const char *url, inspyr_error *error)
{
    inspyr_status status;

    *p = (partial){ .file = -1, .url = url };
    p->target = strdup(target);
    p->path = with_suffix(target, ".part");
    p->note = with_suffix(target, ".part.from");
    if (!p->target || !p->path || !p->note)
        status = refuse(error, INSPYR_ERR_MEMORY, "out of memory");
    else
        status = open_locked(p, error);
    if (status == INSPYR_OK && p->size) {
        read_note(p);
        if (!p->validator[0])
            status = partial_restart(p, "", error);
    }
    if (status)
        partial_close(p);
    return status;
}

static bool write_note(const partial *p)
{
    FILE *note = fopen(p->note, "we");
    bool written = note && fprintf(note, "%s\n%s\n", p->url, p->validator) > 0;

    return note && !fclose(note) && written;
}

inspyr_status partial_restart(partial *p, const char *validator, inspyr_error *error)
{
    bool fits = strlen(validator) < sizeof p->validator && !strpbrk(validator, "\r\n");

    if (ftruncate(p->file, 0))
        return failed_at(p->path, error);
    p->size = 0;
    strcpy(p->validator, fits ? validator : "");
    return write_note(p) ? INSPYR_OK : failed_at(p->note, error);
}

inspyr_status partial_write(partial *p, const void *bytes, size_t size, inspyr_error *error)
{
    const unsigned char *at = bytes;

    while (size) {
        ssize_t put = pwrite(p->file, at, size, p->size);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return failed_at(p->path, error);
        at += put;
        size -= (size_t)put;
        p->size += put;
    }
    return INSPYR_OK;
}

/* So that the name is on the disk, too. A file system that cannot do so has done what it can. */
static void flush_folder(const char *path)
{
    char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    int file;

    if (slash)
        slash[slash == folder] = '\0';
    file = folder ? open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (file >= 0) {
        fsync(file);
        close(file);
    }
    free(folder);
}

inspyr_status partial_publish(partial *p, inspyr_error *error)
{
    if (fsync(p->file))
        return failed_at(p->path, error);
    if (rename(p->path, p->target))
        return failed_at(p->target, error);
    unlink(p->note);
    flush_folder(p->target);
    return INSPYR_OK;
}

void partial_drop(partial *p)
{
    unlink(p->path);
    unlink(p->note);
}

void partial_close(partial *p)
{
    if (p->file >= 0) {
        if (!p->size)
            partial_drop(p);
        close(p->file);
    }
    free(p->target);
    free(p->path);
    free(p->note);
    *p = (partial){ .file = -1 };
}

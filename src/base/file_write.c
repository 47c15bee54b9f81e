#define _GNU_SOURCE /* O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/status.h"

#define PATH_ROOM 4096

bool file_write_part(int descriptor, const file_part *part)
{
    const unsigned char *bytes = part->bytes;

    for (size_t at = 0; at < part->size;) {
        size_t left = part->size - at, chunk = left < (size_t)1 << 30 ? left : (size_t)1 << 30;
        ssize_t written = write(descriptor, bytes + at, chunk);

        if (written < 0 && errno == EINTR)
            continue;
        if (!written)
            errno = ENOSPC;
        if (written <= 0)
            return false;
        at += (size_t)written;
    }
    return true;
}

/* A file without a name in the folder of `path`, which is gone if this process is; -1 where the file system has
 * none. */
static int open_nameless(const char *path)
{
#if defined(O_TMPFILE)
    char folder[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;

    if (length >= sizeof folder)
        return -1;
    memcpy(folder, slash ? path : ".", slash ? length : 1);
    folder[slash ? length : 1] = '\0';
    return open(*folder ? folder : "/", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
#else
    (void)path;
    return -1;
#endif
}

/* Gives a nameless file a name after the template; leaves no file of that name if it cannot. */
static inspyr_status give_name(int descriptor, char *temporary, inspyr_error *error)
{
    char link[40];
    int reserved = mkstemp(temporary);

    if (reserved < 0)
        return file_failed(error, temporary);
    close(reserved);
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    if (unlink(temporary) || linkat(AT_FDCWD, link, AT_FDCWD, temporary, AT_SYMLINK_FOLLOW))
        return file_failed(error, temporary);
    return INSPYR_OK;
}

static bool set_date(int descriptor, int64_t ms)
{
    const struct timespec changed = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };
    const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, changed };

    return !futimens(descriptor, times);
}

static inspyr_status replace(const char *path, const file_part *parts, size_t count, const int64_t *changed_ms,
                             inspyr_error *error)
{
    char temporary[PATH_ROOM];
    int descriptor, length = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    bool named;
    inspyr_status status = INSPYR_OK;

    if (length < 0 || length >= PATH_ROOM)
        return failed(error, INSPYR_ERR_FILE, "%.80s...: too long a path", path);
    descriptor = open_nameless(path);
    named = descriptor < 0;
    if (named)
        descriptor = mkstemp(temporary);
    if (descriptor < 0)
        return file_failed(error, temporary);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    for (size_t i = 0; !status && i < count; i++)
        if (!file_write_part(descriptor, &parts[i]))
            status = file_failed(error, path);
    if (!status && changed_ms && !set_date(descriptor, *changed_ms))
        status = file_failed(error, path);
    if (!status && !named) {
        status = give_name(descriptor, temporary, error);
        named = !status;
    }
    if (!status && rename(temporary, path))
        status = file_failed(error, path);
    if (close(descriptor) && !status)
        status = file_failed(error, path);
    if (status && named)
        unlink(temporary);
    return status;
}

inspyr_status file_replace(const char *path, const file_part *parts, size_t count, inspyr_error *error)
{
    return replace(path, parts, count, NULL, error);
}

inspyr_status file_replace_dated(const char *path, const file_part *parts, size_t count, int64_t changed_ms,
                                 inspyr_error *error)
{
    return replace(path, parts, count, &changed_ms, error);
}

inspyr_status file_make_folder(const char *path, inspyr_error *error)
{
    char folder[PATH_ROOM];
    size_t length = strlen(path);

    if (!length || length >= sizeof folder)
        return failed(error, INSPYR_ERR_FILE, "%.80s: not a path of a folder", path);
    memcpy(folder, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        struct stat s;
        char end = folder[i];

        if (end != '/' && end != '\0')
            continue;
        folder[i] = '\0';
        if (mkdir(folder, 0700) && (errno != EEXIST || (!end && (stat(folder, &s) || !S_ISDIR(s.st_mode)))))
            return errno == EEXIST ? failed(error, INSPYR_ERR_FILE, "%s: not a folder", path)
                                   : file_failed(error, folder);
        folder[i] = end;
    }
    return INSPYR_OK;
}

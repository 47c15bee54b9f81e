#define _XOPEN_SOURCE 700 /* realpath */
#include "writing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard.h"
#include "say.h"
#include "ticks.h"

static bool is_stream(mode_t mode)
{
    return S_ISFIFO(mode) || S_ISCHR(mode);
}

static inspyr_status cannot_write(const char *path, inspyr_error *error)
{
    return refuse(error, INSPYR_ERR_FILE, "cannot write '%s': %s", path, strerror(errno));
}

inspyr_status write_allowed(const char *path, bool replace, inspyr_error *error)
{
    struct stat there;

    if (!strcmp(path, "-") || (lstat(path, &there) && errno == ENOENT))
        return INSPYR_OK;
    if (stat(path, &there)) /* a link into the void, or a folder that may not be entered */
        return cannot_write(path, error);
    if (is_stream(there.st_mode))
        return INSPYR_OK;
    if (!S_ISREG(there.st_mode))
        return refuse(error, INSPYR_ERR_FILE, "'%s' is not a file", path);
    if (!replace)
        return refuse(error, INSPYR_ERR_FILE, "'%s' exists; --force replaces it", path);
    return INSPYR_OK;
}

static bool write_all(int file, const inspyr_bytes *bytes)
{
    const unsigned char *data = bytes->data;
    size_t done = 0;

    while (done < bytes->size) {
        ssize_t put = write(file, data + done, bytes->size - done);

        if (put < 0 && errno != EINTR)
            return false;
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

static inspyr_status write_stream(const char *path, const inspyr_bytes *bytes, inspyr_error *error)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    inspyr_status status = INSPYR_OK;

    if (file < 0)
        return cannot_write(path, error);
    if (!write_all(file, bytes))
        status = cannot_write(path, error);
    if (close(file) && status == INSPYR_OK)
        status = cannot_write(path, error);
    return status;
}

static inspyr_status write_file(const char *path, const inspyr_bytes *bytes, const struct stat *old,
                                inspyr_error *error)
{
    int file = guard_create(path, 0666);
    inspyr_status status = INSPYR_OK;

    if (file < 0)
        return cannot_write(path, error);
    if ((old && fchmod(file, old->st_mode & 0777)) || !write_all(file, bytes))
        status = cannot_write(path, error);
    if (close(file) && status == INSPYR_OK)
        status = cannot_write(path, error);
    if (status) {
        guard_discard();
        return status;
    }
    return guard_publish(path, old != NULL) ? INSPYR_OK : cannot_write(path, error);
}

inspyr_status write_bytes(const char *path, const inspyr_bytes *bytes, bool replace, inspyr_error *error)
{
    inspyr_status status = write_allowed(path, replace, error);
    struct stat old;
    char *target;

    if (status)
        return status;
    if (!strcmp(path, "-")) {
        if (write_all(STDOUT_FILENO, bytes))
            return INSPYR_OK;
        return refuse(error, INSPYR_ERR_FILE, "cannot write to the standard output: %s", strerror(errno));
    }
    if (stat(path, &old))
        return write_file(path, bytes, NULL, error);
    if (is_stream(old.st_mode))
        return write_stream(path, bytes, error);
    target = realpath(path, NULL);
    if (!target)
        return cannot_write(path, error);
    status = write_file(target, bytes, &old, error);
    free(target);
    return status;
}

inspyr_status write_picture(const char *path, const inspyr_view *view, inspyr_file file, bool replace,
                            double *ms, inspyr_error *error)
{
    double began = ticks_ms();
    inspyr_encode_options options;
    inspyr_bytes bytes;
    inspyr_status status;

    inspyr_encode_options_init(&options);
    options.file = file;
    options.flags = view->format == INSPYR_GREY8 && file == INSPYR_FILE_WEBP ? INSPYR_ENCODE_LOSSLESS : 0;
    status = inspyr_image_encode(&bytes, view, &options, error);
    if (status == INSPYR_OK)
        status = write_bytes(path, &bytes, replace, error);
    inspyr_bytes_free(&bytes);
    if (ms)
        *ms = ticks_ms() - began;
    return status;
}

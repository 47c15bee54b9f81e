#define _XOPEN_SOURCE 700 /* realpath */
#include "writing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard.h"
#include "inputs.h"
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

inspyr_status write_possible(const char *path, inspyr_error *error)
{
    size_t length = (size_t)(base_name(path) - path);
    struct stat there;
    char *folder;
    bool possible;

    if (!strcmp(path, "-") || !stat(path, &there))
        return INSPYR_OK;
    folder = length ? strdup(path) : strdup(".");
    if (!folder)
        return refuse(error, INSPYR_ERR_MEMORY, "out of memory");
    if (length)
        folder[length] = '\0'; /* with its slash: a file of that name is no folder */
    possible = !access(folder, W_OK | X_OK);
    free(folder);
    return possible ? INSPYR_OK : cannot_write(path, error);
}

static bool write_all(int file, const void *bytes, size_t size)
{
    const unsigned char *data = bytes;
    size_t done = 0;

    while (done < size) {
        ssize_t put = write(file, data + done, size - done);

        if (put < 0 && errno != EINTR)
            return false;
        done += put > 0 ? (size_t)put : 0;
    }
    return true;
}

/* The place for a new file, or the one that a path with its links leads to. */
static inspyr_status open_target(writing *w, inspyr_error *error)
{
    struct stat there;

    w->old = !stat(w->path, &there);
    if (w->old && is_stream(there.st_mode)) {
        w->file = open(w->path, O_WRONLY | O_CLOEXEC);
        return w->file < 0 ? cannot_write(w->path, error) : INSPYR_OK;
    }
    w->target = w->old ? realpath(w->path, NULL) : strdup(w->path);
    if (!w->target || (w->file = guard_create(w->target, 0666)) < 0)
        return cannot_write(w->path, error);
    if (!w->old || !fchmod(w->file, there.st_mode & 0777))
        return INSPYR_OK;
    cannot_write(w->path, error);
    close(w->file);
    guard_discard();
    return INSPYR_ERR_FILE;
}

inspyr_status writing_begin(writing *w, const char *path, bool replace, inspyr_error *error)
{
    inspyr_status status = write_allowed(path, replace, error);

    *w = (writing){ .path = path, .file = -1 };
    if (status == INSPYR_OK)
        status = open_target(w, error);
    if (status)
        free(w->target);
    return status;
}

int writing_take(void *user, const void *bytes, size_t size)
{
    writing *w = user;

    if (!write_all(w->file, bytes, size))
        cannot_write(w->path, &w->error);
    w->size += size;
    return w->error.status != INSPYR_OK;
}

inspyr_status writing_end(writing *w, bool keep, inspyr_error *error)
{
    inspyr_status status = w->error.status;

    if (status)
        refuse(error, status, "%s", w->error.message);
    if (close(w->file) && !status)
        status = cannot_write(w->path, error);
    if (w->target && (status || !keep))
        guard_discard();
    else if (w->target && !guard_publish(w->target, w->old))
        status = cannot_write(w->path, error);
    free(w->target);
    return status;
}

inspyr_status write_bytes(const char *path, const inspyr_bytes *bytes, bool replace, inspyr_error *error)
{
    inspyr_status status;
    writing w;

    if (!strcmp(path, "-")) {
        if (write_all(STDOUT_FILENO, bytes->data, bytes->size))
            return INSPYR_OK;
        return refuse(error, INSPYR_ERR_FILE, "cannot write to the standard output: %s", strerror(errno));
    }
    status = writing_begin(&w, path, replace, error);
    if (status)
        return status;
    writing_take(&w, bytes->data, bytes->size);
    return writing_end(&w, true, error);
}

inspyr_status write_picture(const char *path, const inspyr_view *view, const inspyr_bytes *profile,
                            inspyr_file file, bool replace, inspyr_pool *pool, double *ms, inspyr_error *error)
{
    double began = ticks_ms();
    inspyr_encode_options options;
    inspyr_bytes bytes;
    inspyr_status status;

    inspyr_encode_options_init(&options);
    options.file = file;
    options.pool = pool;
    if (view->format != INSPYR_GREY8 && file != INSPYR_FILE_PAM)
        options.profile = profile;
    options.flags = view->format == INSPYR_GREY8 && file == INSPYR_FILE_WEBP ? INSPYR_ENCODE_LOSSLESS : 0;
    status = inspyr_image_encode(&bytes, view, &options, error);
    if (status == INSPYR_OK)
        status = write_bytes(path, &bytes, replace, error);
    inspyr_bytes_free(&bytes);
    if (ms)
        *ms = ticks_ms() - began;
    return status;
}

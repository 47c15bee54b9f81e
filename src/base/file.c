#define _DEFAULT_SOURCE /* madvise() */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"

inspyr_status file_failed(inspyr_error *error, const char *path)
{
    char reason[80];
    int code = errno;

    if (strerror_r(code, reason, sizeof reason))
        return failed(error, INSPYR_ERR_FILE, "%s: error %d", path, code);
    return failed(error, INSPYR_ERR_FILE, "%s: %s", path, reason);
}

static inspyr_status map_open(mapped_file *out, int descriptor, const char *path, size_t size_max,
                              inspyr_error *error)
{
    struct stat s;
    void *bytes;

    if (fstat(descriptor, &s))
        return file_failed(error, path);
    if (S_ISDIR(s.st_mode))
        return failed(error, INSPYR_ERR_FILE, "%s: a directory", path);
    if (!S_ISREG(s.st_mode))
        return failed(error, INSPYR_ERR_FILE, "%s: not a regular file", path);
    if (s.st_size <= 0)
        return failed(error, INSPYR_ERR_FILE, "%s: empty", path);
    if ((uint64_t)s.st_size > size_max)
        return failed(error, INSPYR_ERR_FILE, "%s: %lld bytes are more than %zu", path, (long long)s.st_size,
                      size_max);
    bytes = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED)
        return file_failed(error, path);
    *out = (mapped_file){ .bytes = bytes, .size = (size_t)s.st_size, .owner = (uint64_t)s.st_uid };
    return INSPYR_OK;
}

inspyr_status file_map(mapped_file *out, const char *path, size_t size_max, inspyr_error *error)
{
    inspyr_status status;
    int descriptor;

    *out = (mapped_file){ .bytes = NULL };
    do /* not blocking: opening a pipe would wait for its writer */
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0)
        return file_failed(error, path);
    status = map_open(out, descriptor, path, size_max, error);
    close(descriptor);
    return status;
}

void file_unmap(mapped_file *file)
{
    if (file->bytes)
        munmap((void *)(uintptr_t)file->bytes, file->size);
    *file = (mapped_file){ .bytes = NULL };
}

void file_read_ahead(const mapped_file *file)
{
    if (file->bytes)
        posix_madvise((void *)(uintptr_t)file->bytes, file->size, POSIX_MADV_WILLNEED);
}

void file_forget(const void *bytes, size_t size)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), first = ((uintptr_t)bytes + page - 1) / page * page;
    uintptr_t end = ((uintptr_t)bytes + size) / page * page;

    if (end >
        first) /* POSIX's own DONTNEED does nothing in glibc; for a read-only mapping this one loses nothing */
        madvise((void *)first, end - first, MADV_DONTNEED);
}

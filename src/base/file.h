/* file.h - a whole file as bytes, mapped and read-only.
 *
 * Whole files are also written here. Nobody may shorten the file while it is mapped: reading what is gone ends
 * the process (SIGBUS). Replacing it by renaming another one over it is safe. Layer 1 (base). Threads: a mapped
 * file is shared. */
#ifndef INSPYR_BASE_FILE_H
#define INSPYR_BASE_FILE_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct mapped_file {
    const void *bytes;
    size_t size;    /* at least 1 */
    uint64_t owner; /* user id */
} mapped_file;

/* INSPYR_ERR_FILE: not found, not readable, no regular file, empty, or larger than size_max. */
inspyr_status file_map(mapped_file *out, const char *path, size_t size_max, inspyr_error *error);

/* Accepts one that is zero: never mapped, or unmapped before. */
void file_unmap(mapped_file *file);

/* Starts reading all of it from the disk, while the caller goes on. */
void file_read_ahead(const mapped_file *file);

/* Gives up the memory of the pages that lie wholly within these bytes of a mapped file; they are read again if
 * they are needed. */
void file_forget(const void *bytes, size_t size);

typedef struct file_part {
    const void *bytes;
    size_t size;
} file_part;

/* All of it, whatever interrupts; false, with errno, where that cannot be. */
bool file_write_part(int descriptor, const file_part *part);

/* Writes the parts, one behind the other, under a temporary name beside `path`, which is then renamed: readers
 * see the old file or the new one. Only the owner may read it. INSPYR_ERR_FILE; nothing is left behind then. */
inspyr_status file_replace(const char *path, const file_part *parts, size_t count, inspyr_error *error);

/* The same, and when it says that it was changed last: in milliseconds since 1970. */
inspyr_status file_replace_dated(const char *path, const file_part *parts, size_t count, int64_t changed_ms,
                                 inspyr_error *error);

/* Makes a folder, and those in which it lies. */
inspyr_status file_make_folder(const char *path, inspyr_error *error);

/* Fails with the path and what errno says. */
inspyr_status file_failed(inspyr_error *error, const char *path);

#endif

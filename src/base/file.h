/* file.h - a whole file as bytes, mapped and read-only.
 *
 * Nobody may shorten the file while it is mapped: reading what is gone ends the process (SIGBUS). Replacing it
 * by renaming another one over it is safe. Layer 1 (base). Threads: a mapped file is shared. */
#ifndef INSPYR_BASE_FILE_H
#define INSPYR_BASE_FILE_H

#include <stdbool.h>

#include "inspyr.h"

/* Differs between two files, and after a file has been written to. */
typedef struct file_identity {
    uint64_t device, inode, size;
    int64_t modified_s, modified_ns, changed_s, changed_ns;
} file_identity;

typedef struct mapped_file {
    const void *bytes;
    size_t size; /* at least 1 */
    file_identity identity;
} mapped_file;

/* INSPYR_ERR_FILE: not found, not readable, no regular file, empty, or larger than size_max. */
inspyr_status file_map(mapped_file *out, const char *path, size_t size_max, inspyr_error *error);

/* Accepts one that is zero: never mapped, or unmapped before. */
void file_unmap(mapped_file *file);

bool file_same(const file_identity *a, const file_identity *b);

#endif

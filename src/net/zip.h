/* zip.h - the directory of an archive as PyTorch writes them: members that are stored, not compressed.
 *
 * Only the central directory is believed, and only if everything else agrees with it: the records at the end,
 * the header before each member, members that lie in the file and nowhere over each other, no name twice.
 * Layer 3 (net). Threads: immutable once open. */
#ifndef INSPYR_NET_ZIP_H
#define INSPYR_NET_ZIP_H

#include <stdbool.h>

#include "inspyr.h"

#define ZIP_NAME 191 /* bytes of the longest name: a message has 252 for it and what is wrong */

/* What is said of an archive that holds code. */
#define ZIP_PROGRAM "a TorchScript archive, which is a program: use the checkpoint (.pth) it was made from"

typedef struct zip_member {
    const char *name; /* printable, name_size bytes, no NUL behind them */
    const unsigned char *header, *data;
    size_t size;
    uint32_t crc;
    int32_t name_size;
} zip_member;

typedef struct zip_archive {
    inspyr_allocator allocator;
    zip_member *members; /* by name */
    int32_t count;
    const unsigned char *directory; /* the central directory */
    size_t directory_size;
} zip_archive;

/* The bytes are borrowed until zip_close(). The members' data are not looked at. */
inspyr_status zip_open(zip_archive *out, const void *bytes, size_t size, const inspyr_allocator *allocator,
                       inspyr_error *error);

/* Accepts an archive that is zero. */
void zip_close(zip_archive *archive);

/* The index of a member, -1 if there is none of that name. */
int32_t zip_find(const zip_archive *archive, const char *name, size_t name_size);

/* Has the member's data the checksum that the directory says? Reads all of it. */
bool zip_intact(const unsigned char *data, size_t size, uint32_t crc);

#endif

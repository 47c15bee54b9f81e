/* archive.h - zip archives, pickles and checkpoints made in a test, byte by byte. Every failure fails the test.
 *
 * Threads: any. */
#ifndef INSPYR_TESTS_ARCHIVE_H
#define INSPYR_TESTS_ARCHIVE_H

#include "inspyr.h"

/* Bytes in the making: zero at first, free(bytes) at last. */
typedef struct made {
    unsigned char *bytes;
    size_t size, room;
} made;

void made_add(made *m, const void *bytes, size_t size);
void made_number(made *m, uint64_t number, size_t size); /* little endian */

#define MADE_TEXT(m, literal) made_add(m, literal, sizeof literal - 1)

/* Opcodes of a pickle. */
void made_text(made *m, const char *text);
void made_integer(made *m, int64_t number);

/* A tensor as torch.save writes it, without remembering anything. */
typedef struct tensor_described {
    const char *name, *storage, *key; /* "FloatStorage", "0" */
    int64_t count, offset;
    int32_t dimensions;
    int64_t shape[5], strides[5];
} tensor_described;

void made_tensor(made *m, const tensor_described *t);
made pickle_of(const tensor_described *tensors, size_t count);

#define ARCHIVE_MEMBERS 16

typedef struct archive_member {
    const char *name;
    const void *data;
    size_t size;
} archive_member;

typedef enum archive_style {
    ARCHIVE_PLAIN = 0,
    ARCHIVE_STREAMED = 1,     /* sizes behind the data and in the directory alone, as torch.save does */
    ARCHIVE_WIDE_END = 2,     /* a zip64 record at the end, as torch.save does */
    ARCHIVE_WIDE_ENTRIES = 4, /* sizes and places of the directory in extra fields */
} archive_style;

typedef struct archive_made {
    unsigned char *bytes;                       /* exactly of this size; free() */
    size_t size, count, directory, record, end; /* places; record: of zip64 */
    size_t headers[ARCHIVE_MEMBERS], data[ARCHIVE_MEMBERS], entries[ARCHIVE_MEMBERS];
} archive_made;

archive_made archive_of(const archive_member *members, size_t count, unsigned style);

/* Writes a number over what is there. */
void archive_patch(archive_made *archive, size_t place, uint64_t number, size_t size);

/* root/data.pkl, root/byteorder, root/data/0..., root/version; streamed, with a wide end. */
archive_made checkpoint_of(const made *pickle, const archive_member *storages, size_t count);

#endif

/* pickle.h - which tensors a checkpoint's data.pkl describes: a machine that knows dictionaries of tensors and
 * can do nothing else.
 *
 * A pickle is a program. This one may name six things of Python's and call two of them, and both calls only
 * write down what they were given; anything else is refused by name. Nothing recurses, and every array has a
 * limit. Layer 3 (net). Threads: immutable once read. */
#ifndef INSPYR_NET_PICKLE_H
#define INSPYR_NET_PICKLE_H

#include "net/weights.h"

#define PICKLE_NAME 191 /* bytes of a tensor's name */
#define PICKLE_KEY 64   /* of a storage's */

typedef struct pickle_text {
    const char *bytes; /* in the pickle, no NUL behind them */
    int32_t size;
} pickle_text;

/* Numbers of one type under a key, which names a member of the archive. Two may have the same key. */
typedef struct pickle_storage {
    pickle_text key;
    weights_type type;
    int64_t count;
} pickle_storage;

/* What the file says: nothing of it has been held against the storage. */
typedef struct pickle_tensor {
    int32_t storage, dimensions;
    int64_t offset, shape[WEIGHTS_DIMENSIONS], strides[WEIGHTS_DIMENSIONS];
} pickle_tensor;

typedef struct pickle_named {
    pickle_text name; /* printable, 1 to PICKLE_NAME bytes */
    pickle_tensor tensor;
} pickle_named;

typedef struct pickle {
    inspyr_allocator allocator;
    pickle_named *named; /* by name, no name twice */
    pickle_storage *storages;
    int32_t count, storage_count;
} pickle;

/* The bytes are borrowed until pickle_free(). */
inspyr_status pickle_read(pickle *out, const void *bytes, size_t size, const inspyr_allocator *allocator,
                          inspyr_error *error);

/* Accepts one that is zero. */
void pickle_free(pickle *p);

#endif

/* weights_store.h - what a reader fills and weights.c answers from. Only the files of the
 * reader include it.
 *
 * Layer 3 (net). Threads: immutable once filled. */
#ifndef INSPYR_NET_WEIGHTS_STORE_H
#define INSPYR_NET_WEIGHTS_STORE_H

#include "net/weights.h"

typedef struct weights_entry {
    const char *key, *text;
} weights_entry;

/* Bytes of the file that it has a checksum of. */
typedef struct weights_part {
    const unsigned char *data;
    size_t size;
    const char *name; /* below the archive's root; name_size bytes, no NUL behind them */
    int32_t name_size;
    uint32_t crc;
    weights_type type;
    int32_t tensor; /* one of those that lie in it */
} weights_part;

struct weights {
    inspyr_allocator allocator;
    weights_tensor *tensors; /* by name, as strcmp() orders them */
    weights_entry *metadata; /* by key */
    int32_t count, metadata_count;
    char *texts; /* all names, keys and texts, one behind the other */

    const char *container;
    const unsigned char *bytes, *directory; /* the file, and the part of it that says what lies where */
    size_t size, directory_size;

    weights_part *parts; /* of a checkpoint; a safetensors file has no checksums */
    int32_t part_count;
    bool mapped, quantised;  /* quantised: there are tensors of I8 */
    unsigned char *gathered; /* numbers that do not lie in a row in the file */
};

/* Fill a store in which allocator, bytes and size are set; what they took before a failure stays there for
 * weights_free(). */
inspyr_status safetensors_read(weights *w, inspyr_error *error);
inspyr_status pth_read(weights *w, inspyr_error *error);

/* What stands beside a kernel of I8, under its name and the suffix; NULL: nothing. */
const weights_tensor *weights_beside(const weights *w, const weights_tensor *kernel, const char *suffix);

/* Holds all parts against their checksums. */
inspyr_status pth_check(const weights *w, inspyr_pool *pool, inspyr_error *error);

/* Has every tensor of I8 good scales beside it, and every range its order? Sets w->quantised. */
inspyr_status quantised_check(weights *w, inspyr_error *error);

/* INSPYR_ERR_WEIGHTS with advice for what is often given in place of weights: other checkpoints of PyTorch, web
 * pages, pointers. */
inspyr_status foreign_refuse(const unsigned char *bytes, size_t size, inspyr_error *error);

#endif

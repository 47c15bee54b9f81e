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

struct weights {
    inspyr_allocator allocator;
    weights_tensor *tensors; /* by name, as strcmp() orders them */
    weights_entry *metadata; /* by key */
    int32_t count, metadata_count;
    char *texts; /* all names, keys and texts, one behind the other */
};

/* Bytes of one number. */
size_t weights_width(weights_type type);

/* Fills a zeroed store; what it took before a failure stays there for weights_free(). */
inspyr_status safetensors_read(weights *w, const unsigned char *bytes, size_t size, inspyr_error *error);

#endif

/* source.h - the picture of a job: bytes of a file until somebody needs pixels, then pixels.
 *
 * Flights of one picture share it, and it is decoded once. Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_SOURCE_H
#define INSPYR_RUN_SOURCE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "image/image.h"
#include "run/cache/key.h"

typedef struct source {
    inspyr_allocator allocator;
    atomic_int references;
    pthread_mutex_t mutex; /* held while it is decoded */
    inspyr_bytes file;     /* no bytes once it is decoded, and for pixels */
    inspyr_decode_options decode;
    inspyr_image *image;
    inspyr_error failure;
    key_source name;       /* of what was handed in, once source_name() has been called */
    uint64_t bytes;        /* of it */
    int32_t width, height; /* upright; 0: not known yet */
    inspyr_file format;
} source;

/* Both copy what they are given. */
inspyr_status source_of_file(source **out, const void *bytes, size_t size, const inspyr_decode_options *decode,
                             const inspyr_allocator *allocator, inspyr_error *error);
inspyr_status source_of_view(source **out, const inspyr_view *picture, const inspyr_allocator *allocator,
                             inspyr_error *error);

/* Digests it; secret: may be NULL. Before it is shared. */
void source_name(source *s, const key_secret *secret);

source *source_share(source *s);

/* Accepts NULL. */
void source_drop(source *s);

/* Decodes it unless that has been done; damage is the same for all. error: not NULL. */
inspyr_status source_pixels(source *s, inspyr_error *error);

#endif

/* sink.h - bytes of a file that is being written, growing as needed.
 *
 * Layer 2 (image). Threads: single. */
#ifndef INSPYR_IMAGE_SINK_H
#define INSPYR_IMAGE_SINK_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct sink {
    inspyr_allocator allocator;
    unsigned char *data; /* sink_free() gives it back */
    size_t used, capacity;
} sink;

/* Makes room behind the used bytes and returns where it begins; NULL when out of memory. */
unsigned char *sink_room(sink *s, size_t size);

/* false when out of memory. */
bool sink_put(sink *s, const void *bytes, size_t size);

/* Hands the bytes over in a block of their exact size; the sink stays to be freed. */
inspyr_status sink_finish(inspyr_bytes *out, const sink *s, inspyr_error *error);

void sink_free(sink *s);

#endif

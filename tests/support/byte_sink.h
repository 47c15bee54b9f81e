/* byte_sink.h - memory that takes what is written, and refuses the write that a test asks it to.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_BYTE_SINK_H
#define INSPYR_TESTS_BYTE_SINK_H

#include <stddef.h>

typedef struct sink {
    unsigned char *bytes; /* free() */
    size_t size;
    int calls, fails_at; /* 0: never */
} sink;

/* As an inspyr_write_fn. */
int sink_take(void *user, const void *bytes, size_t size);

#endif

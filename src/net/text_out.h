/* text_out.h - a text that grows, for writing JSON and its like.
 *
 * The first failure to get memory sticks: one question at the end answers for all. Layer 3 (net). Threads:
 * single. */
#ifndef INSPYR_NET_TEXT_OUT_H
#define INSPYR_NET_TEXT_OUT_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct text {
    inspyr_allocator allocator;
    char *bytes; /* not terminated */
    size_t size, room;
    bool failed;
} text;

/* Set up by hand: { .allocator = ... }. Accepts one that is zero but for that. */
void text_free(text *t);

void text_add(text *t, const char *bytes, size_t size);
void text_format(text *t, const char *format, ...) __attribute__((format(printf, 2, 3))); /* up to 255 bytes */

/* As a JSON string, in quotes. */
void text_quote(text *t, const char *bytes, size_t size);

/* As bytes that own themselves. Frees the text, whatever comes of it. */
inspyr_status text_hand_over(inspyr_bytes *out, text *t, inspyr_error *error);

#endif

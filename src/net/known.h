/* known.h - what is known of a weight file beyond its tensors and metadata.
 *
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_KNOWN_H
#define INSPYR_NET_KNOWN_H

#include "net/weights.h"

#define KNOWN_TEXT 120

typedef struct known_facts {
    char name[KNOWN_TEXT], licence[KNOWN_TEXT];
    int32_t base_w, base_h; /* that the file was trained for, pixels; 0: not known */
} known_facts;

/* Of the reference package's checkpoints, by their digest, which takes half a second for 367 MB; zeros for any
 * other file, and for one that describes itself. bytes: the whole file. */
void known_find(known_facts *out, const weights *w, const void *bytes, size_t size);

#endif

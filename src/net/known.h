/* known.h - what is known of a weight file beyond its tensors.
 *
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_KNOWN_H
#define INSPYR_NET_KNOWN_H

#include "net/weights.h"

#define KNOWN_TEXT 400

typedef struct known_facts {
    char name[KNOWN_TEXT], version[KNOWN_TEXT], licence[KNOWN_TEXT];
    int32_t base_w, base_h; /* that the file was trained for, pixels; 0: not known, or its metadata say it */
} known_facts;

/* From the metadata; of the reference package's checkpoints, which have none, from their digest. That takes
 * half a second, and is asked for only where nothing else gives the base size. bytes: the whole file. */
void known_find(known_facts *out, const weights *w, const void *bytes, size_t size, bool base_is_given);

#endif

/* known.h - the checkpoints of the reference package: what cannot be read off them.
 *
 * Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_KNOWN_H
#define INSPYR_NET_KNOWN_H

#include "inspyr.h"

#define KNOWN_LICENCE "MIT (Taehun Kim); trained on data sets of which some are for research only"

typedef struct known_file {
    const char *name;
    unsigned char md5[16];
    int32_t base; /* side of the square input that it was trained for, pixels */
} known_file;

/* By the MD5 of the whole file; NULL for any other. */
const known_file *known_by_content(const void *bytes, size_t size);

#endif

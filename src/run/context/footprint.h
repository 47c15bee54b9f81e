/* footprint.h - the most memory that a request can take while it is worked on, before anything is allocated.
 *
 * An upper bound by what each stage holds at once (docs/numbers.md, "Pixels around the network", has what was
 * measured), not a forecast: what it reserves is never too little. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_FOOTPRINT_H
#define INSPYR_RUN_FOOTPRINT_H

#include <stdbool.h>

#include "inspyr.h"

typedef struct footprint {
    int32_t width, height; /* of the picture, pixels */
    size_t file_bytes;     /* of the picture in a file; 0: pixels were given */
    size_t sizes;          /* cut-outs that are made: 1 or more */
    const char *effects;   /* as in inspyr_effect_parse(); NULL: none */
    int32_t preview_side;  /* of effects' previews; 0: full size */
    bool encoded;          /* results become files */
    uint64_t pass_bytes;   /* the picture's share of the network's memory */
} footprint;

/* In *bytes, UINT64_MAX where it is not to be counted. Fails as inspyr_effect_parse() does. */
inspyr_status footprint_of(uint64_t *bytes, const footprint *f, inspyr_error *error);

#endif

/* bare.h - what benchmarks of the Go package are compared with: the same calls, one after the other in C. */
#ifndef INSPYR_GO_BARE_H
#define INSPYR_GO_BARE_H

#include <inspyr_context.h>

/* The built-in model alone, and one with a context and a cache. */
typedef struct bare {
    inspyr_model *model;
    inspyr_cache *cache;
    inspyr_context *context;
    inspyr_image *picture;
    const void *file; /* C's memory */
    size_t size;
    int32_t side; /* of the network */
} bare;

/* Sets up all but file, size and side. bare_close() follows in any case. */
inspyr_status bare_open(bare *b, inspyr_error *error);
void bare_close(bare *b);

/* n of each. A refusal is a cut-out with a network of a size that there is none of, a hit a file that the cache
 * has the result of. */
void bare_states(const bare *b, int n);
inspyr_status bare_cutouts(bare *b, int n, inspyr_error *error);
inspyr_status bare_refusals(bare *b, int n, inspyr_error *error);
inspyr_status bare_hits(bare *b, int n, inspyr_error *error);

#endif

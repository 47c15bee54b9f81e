/* request.h - what a job is asked for, copied from the caller and checked before any work.
 *
 * Layer 4 (run). Threads: any; a request does not change once it is copied. */
#ifndef INSPYR_RUN_REQUEST_H
#define INSPYR_RUN_REQUEST_H

#include <stdbool.h>

#include "inspyr_context.h"
#include "run/context/backend.h"

#define REQUEST_SIZES 8
#define REQUEST_EFFECTS 64

typedef struct job_request {
    inspyr_request options; /* of what it points to, callbacks and user alone are left */
    inspyr_decode_options decode;
    inspyr_cutout_options cutout;
    inspyr_effect_options effect;
    inspyr_encode_options encode;
    bool encoded; /* results are bytes */
    int32_t sizes[REQUEST_SIZES];
    size_t size_count;                       /* 1 or more; without sizes, one that cutout says */
    char *effects[REQUEST_EFFECTS];          /* the one text of each */
    char *effect_text;                       /* as the request has it; NULL: none */
    int32_t effect_numbers[REQUEST_EFFECTS]; /* in the library's table */
    size_t effect_count;
    inspyr_bytes profile, encode_profile;
    inspyr_view background;
    inspyr_image *background_image;
    char *client_class, *traceparent, *effect_device;
} job_request;

/* pool: of effects and encoders. On failure there is nothing to free. */
inspyr_status request_copy(job_request *out, const inspyr_request *theirs, const inspyr_allocator *allocator,
                           inspyr_pool *pool, inspyr_error *error);
void request_free(job_request *r, const inspyr_allocator *allocator);

/* Results: sizes first, then effects. */
static inline size_t request_results(const job_request *r)
{
    return r->size_count + r->effect_count;
}

/* How the picture goes through the network for one size; no side over `most` (0: as the request says). */
pass_recipe request_recipe(const job_request *r, size_t size, int32_t most_width, int32_t most_height);

/* Is a result the reference package's arithmetic, which cannot be made from the matte? */
static inline bool request_whole(const job_request *r)
{
    return (r->cutout.flags & INSPYR_COMPAT) != 0;
}

#endif

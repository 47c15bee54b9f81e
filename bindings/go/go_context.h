/* go_context.h - contexts and jobs in a form that Go may call them in: see go_calls.h. */
#ifndef INSPYR_GO_CONTEXT_H
#define INSPYR_GO_CONTEXT_H

#include <inspyr_context.h>

#include "go_calls.h"

#define GO_LEVELS 4

typedef struct go_levels {
    inspyr_level levels[GO_LEVELS];
    size_t count;
} go_levels;

/* What a context tells: handles of Go, 0 for none. Spans go to trace, unless NULL. */
typedef struct go_listeners {
    uintptr_t log, span;
    inspyr_trace *trace;
} go_listeners;

inspyr_status go_context_open(inspyr_context **out, inspyr_context_options *options, inspyr_load_options *load,
                              const go_levels *levels, go_listeners listeners, inspyr_error *error);

/* n of them, in an array; at least one. */
inspyr_status go_context_warmup(inspyr_context *context, inspyr_warmup_options *options, size_t n,
                                int64_t timeout_ms, uintptr_t progress, inspyr_error *error);

/* A request in its parts, of which each may be NULL but the first. */
typedef struct go_request {
    inspyr_request *request;
    inspyr_decode_options *decode;
    inspyr_cutout_options *cutout;
    inspyr_view background;
    go_bytes profile, encode_profile;
    inspyr_effect_options *effect;
    inspyr_encode_options *encode;
    const int32_t *sizes;
    uintptr_t job;   /* hears of the end; 0: nobody does */
    int32_t listens; /* 1: and of results */
} go_request;

/* A picture's view without data: it is the file that is submitted. */
inspyr_status go_submit(inspyr_job **out, inspyr_context *context, go_bytes file, inspyr_view picture,
                        go_request parts, inspyr_error *error);

inspyr_status go_estimate(uint64_t *bytes, const inspyr_context *context, int32_t width, int32_t height,
                          go_request parts, inspyr_error *error);

#endif

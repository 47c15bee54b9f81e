/* sizes.h - the size at which a picture goes through the network.
 *
 * Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_SIZES_H
#define INSPYR_RUN_SIZES_H

#include "net/model.h"

/* What a call's options say about it. */
typedef struct size_request {
    uint64_t flags;        /* INSPYR_COMPAT* */
    int32_t width, height; /* network_width and network_height */
    inspyr_resize resize;
    int32_t short_side;
} size_request;

/* Refuses a network_width or network_height that no caller may ask for. */
inspyr_status sizes_check_sides(int32_t width, int32_t height, inspyr_error *error);

/* Refuses options that contradict each other, or are out of range. */
inspyr_status sizes_check(const size_request *request, inspyr_error *error);

/* For a picture of width x height. A static size is the one asked for, whatever the picture; whether this
 * network takes it is for the network to say. A network that blends takes the base size for pictures that come
 * out small on either side, as its authors do (compat never blends, as the package does not). */
inspyr_status sizes_choose(pass_size *out, const size_request *request, const network_config *config,
                           int32_t width, int32_t height, inspyr_error *error);

/* Can pictures of these sizes share a pass? */
bool sizes_alike(const pass_size *a, const pass_size *b);

#endif

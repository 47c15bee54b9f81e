/* backend.h - what a context needs of a model, as a table: the library's models, or one that a test plays.
 *
 * A handle is a loaded model. load and release are called by one thread at a time, all else by any number.
 * Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_BACKEND_H
#define INSPYR_RUN_BACKEND_H

#include "matte/matte.h"

/* How pictures go through the network; pictures of equal recipes may share a pass. */
typedef struct pass_recipe {
    uint64_t flags; /* INSPYR_COMPAT* */
    int32_t width, height;
    inspyr_resize resize;
    int32_t short_side;
} pass_recipe;

/* What a pass found in one picture. */
typedef struct backend_found {
    matte_subject subject;
    int32_t network_width, network_height;
    uint64_t pass_bytes; /* its share of the network's memory */
    double network_ms;   /* and of the network's time */
} backend_found;

/* Pictures of one pass, and where their mattes go. */
typedef struct backend_pass {
    const pass_recipe *recipe;
    const inspyr_view *pictures, *alphas; /* GREY8 planes */
    const inspyr_bytes *profiles;         /* of each picture; no bytes for none */
    backend_found *found;
    int32_t n;
    inspyr_progress_fn *progress;
    void *progress_user;
} backend_pass;

/* Where a load spent its time, milliseconds. */
typedef struct backend_times {
    double device, weights, build;
} backend_times;

typedef struct backend {
    /* options->progress is called now and then, and ends the load where it says so. */
    inspyr_status (*load)(void *user, void **handle, const char *source, const inspyr_load_options *options,
                          backend_times *times, inspyr_error *error);
    inspyr_status (*warm)(void *handle, const inspyr_warmup_options *options, inspyr_error *error);
    /* The network size of a picture of width x height. */
    inspyr_status (*size)(const void *handle, const pass_recipe *r, int32_t width, int32_t height,
                          int32_t *network_width, int32_t *network_height, inspyr_error *error);
    inspyr_status (*matte)(void *handle, const backend_pass *pass, inspyr_error *error);
    /* A whole cut-out, where it cannot be made from the matte: the reference package's arithmetic. */
    inspyr_status (*cutout)(void *handle, inspyr_image **out, const inspyr_view *picture,
                            const inspyr_cutout_options *options, inspyr_error *error);
    inspyr_state (*state)(const void *handle); /* ready, degraded or failed */
    inspyr_status (*info)(const void *handle, inspyr_info *out, inspyr_error *error);
    inspyr_model *(*model)(void *handle); /* for the keys of caches; NULL: keys name none */
    void (*drop_idle)(void *handle);
    void (*release)(void *handle); /* in a forked child, too */
} backend;

extern const backend backend_model;

#endif

/* outputs.h - from alpha, or in compat from the map, to the pixels of a result.
 *
 * Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_OUTPUTS_H
#define INSPYR_RUN_OUTPUTS_H

#include "image/image.h"
#include "matte/compat.h"
#include "net/model.h"

/* One cut-out. */
typedef struct cutout {
    inspyr_model *model; /* that finds alpha, in inspyr_remove_background() */
    const inspyr_allocator *allocator;
    inspyr_pool *pool;
    const inspyr_view *picture;
    const inspyr_cutout_options *options;
    matte_look look;
    inspyr_image *alpha; /* GREY8, as the network found it */
    compat_map map;      /* with INSPYR_COMPAT */
    matte_subject subject;
    inspyr_report report;
} cutout;

/* Refuses options that are out of range or contradict each other; fills c->look. */
inspyr_status cutout_check(cutout *c, inspyr_error *error);

/* The result, cropped if that was asked for; alpha may be changed, or become the result. */
inspyr_status outputs_compose(inspyr_image **out, cutout *c, inspyr_error *error);

/* An image of a view's size. */
inspyr_status outputs_image(inspyr_image **out, const cutout *c, const inspyr_view *size, inspyr_format format,
                            inspyr_error *error);

#endif

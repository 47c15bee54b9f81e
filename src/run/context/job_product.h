/* job_product.h - a result, shared by the jobs that wanted the same one. Layer 4 (run). Threads: shared; it
 * does not change once it is made. */
#ifndef INSPYR_RUN_JOB_PRODUCT_H
#define INSPYR_RUN_JOB_PRODUCT_H

#include <stdatomic.h>

#include "inspyr_context.h"

typedef struct product {
    inspyr_allocator allocator;
    atomic_int references;
    inspyr_image *image;
    inspyr_bytes bytes;
    inspyr_error failure;
    int32_t network_width, network_height;
    float scale;
} product;

/* NULL: no memory. The caller's reference is the first. */
product *product_create(const inspyr_allocator *allocator);
product *product_share(product *p);

/* Accepts NULL. */
void product_drop(product *p);

#endif

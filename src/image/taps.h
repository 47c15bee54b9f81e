/* taps.h - the weights of one axis of a resampling.
 *
 * Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_TAPS_H
#define INSPYR_IMAGE_TAPS_H

#include "inspyr.h"

/* Weights are fixed point with 22 bits after the point. */
#define TAPS_BITS 22
/* They are also stored in two halves that fit 16 bits: weight = high * 2^11 + low. A product of 16-bit numbers
 * is what every vector unit multiplies and adds fastest, and the sum comes out the same. */
#define TAPS_HALF 11
/* Halves are padded with zeros to a multiple of this, so that loops over them have no remainder. */
#define TAPS_STEP 8

/* For each output: the first input it reads, how many, and their weights. */
typedef struct taps {
    int32_t inputs, outputs;
    int32_t widest; /* most inputs of an output, rounded up to TAPS_STEP: the pitch of the tables below */
    int32_t *first, *count;
    int32_t *weight;
    int16_t *high, *low;
} taps;

/* Triangle filter, widened when shrinking, from `inputs` to `outputs` pixels. */
inspyr_status taps_create(taps *t, int32_t inputs, int32_t outputs, const inspyr_allocator *allocator,
                          inspyr_error *error);
/* Also after a failed taps_create(), and of zeroes. */
void taps_free(taps *t, const inspyr_allocator *allocator);

#endif

/* effect_elsewhere.h - drawing on a device, by the plug-in for it.
 *
 * Layer 3 (effect). Threads: single. */
#ifndef INSPYR_EFFECT_EFFECT_ELSEWHERE_H
#define INSPYR_EFFECT_EFFECT_ELSEWHERE_H

#include <stdbool.h>

#include "inspyr.h"
#include "kernels/effect_device.h"

typedef struct elsewhere {
    const effect_device_table *table; /* NULL: the CPU draws */
    effect_device *device;
    bool required;
    char name[16];                                   /* "cuda:0"; "" where none was asked for */
    char note[sizeof(((inspyr_error *)0)->message)]; /* why the CPU draws instead of it; "" otherwise */
} elsewhere;

/* One effect that is to be drawn there; dst: RGBA8. */
typedef struct elsewhere_job {
    int32_t effect;
    const float *values;
    inspyr_view dst;
    device_picture *made; /* NULL to begin with */
} elsewhere_job;

/* Finds and opens what the options ask for. Fails only where that is required. */
inspyr_status elsewhere_open(elsewhere *e, const inspyr_effect_options *options,
                             const inspyr_allocator *allocator, inspyr_error *error);
void elsewhere_close(elsewhere *e);

/* Does the device draw that effect? values: as in effect_job. */
bool elsewhere_has(const elsewhere *e, int32_t effect, const float *values);

/* All of them, and waits; where it fails, none is drawn. src: RGBA8. */
inspyr_status elsewhere_draw(const elsewhere *e, const inspyr_view *src, elsewhere_job *jobs, size_t n,
                             uint64_t seed, inspyr_error *error);

#endif

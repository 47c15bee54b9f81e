/* effect_kernels.h - the effects' kernels, compiled once per instruction set from the files of this room.
 *
 * kernels/<name>.c defines `const effect_steps KERNEL(<name>_steps)`, declared here for every row of
 * effect_rows.h. All sets give the same bytes: no fused multiply-add, no intrinsics. Leaf (kernels). Threads:
 * any. */
#ifndef INSPYR_KERNELS_EFFECT_KERNELS_H
#define INSPYR_KERNELS_EFFECT_KERNELS_H

#include "kernels/effect_job.h"
#include "kernels/effect_rows.h"

enum {
#define EFFECT_NUMBER(name, ...) EFFECT_##name,
    EFFECT_ROWS(EFFECT_NUMBER)
#undef EFFECT_NUMBER
        EFFECT_COUNT
};

typedef struct effect_kernels {
    const char *name; /* of the instruction set */
    const effect_steps *steps[EFFECT_COUNT];
} effect_kernels;

#ifdef KERNELS_SUFFIX
#define KERNEL_JOIN_(name, suffix) name##_##suffix
#define KERNEL_JOIN(name, suffix) KERNEL_JOIN_(name, suffix)
#define KERNEL(name) KERNEL_JOIN(name, KERNELS_SUFFIX)

#define EFFECT_DECLARE(name, ...) extern const effect_steps KERNEL(name##_steps);
EFFECT_ROWS(EFFECT_DECLARE)
#undef EFFECT_DECLARE
#endif

#endif

/* effect_call.h - inspyr_apply_effects() with the kernels of any instruction set. Layer 3 (effect). Threads:
 * any. */
#ifndef INSPYR_EFFECT_EFFECT_CALL_H
#define INSPYR_EFFECT_EFFECT_CALL_H

#include "inspyr.h"
#include "kernels/effect_kernels.h"

inspyr_status effects_apply(inspyr_image **outs, inspyr_status *statuses, const inspyr_view *picture,
                            const inspyr_view *alpha, const char *const *effects, size_t n,
                            const inspyr_effect_options *options, const effect_kernels *kernels,
                            inspyr_error *error);

#endif

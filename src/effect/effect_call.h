/* effect_call.h - inspyr_apply_effects() with the kernels of any instruction set, and with results that are
 * handed over one by one. Layer 3 (effect). Threads: any. */
#ifndef INSPYR_EFFECT_EFFECT_CALL_H
#define INSPYR_EFFECT_EFFECT_CALL_H

#include "inspyr.h"
#include "kernels/effect_kernels.h"

inspyr_status effects_apply(inspyr_image **outs, inspyr_status *statuses, const inspyr_view *picture,
                            const inspyr_view *alpha, const char *const *effects, size_t n,
                            const inspyr_effect_options *options, const effect_kernels *kernels,
                            inspyr_error *error);

/* Gets each result once, as soon as it is drawn, and the image with it (NULL after a failure), so that no more
 * of them are held than are needed. Returns 0 to go on. */
typedef int effects_take(void *user, const inspyr_effect_result *result, inspyr_image *image);

inspyr_status effects_stream(const inspyr_view *picture, const char *const *effects, size_t n,
                             const inspyr_effect_options *options, effects_take *take, void *take_user,
                             inspyr_error *error);

#endif

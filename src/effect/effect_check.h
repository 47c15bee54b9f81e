/* effect_check.h - what callers of inspyr_apply_effects() may ask for. Layer 3 (effect). Threads: any. */
#ifndef INSPYR_EFFECT_EFFECT_CHECK_H
#define INSPYR_EFFECT_EFFECT_CHECK_H

#include "inspyr.h"

inspyr_status effect_check_options(const inspyr_effect_options *o, inspyr_error *error);

/* alpha: may be NULL. */
inspyr_status effect_check_picture(const inspyr_view *picture, const inspyr_view *alpha, inspyr_error *error);

/* The size that is drawn. */
void effect_size(int32_t *width, int32_t *height, const inspyr_view *picture, const inspyr_effect_options *o);

#endif

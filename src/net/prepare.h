/* prepare.h - from a caller's picture to the network's input. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_PREPARE_H
#define INSPYR_NET_PREPARE_H

#include "net/model.h"

/* Fills picture i of the pass: stretched to the network's size, and to the base size too where the pass is
 * blended, RGB, 8 bit (SPEC.md section 1).
 * profile: ICC, of the picture's colours, which become sRGB; NULL or no bytes: they are. flags: INSPYR_COMPAT*,
 * with which hidden colours show and the profile has no effect. */
inspyr_status prepare_picture(const inspyr_model *m, model_pass *pass, int32_t i, const inspyr_view *picture,
                              const inspyr_bytes *profile, uint64_t flags, inspyr_error *error);

#endif

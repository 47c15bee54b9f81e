/* sandbox.h - decoding in another process, one that can do nothing but that.
 *
 * Helpers (inspyr-decode) are started when they are needed, at most one for each call at work, and stay for the
 * next one. Nothing that a helper says is believed: sizes are held against the limits and against what came
 * with them. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_SANDBOX_H
#define INSPYR_IMAGE_SANDBOX_H

#include "inspyr.h"

/* As inspyr_image_decode() with o->sandbox. o: imported, with no limit 0. */
inspyr_status sandbox_decode(inspyr_image **out, const void *bytes, size_t size, const inspyr_decode_options *o,
                             const inspyr_allocator *allocator, inspyr_error *error);

#endif

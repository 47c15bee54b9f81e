/* webp_profile.h - a colour profile into a WebP file that has none. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_WEBP_PROFILE_H
#define INSPYR_IMAGE_WEBP_PROFILE_H

#include "image/sink.h"

/* The file, which libwebp's encoder has made, with the profile in its place. False when out of memory. */
bool webp_profile_put(sink *out, const sink *file, int32_t width, int32_t height, const inspyr_bytes *profile);

#endif

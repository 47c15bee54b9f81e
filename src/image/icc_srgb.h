/* icc_srgb.h - colours of an ICC profile as sRGB, for the network, which was trained on that.
 *
 * Through lcms2; in a build without it colours stay as they are. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_ICC_SRGB_H
#define INSPYR_IMAGE_ICC_SRGB_H

#include "inspyr.h"

#if defined(INSPYR_HAS_LCMS)
/* Converts the n pixels of RGB8 in place. profile: passed icc_check(), no bytes for sRGB. Profiles of lookup
 * tables, what lcms2 cannot read, and what is sRGB to within a level, change nothing. */
inspyr_status icc_to_srgb(unsigned char *rgb, size_t n, const inspyr_bytes *profile,
                          const inspyr_allocator *allocator, inspyr_error *error);
#else
static inline inspyr_status icc_to_srgb(unsigned char *rgb, size_t n, const inspyr_bytes *profile,
                                        const inspyr_allocator *allocator, inspyr_error *error)
{
    (void)rgb, (void)n, (void)profile, (void)allocator, (void)error;
    return INSPYR_OK;
}
#endif

#endif

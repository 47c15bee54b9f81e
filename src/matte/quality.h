/* quality.h - how well a matte fits a mask, after the published definitions.
 *
 * The S-measure and the F-measure look at the matte as it would be stored in 8 bits (cut off, not rounded),
 * stretched to 0..1 unless it is constant. Pixels where the mask is MASK_IGNORED are left out of every sum:
 * of means, deviations and counts, of the centre of the mask and of the areas that weigh its four parts; in the
 * boundary accuracy they count as background where the band is made, and are not in the band.
 * Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_QUALITY_H
#define INSPYR_MATTE_QUALITY_H

#include "inspyr.h"

#define MASK_IGNORED 128
#define MASK_SUBJECT(mask) ((mask) > MASK_IGNORED)

/* A matte as it would be stored in 8 bits: one byte a pixel, without gaps, and its mask. */
typedef struct stored_matte {
    const unsigned char *levels;
    const inspyr_view *mask;
    int32_t width, height;
    int32_t minimum, maximum;     /* of the pixels that count */
    uint64_t subject, background; /* pixels of the mask that count */
} stored_matte;

/* 0..1 */
static inline double stretched(const stored_matte *matte, unsigned char level)
{
    double p = level / 255.0, low = matte->minimum / 255.0, high = matte->maximum / 255.0;

    return matte->minimum < matte->maximum ? (p - low) / (high - low) : p;
}

/* Fan et al. 2017, alpha = 0.5. */
double structure_measure(const stored_matte *matte);

/* Cheng et al. 2020: mean accuracy at 128 in bands of five widths around the mask's edge; NaN without a band.
 * Scratch memory: 5 bytes a pixel. */
inspyr_status boundary_accuracy(double *out, const stored_matte *matte, const inspyr_allocator *allocator,
                                inspyr_error *error);

/* F, beta^2 = 0.3, at stretched >= k/255 in 8 bits, k = 0..255. */
void f_measure_curve(double curve[256], const stored_matte *matte);

#endif

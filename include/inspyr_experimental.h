/* inspyr_experimental.h - what the inspyr command needs and callers must not rely on.
 *
 * Outside the ABI promise: anything here may change or go in any version. */
#ifndef INSPYR_EXPERIMENTAL_H
#define INSPYR_EXPERIMENTAL_H

#include "inspyr.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How well a matte fits a mask. Higher is better except mae. */
typedef struct inspyr_measures {
    size_t struct_size;  /* set by inspyr_measures_init(); the library fills at most this much */
    double iou;          /* intersection over union of matte > 0.5 and the mask; 1 if both are empty */
    double mae;          /* mean |matte - mask| */
    double s_measure;    /* structure measure, alpha = 0.5 (Fan et al. 2017); matte stretched to 0..1 */
    double mba;          /* mean boundary accuracy (Cheng et al. 2020); NaN if the mask has no boundary */
    double f_curve[256]; /* F-measure, beta^2 = 0.3, at stretched matte >= k/255; mean the curves, then take the
                            maximum */
} inspyr_measures;
INSPYR_SIZED(inspyr_measures)

/* matte: GREYF32. mask: GREY8, 0 background, 255 subject, 128 left out of every measure. Sizes are equal. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_measure(inspyr_measures *out, const inspyr_view *matte,
                                                     const inspyr_view *mask, inspyr_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* nearness.h - how far a matte is from a known alpha, after Rhemann, Rother, Wang, Gelautz, Kohli and Rott, "A
 * perceptually motivated online benchmark for image matting", CVPR 2009. Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_NEARNESS_H
#define INSPYR_MATTE_NEARNESS_H

#include "inspyr.h"

/* Two planes of one size, 0..1, rows without gaps. */
typedef struct alpha_pair {
    const float *found, *known;
    int32_t width, height;
} alpha_pair;

/* Sum over all pixels of (|grad found| - |grad known|)^2. Section 4.1, q = 2. Pixels beyond the edge repeat the
 * nearest. */
double gradient_error(const alpha_pair *pair);

/* Sum over all pixels of |phi(found) - phi(known)|, phi = 1 - d where d = a - l is at least theta, else 1; l:
 * the last level, in tenths, at which the pixel still belongs to the largest region that both have over that
 * level. Section 4.1, p = 1. Of regions of one size the first in order of rows counts. scratch: 3 numbers a
 * pixel. */
double connectivity_error(const alpha_pair *pair, int32_t *scratch);

#endif

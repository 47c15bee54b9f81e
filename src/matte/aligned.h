/* aligned.h - where the pixels of a row or column lie between the samples of a map whose corners are theirs.
 *
 * In float32, as torch computes it. Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_ALIGNED_H
#define INSPYR_MATTE_ALIGNED_H

#include <stdint.h>

static inline float aligned_step(int32_t samples, int32_t pixels)
{
    return pixels > 1 ? (float)(samples - 1) / (float)(pixels - 1) : 0.0f;
}

/* The sample left of pixel i or above it; *weight: of the next sample, 0 at the last. */
static inline int32_t aligned_sample(int32_t i, float step, int32_t samples, float *weight)
{
    float place = step * (float)i;
    int32_t sample = (int32_t)place;

    if (sample > samples - 1)
        sample = samples - 1;
    *weight = sample < samples - 1 ? place - (float)sample : 0.0f;
    return sample;
}

#endif

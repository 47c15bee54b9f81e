/* logistic.h - logits to probabilities, the same bits on the CPU and on a device.
 *
 * 1 / (1 + exp(-x)) within 4 units in the last place. x is limited to -87..87 first, where the result
 * is 1.6e-38 or 1; what is not a number counts as -87. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_LOGISTIC_H
#define INSPYR_KERNELS_LOGISTIC_H

#include <stdint.h>
#include <string.h>

#include "kernels/effect_px.h"

/* Cody and Waite's split of ln 2: n * LN2_HIGH is exact for |n| < 2^9. */
#define LOGISTIC_LOG2_E 1.44269504f
#define LOGISTIC_LN2_HIGH 0.693359375f
#define LOGISTIC_LN2_LOW -2.12194440e-4f
#define LOGISTIC_ROUNDER 12582912.0f /* 1.5 * 2^23: adding it leaves the rounded integer in the low bits */

/* exp(x) for |x| <= 87: 2^n times the series of exp around 0 on |r| <= ln 2 / 2, where the first term left out
 * is below 6e-9 of the sum. */
PX float logistic_power(float x)
{
    float shifted = x * LOGISTIC_LOG2_E + LOGISTIC_ROUNDER;
    float n = shifted - LOGISTIC_ROUNDER;
    float r = (x - n * LOGISTIC_LN2_HIGH) - n * LOGISTIC_LN2_LOW;
    float sum = 1.0f / 5040;
    float power;
    int32_t bits;

    sum = sum * r + 1.0f / 720;
    sum = sum * r + 1.0f / 120;
    sum = sum * r + 1.0f / 24;
    sum = sum * r + 1.0f / 6;
    sum = sum * r + 0.5f;
    sum = sum * (r * r) + (r + 1.0f);
    bits = ((int32_t)n + 127) * (1 << 23);
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

PX float logistic(float logit)
{
    float x = logit > -87.0f ? logit : -87.0f;

    return 1.0f / (1.0f + logistic_power(-(x < 87.0f ? x : 87.0f)));
}

#endif

#include "matte/sigmoid.h"

#include <stdint.h>
#include <string.h>

/* Cody and Waite's split of ln 2: n * LN2_HIGH is exact for |n| < 2^9. */
#define LOG2_E 1.44269504f
#define LN2_HIGH 0.693359375f
#define LN2_LOW -2.12194440e-4f
#define ROUNDER 12582912.0f /* 1.5 * 2^23: adding it leaves the rounded integer in the low bits */

/* exp(x) for |x| <= 87: 2^n times the series of exp around 0 on |r| <= ln 2 / 2, where the first term left out
 * is below 6e-9 of the sum. */
static inline float exponential(float x)
{
    float shifted = x * LOG2_E + ROUNDER;
    float n = shifted - ROUNDER;
    float r = (x - n * LN2_HIGH) - n * LN2_LOW;
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

void sigmoid_row(float *probabilities, const float *logits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float x = logits[i] > -87.0f ? logits[i] : -87.0f;

        probabilities[i] = 1.0f / (1.0f + exponential(-(x < 87.0f ? x : 87.0f)));
    }
}

/* bf16.h - bf16, which is the upper half of a float32, number by number.
 *
 * Kernels have vector forms of their own (plain/rows/vector.h). Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_BF16_H
#define INSPYR_NET_BF16_H

#include <stdint.h>
#include <string.h>

/* To nearest, ties to even; a NaN stays one, even if all its set bits are lost. */
static inline uint16_t bf16_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7FFFFFFF) > 0x7F800000)
        return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static inline float bf16_widened(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

#endif

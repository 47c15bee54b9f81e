/* net_half.h - numbers of 16 bits, as maps of a device hold them: IEEE half precision, and bf16.
 *
 * To nearest, ties to even, on the CPU as on a device. What is too large for half precision becomes infinity.
 * Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_NET_HALF_H
#define INSPYR_KERNELS_NET_HALF_H

#include <stdint.h>
#include <string.h>

#include "kernels/net_block.h"

NET_BLOCK uint32_t net_bits(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

NET_BLOCK float net_of_bits(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

NET_BLOCK float net_bf16_widened(uint32_t half)
{
    return net_of_bits(half << 16);
}

NET_BLOCK uint32_t net_bf16_of(float x)
{
    uint32_t bits = net_bits(x);

    if ((bits & 0x7FFFFFFF) > 0x7F800000)
        return bits >> 16 | 0x40;
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
}

#if defined(__CUDACC__)
NET_BLOCK float net_half_widened(uint32_t half)
{
    float x;

    asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"((uint16_t)half));
    return x;
}

NET_BLOCK uint32_t net_half_of(float x)
{
    uint16_t half;

    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(x));
    return half;
}
#else
/* A subnormal half is a whole number of 2^-24. */
NET_BLOCK float net_half_widened(uint32_t half)
{
    uint32_t sign = (half & 0x8000) << 16, rest = half & 0x7FFF;

    if (rest >= 0x7C00)
        return net_of_bits(sign | 0x7F800000 | (rest & 0x3FF) << 13);
    if (rest >= 0x400)
        return net_of_bits(sign | ((rest << 13) + (112u << 23)));
    return sign ? -(float)rest * 0x1p-24f : (float)rest * 0x1p-24f;
}

/* Adding 0.5 to what is below 2^-14 leaves a whole number of 2^-24, rounded, in the low bits. */
NET_BLOCK uint32_t net_half_of(float x)
{
    uint32_t bits = net_bits(x), sign = bits >> 16 & 0x8000;

    bits &= 0x7FFFFFFF;
    if (bits > 0x7F800000)
        return sign | 0x7FFF;
    if (bits >= 0x477FF000) /* 65520, half way beyond the largest */
        return sign | 0x7C00;
    if (bits < 0x38800000)
        return sign | (net_bits(net_of_bits(bits) + 0.5f) - 0x3F000000);
    return sign | ((bits - (112u << 23) + 0xFFF + (bits >> 13 & 1)) >> 13);
}
#endif

/* type: NET_HALF or NET_BF16. */
NET_BLOCK float net_widened(uint32_t half, int32_t type)
{
    return type == NET_BF16 ? net_bf16_widened(half) : net_half_widened(half);
}

NET_BLOCK uint32_t net_narrowed(float x, int32_t type)
{
    return type == NET_BF16 ? net_bf16_of(x) : net_half_of(x);
}

/* Two of them in a word, the first below. */
NET_BLOCK uint32_t net_pair_of(float low, float high, int32_t type)
{
    return net_narrowed(low, type) | net_narrowed(high, type) << 16;
}

#endif

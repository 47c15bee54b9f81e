/* noise.h - random numbers that are functions of a place and a seed. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_NOISE_H
#define INSPYR_KERNELS_NOISE_H

#include "kernels/effect_px.h"

PX uint32_t noise_seed(uint64_t seed)
{
    return (uint32_t)(seed ^ seed >> 32);
}

/* 0..1, without relation to its neighbours. */
PX float noise_at(uint32_t u, uint32_t v, uint32_t seed)
{
    uint32_t h = u * 0x9e3779b1u ^ v * 0x85ebca77u ^ seed;

    h = (h ^ h >> 15) * 0x2c1b3c6du;
    h = (h ^ h >> 12) * 0x297a2d39u;
    return (float)(int32_t)((h ^ h >> 15) >> 8) * (1.0f / 16777216);
}

PX float noise_ease(float t)
{
    return t * t * (3 - 2 * t);
}

/* 0..1: clouds of 2^size pixels, from the corners of their cells. */
PX float noise_cloud(uint32_t x, uint32_t y, uint32_t size, uint32_t seed)
{
    uint32_t u = x >> size, v = y >> size, mask = ((uint32_t)1 << size) - 1;
    float step = 1.0f / (float)(int32_t)(mask + 1);
    float across = noise_ease((float)(int32_t)(x & mask) * step),
          down = noise_ease((float)(int32_t)(y & mask) * step);
    float a = noise_at(u, v, seed), b = noise_at(u + 1, v, seed);
    float c = noise_at(u, v + 1, seed), d = noise_at(u + 1, v + 1, seed);
    float above = a + (b - a) * across, below = c + (d - c) * across;

    return above + (below - above) * down;
}

#endif

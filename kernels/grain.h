/* grain.h - film grain: random numbers that depend on a seed and on where they are, and on nothing else.
 *
 * A number is the sum of the eight 4-bit digits of a hash, from 0 to 120: near enough to a normal distribution
 * (excess kurtosis -0.15) with mean 60 and variance 170. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_GRAIN_H
#define INSPYR_KERNELS_GRAIN_H

#include "kernels/power.h"

#define GRAIN_REACH 4 /* of the widest blur, that of grain_size 5 */

/* 0.7 of a deviation of 0.4, 0.3 of one of 0.6; the root of 170 is the deviation of a sum of digits. */
#define GRAIN_FINE (0.28f / 13.0384048f)
#define GRAIN_COARSE (0.18f / 13.0384048f)

/* Of a layer's row: 0 the fine layer, 1 the coarse one. */
PX uint32_t grain_key(uint64_t seed, uint32_t layer, uint32_t y)
{
    uint64_t z = seed + ((uint64_t)layer << 32 | y) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 32);
}

/* -60..60, at column x of a row. */
PX int32_t grain_at(uint32_t key, uint32_t x)
{
    uint32_t h = key ^ x * 0x9e3779b9u;

    h = (h ^ (h >> 16)) * 0x7feb352du;
    h = (h ^ (h >> 15)) * 0x846ca68bu;
    h ^= h >> 16;
    h = (h & 0x0f0f0f0fu) + (h >> 4 & 0x0f0f0f0fu);
    h += h >> 16;
    return (int32_t)((h + (h >> 8)) & 255) - 60;
}

/* Where position i of `large` lies between positions of `small`: `part` of the way from the result to the next,
 * which exists where part is not 0. */
PX int32_t grain_between(float *part, int32_t i, int32_t large, int32_t small)
{
    double at = ((double)i + 0.5) * (double)small / (double)large - 0.5;
    int32_t whole;

    at = px_clamp(at, 0.0, (double)(small - 1));
    whole = (int32_t)at;
    *part = (float)(at - (double)whole);
    return whole;
}

/* The taps of the blur from the centre outwards; returns how many there are beside the centre. */
PX int32_t grain_taps(float taps[GRAIN_REACH + 1], double size)
{
    double sigma = (size - 1.0) * 0.5, weights[GRAIN_REACH + 1], sum = 1.0;
    int32_t reach;

    weights[0] = 1.0;
    taps[0] = 1.0f;
    if (sigma <= 0.0)
        return 0;
    reach = ((int32_t)(4.0 * sigma) + 1) / 2; /* of int(4 sigma) + 1 taps, made odd and at least 3 */
    reach = reach < 1 ? 1 : reach;
    for (int32_t i = 1; i <= reach; i++) {
        double t = (double)(i * i) / (2.0 * sigma * sigma);

        weights[i] = t > 80.0 ? 0.0 : power_of_e(-t);
        sum = sum + 2.0 * weights[i];
    }
    for (int32_t i = 0; i <= reach; i++)
        taps[i] = (float)(weights[i] / sum);
    return reach;
}

#endif

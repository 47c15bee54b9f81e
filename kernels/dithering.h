/* dithering.h - error diffusion on a lattice: the arithmetic of one pixel and of one point.
 *
 * Levels are floats, as the errors that are added to them; an error itself is a double, exact. Leaf (kernels).
 * Threads: any. */
#ifndef INSPYR_KERNELS_DITHERING_H
#define INSPYR_KERNELS_DITHERING_H

#include "kernels/power.h"

/* In the order of job->values. */
enum { DITHER_SPACING, DITHER_SIZE, DITHER_GAMMA, DITHER_STRENGTH, DITHER_ADAPTIVE };

#define DITHER_REACH 4 /* of sharpening and blur together */

#define DITHER_DEAD (-1.0f) /* the threshold of a point that neither draws nor passes errors on */

/* The level of a pixel that is neither black nor clear: the power is the float nearest to the exact one. */
PX float dither_power(uint32_t word, double gamma)
{
    float y = 0.299f * (float)PX_CHANNEL(word, 0) + 0.587f * (float)PX_CHANNEL(word, 1) +
              0.114f * (float)PX_CHANNEL(word, 2);
    float base = y / 255.0f;

    return 255.0f * (float)power_of(base < 0.0001f ? 0.0001f : base, gamma); /* the least is 0.114 / 255 */
}

/* The level of any pixel. */
PX float dither_level(uint32_t word, float power)
{
    float level = (word & ~PX_ALPHA) ? power : 0.0f;

    return (word & PX_ALPHA) ? level : 255.0f;
}

/* around: the sum of the eight neighbours. */
PX float dither_sharpen(float level, float around, float strength)
{
    float v = level + strength * (level - around * 0.125f);

    v = v < 0.0f ? 0.0f : v;
    return v > 255.0f ? 255.0f : v;
}

/* 7 taps of 8 28 56 72 / 256; the others are sums of the two values at that distance. */
PX float dither_blur(float v, float one, float two, float three)
{
    return v * 0.28125f + one * 0.21875f + two * 0.109375f + three * 0.03125f;
}

/* Of a level that is blurred down already, with the sums of those at both sides of it. */
PX float dither_threshold(float v, float one, float two, float three)
{
    return 0.7f * dither_blur(v, one, two, three) + 38.4f;
}

/* A level with the errors of the four points before it, added in the order in which a scan meets them. */
PX float dither_receive(float level, double above_left, double above, double above_right, double left)
{
    level = (float)((double)level + above_left * 0.0625);
    level = (float)((double)level + above * 0.3125);
    level = (float)((double)level + above_right * 0.1875);
    return (float)((double)level + left * 0.4375);
}

/* The error that a point passes on. */
PX double dither_error(float level, float threshold)
{
    double error = (double)level - (level < threshold ? 0.0 : 255.0);

    return threshold < 0.0f ? 0.0 : error;
}

#endif

/* popart.h - contrast and saturation until 27 colours are left: the arithmetic of one pixel, and the paints.
 *
 * Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_POPART_H
#define INSPYR_KERNELS_POPART_H

#include "kernels/effect_px.h"

/* In the order of job->values. */
enum { POPART_CONTRAST, POPART_SATURATION };

#define POPART_COLOURS 27 /* 3 levels of each channel */

enum { BLACK, PINK, SPRING, VIOLET, SKY, REDORANGE, LIME };

static const unsigned char popart_paints[][3] = {
    { 0, 0, 0 },     { 255, 20, 147 }, { 0, 255, 127 }, { 138, 43, 226 },
    { 0, 191, 255 }, { 255, 69, 0 },   { 50, 205, 50 },
};

/* Of popart_levels(). */
static const unsigned char popart_paint_of[POPART_COLOURS] = {
    BLACK, VIOLET, VIOLET, SPRING, PINK,      VIOLET, SPRING, SPRING, LIME, /* R 0 */
    PINK,  BLACK,  VIOLET, PINK,   PINK,      SKY,    SPRING, LIME,   PINK, /* R 1 */
    PINK,  PINK,   SKY,    PINK,   REDORANGE, SPRING, PINK,   SKY,    SKY,  /* R 2 */
};

PX float popart_clamp(float v)
{
    v = v < 0 ? 0 : v;
    return v > 255 ? 255 : v;
}

PX float popart_contrasted(unsigned char v, float contrast)
{
    return popart_clamp(((float)v - 128) * contrast + 128);
}

/* 0, 1 or 2: the nearest of 0, 127.5 and 255, and the even one between two. */
PX int32_t popart_level(float v, float luminance, float saturation)
{
    v = popart_clamp(luminance + saturation * (v - luminance));
    return (v > 63.75f) + (v >= 191.25f);
}

/* 9 R + 3 G + B. */
PX int32_t popart_levels(unsigned char red, unsigned char green, unsigned char blue, float contrast,
                         float saturation)
{
    float r = popart_contrasted(red, contrast), g = popart_contrasted(green, contrast);
    float b = popart_contrasted(blue, contrast), luminance = 0.299f * r + 0.587f * g + 0.114f * b;

    return 9 * popart_level(r, luminance, saturation) + 3 * popart_level(g, luminance, saturation) +
           popart_level(b, luminance, saturation);
}

#endif

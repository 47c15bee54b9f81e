/* enhancedblackwhite.h - film-style black and white: the arithmetic of one pixel.
 *
 * Everything up to the halation is double. The powers of the film curve, 5/4 and 3/4, are square roots, which
 * round alike everywhere. Version 2 replaces the two thresholds by smooth steps. Leaf (kernels). Threads: any.
 */
#ifndef INSPYR_KERNELS_ENHANCEDBLACKWHITE_H
#define INSPYR_KERNELS_ENHANCEDBLACKWHITE_H

#include <math.h>

#include "kernels/effect_px.h"

/* In the order of job->values. */
enum {
    EBW_CONTRAST,
    EBW_EDGE,
    EBW_HALATION,
    EBW_GRAIN,
    EBW_GRAIN_SIZE,
    EBW_HIGHLIGHTS,
    EBW_RED,
    EBW_GREEN,
    EBW_BLUE,
    EBW_GAMMA,   /* announced, without effect */
    EBW_CLARITY, /* announced, without effect */
    EBW_VERSION
};

#define EBW_HALO 10      /* reach of the wide blur */
#define EBW_EDGE_REACH 2 /* of the sharpening */

#define EBW_WIDE 11  /* taps of sigma 7 from the centre on */
#define EBW_NARROW 5 /* of sigma 2.5 */
static const double ebw_wide_taps[EBW_WIDE] = {
    0.06575596238501372,  0.06508839492586048, 0.06312608168657637,  0.05998614476151323,
    0.055850866685382416, 0.05095018082814769, 0.045540562431451354, 0.03988300724542148,
    0.034222698581113126, 0.0287724904332273,  0.0237015912287997
};
static const double ebw_narrow_taps[EBW_NARROW] = { 0.1715822145829915, 0.15839034703077887,
                                                    0.12459425989841069, 0.08351803003087906,
                                                    0.047706255748435636 };

typedef struct ebw_look {
    double contrast, edge, halation, grain, red, green, blue;
    int highlights, smooth;
} ebw_look;

PX ebw_look ebw_look_of(const float *values)
{
    ebw_look k;

    k.contrast = px_decimal(values[EBW_CONTRAST]);
    k.edge = px_decimal(values[EBW_EDGE]);
    k.halation = px_decimal(values[EBW_HALATION]);
    k.grain = px_decimal(values[EBW_GRAIN]);
    k.red = px_decimal(values[EBW_RED]);
    k.green = px_decimal(values[EBW_GREEN]);
    k.blue = px_decimal(values[EBW_BLUE]);
    k.highlights = values[EBW_HIGHLIGHTS] >= 0.5f;
    k.smooth = values[EBW_VERSION] >= 1.5f;
    return k;
}

/* The film curve on the weighted sum of the channels. */
PX double ebw_tone(uint32_t word, const ebw_look *k)
{
    double v = k->red * (double)((float)PX_CHANNEL(word, 0) / 255.0f) +
               k->green * (double)((float)PX_CHANNEL(word, 1) / 255.0f) +
               k->blue * (double)((float)PX_CHANNEL(word, 2) / 255.0f);
    double a = 1.1 * v, b = 1.05 * (1.0 - v), root, shadow, light, mix;

    b = b < 0.0 ? 0.0 : b;
    root = sqrt(b);
    shadow = 0.92 * (a * sqrt(sqrt(a)));
    light = 1.0 - 0.95 * (root * sqrt(root));
    mix = px_clamp((v - 0.25) / 0.3, 0.0, 1.0);
    return px_clamp(k->contrast * (shadow * (1.0 - mix) + light * mix), 0.0, 1.0);
}

/* 5 taps of a Gaussian of sigma 1.2; near and far are sums of the two values beside v. */
PX double ebw_blur5(double v, double near, double far)
{
    return v * 0.34340647863075824 + near * 0.24266759672960794 + far * 0.08562916395501294;
}

PX double ebw_sharpen(double v, double blurred, const ebw_look *k)
{
    return px_clamp(v + k->edge * (v - blurred) * 4.0 * v * (1.0 - v), 0.0, 1.0);
}

PX double ebw_smoothstep(double t)
{
    t = px_clamp(t, 0.0, 1.0);
    return t * t * (3.0 - 2.0 * t);
}

/* What glows. */
PX double ebw_glow(double v)
{
    return v > 0.75 ? 1.0 : 0.0;
}

PX double ebw_glow_smooth(double v)
{
    return ebw_smoothstep((v - 0.7) * 10.0);
}

/* Of both blurs of what glows. */
PX double ebw_halo(double wide, double narrow)
{
    return 0.3 * wide + 0.7 * narrow;
}

/* v with its halo. */
PX double ebw_expose(double v, double halo, const ebw_look *k)
{
    return px_clamp(v + k->halation * halo * (1.0 - v * v), 0.0, 1.0);
}

/* v with grain, of which highlights get less. */
PX double ebw_grainy(double v, double grain, const ebw_look *k)
{
    return px_clamp(v + k->grain * grain * px_clamp(1.2 - v, 0.3, 1.0), 0.0, 1.0);
}

/* v with its highlights lifted. */
PX double ebw_lift(double v)
{
    return v > 0.9 ? 0.95 * v + 0.05 : v;
}

PX double ebw_lift_smooth(double v)
{
    return v + 0.05 * (1.0 - v) * ebw_smoothstep((v - 0.85) * 10.0);
}

PX uint32_t ebw_level(double v)
{
    return (uint32_t)(int32_t)px_clamp(255.0 * v, 0.0, 255.0);
}

#endif

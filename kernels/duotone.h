/* duotone.h - from one colour to another: the arithmetic of one pixel. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_DUOTONE_H
#define INSPYR_KERNELS_DUOTONE_H

#include "kernels/effect_px.h"

/* In the order of job->values. */
enum { DUOTONE_DARK, DUOTONE_LIGHT };

/* A channel of the colour (0 red, 1 green, 2 blue) for a luminance; dark and light: 0xRRGGBB. */
PX uint32_t duotone_level(uint32_t dark, uint32_t light, uint32_t v, int channel)
{
    uint32_t from = dark >> (16 - 8 * channel) & 255, to = light >> (16 - 8 * channel) & 255;

    return (from * (255 - v) + to * v + 127) / 255;
}

#endif

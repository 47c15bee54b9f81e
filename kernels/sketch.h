/* sketch.h - a pencil drawing: the taps of its blur, and the arithmetic of one pixel. Leaf (kernels). Threads:
 * any. */
#ifndef INSPYR_KERNELS_SKETCH_H
#define INSPYR_KERNELS_SKETCH_H

#include "kernels/effect_px.h"
#include "kernels/noise.h"

/* In the order of job->values. */
enum { SKETCH_RADIUS, SKETCH_STRENGTH, SKETCH_SHADING };

#define SKETCH_REACH 32     /* the largest radius, as the table of effects has it */
#define SKETCH_WHOLE 65536u /* the sum of a blur's taps */
#define SKETCH_FLOOR 6.0f   /* levels added before dividing: noise in shadows draws no lines */
#define SKETCH_LINE 1.5f    /* darkness of a line of strength 1 over what the division finds */
#define SKETCH_FAINT 0.45f  /* darkness of shade between strokes, */
#define SKETCH_STROKE 0.75f /* and what a stroke adds at most */
#define SKETCH_ACROSS 1     /* a stroke's width and length, as powers of two, on diagonals */
#define SKETCH_ALONG 4

/* Of the pixel itself, its neighbours, theirs, ...: near to a Gaussian of a third of the radius, without its
 * exponentials. */
static inline void sketch_taps(uint32_t taps[SKETCH_REACH + 1], int32_t radius)
{
    double weights[SKETCH_REACH + 1], sum = 0;
    uint32_t rest = SKETCH_WHOLE;

    for (int32_t k = 0; k <= radius; k++) {
        double far = (double)k / (radius + 1), near = 1 - far * far;

        weights[k] = near * near * near;
        sum += k ? 2 * weights[k] : weights[k];
    }
    for (int32_t k = 1; k <= radius; k++) {
        taps[k] = (uint32_t)(SKETCH_WHOLE * weights[k] / sum);
        rest -= 2 * taps[k];
    }
    taps[0] = rest;
}

/* A sum along a row, in units of 1/256 level. */
PX uint16_t sketch_across(uint32_t sum)
{
    return (uint16_t)((sum + 128) >> 8);
}

/* Levels, of a sum of those along a column. */
PX float sketch_around(uint32_t sum)
{
    return (float)(int32_t)(sum >> 8) * (1.0f / 65536);
}

/* 0..1: noise that is stretched along one diagonal. */
PX float sketch_stroke(uint32_t x, uint32_t y, uint32_t seed)
{
    uint32_t u = x + y, v = x - y + 0x80000000u;
    float across = (float)(int32_t)(u & ((1u << SKETCH_ACROSS) - 1)) * (1.0f / (1 << SKETCH_ACROSS));
    float along = (float)(int32_t)(v & ((1u << SKETCH_ALONG) - 1)) * (1.0f / (1 << SKETCH_ALONG));
    float a = noise_at(u >> SKETCH_ACROSS, v >> SKETCH_ALONG, seed);
    float b = noise_at(u >> SKETCH_ACROSS, (v >> SKETCH_ALONG) + 1, seed);
    float c = noise_at((u >> SKETCH_ACROSS) + 1, v >> SKETCH_ALONG, seed);
    float d = noise_at((u >> SKETCH_ACROSS) + 1, (v >> SKETCH_ALONG) + 1, seed);
    float near = a + (b - a) * along, far = c + (d - c) * along;

    return near + (far - near) * across;
}

PX unsigned char sketch_pencil(float level, float around, float noise, float strength, float shading)
{
    float line = SKETCH_LINE * strength * (1 - (level + SKETCH_FLOOR) / (around + SKETCH_FLOOR));
    float shade = shading * (1 - (level + around) * (0.5f / 255)) * (SKETCH_FAINT + SKETCH_STROKE * noise);

    line = line > 0 ? line : 0;
    line = line < 1 ? line : 1;
    shade = shade < 1 ? shade : 1;
    return (unsigned char)(255 * (1 - line) * (1 - shade) + 0.5f);
}

#endif

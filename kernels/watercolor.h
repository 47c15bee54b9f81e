/* watercolor.h - washes: the squares that they are made of, and the arithmetic of one pixel. Leaf (kernels).
 * Threads: any. */
#ifndef INSPYR_KERNELS_WATERCOLOR_H
#define INSPYR_KERNELS_WATERCOLOR_H

#include "kernels/effect_px.h"
#include "kernels/noise.h"

/* In the order of job->values. */
enum { WASH_BRUSH, WASH_BLEED, WASH_EDGES, WASH_LAYERS, WASH_GRANULATION };

#define WASH_BRUSH_MAX 12    /* as the table of effects has it */
#define WASH_CALM 6.0f       /* variance, levels^2, from which a square counts less */
#define WASH_PIGMENT 1.7f    /* density that a full edge adds, */
#define WASH_RIPPLES 0.55f   /* and what pools of water and the grain of paper add at most */
#define WASH_PAPER 0.12f     /* of white that shines through */
#define WASH_THIN 0.3f       /* how much lighter middle tones are than the picture's: paint is thin */
#define WASH_COLOURFUL 1.18f /* distance of colours from grey, of the picture's */

/* Of a square: means in 1/256 levels, and the variance of the luminance in levels^2. */
typedef struct wash_square {
    uint16_t colour[3], variance;
} wash_square;

/* Over pixels of a square. */
typedef struct wash_sums {
    uint32_t colour[3], light, light2;
} wash_sums;

typedef struct wash_look {
    int32_t width, height, brush; /* of the picture; of a square, less 1 */
    float bleed, edges, layers, granulation;
    uint32_t seed;
} wash_look;

PX wash_look wash_look_of(const float *values, int32_t width, int32_t height, uint64_t seed)
{
    wash_look k;

    k.width = width;
    k.height = height;
    k.brush = (int32_t)values[WASH_BRUSH];
    k.bleed = values[WASH_BLEED];
    k.edges = values[WASH_EDGES];
    k.layers = values[WASH_LAYERS];
    k.granulation = values[WASH_GRANULATION];
    k.seed = noise_seed(seed);
    return k;
}

/* share: 1 over the pixels of a square. */
PX wash_square wash_square_of(const wash_sums *sum, float share)
{
    float light = (float)(int32_t)sum->light * share;
    float variance = (float)(int32_t)sum->light2 * share - light * light;
    wash_square s;

    for (int c = 0; c < 3; c++)
        s.colour[c] = (uint16_t)((float)(int32_t)sum->colour[c] * share * 256 + 0.5f);
    s.variance = (uint16_t)(variance > 0 ? variance : 0); /* at most 127.5^2 */
    return s;
}

PX float wash_share(int32_t brush)
{
    int32_t side = brush + 1;

    return 1 / (float)(side * side);
}

PX float wash_brightness(float red, float green, float blue)
{
    return 0.299f * red + 0.587f * green + 0.114f * blue;
}

/* What the four squares around a pixel say. */
typedef struct wash {
    float colour[3], edge; /* 0..1 */
} wash;

PX wash wash_at(const wash_look *k, const wash_square *squares, int32_t x, int32_t y)
{
    float total = 0, least = 255, most = 0;
    wash w = { { 0, 0, 0 }, 0 };

    for (int i = 0; i < 4; i++) {
        int32_t left = px_within(i & 1 ? x : x - k->brush, k->width);
        int32_t top = px_within(i & 2 ? y : y - k->brush, k->height);
        const wash_square *s = &squares[(size_t)top * (size_t)k->width + (size_t)left];
        float calm = WASH_CALM / (WASH_CALM + (float)s->variance), weight = calm * calm + 1e-6f;
        float light = wash_brightness(s->colour[0], s->colour[1], s->colour[2]) * (1.0f / 256);

        for (int c = 0; c < 3; c++)
            w.colour[c] += weight * s->colour[c];
        total += weight;
        least = light < least ? light : least;
        most = light > most ? light : most;
    }
    for (int c = 0; c < 3; c++)
        w.colour[c] = w.colour[c] / total * (1.0f / (255 * 256));
    w.edge = (most - least) * (1.0f / 255);
    return w;
}

/* Brightness in steps, as layers of paint dry on each other, with soft borders. */
PX float wash_layered(float light, float layers)
{
    float at = light * layers, step = (float)(int32_t)at, rest = at - step;
    float soft = (rest - 0.35f) * (1 / 0.3f);

    soft = soft < 0 ? 0 : soft > 1 ? 1 : soft;
    return (step + noise_ease(soft)) / layers;
}

PX float wash_clamp(float x)
{
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

PX unsigned char wash_painted(float colour, float density)
{
    colour = wash_clamp(colour);
    colour += WASH_THIN * (colour - colour * colour);
    colour = wash_clamp(colour - (colour - colour * colour) * (density - 1));
    return (unsigned char)(255 * (colour + (1 - colour) * WASH_PAPER) + 0.5f);
}

PX void wash_paint(unsigned char rgb[3], const wash_look *k, const wash_square *squares, int32_t x, int32_t y)
{
    uint32_t u = (uint32_t)x, v = (uint32_t)y, seed = k->seed;
    float dx = noise_cloud(u, v, 5, seed + 1) + 0.5f * noise_cloud(u, v, 3, seed + 2) - 0.75f;
    float dy = noise_cloud(u, v, 5, seed + 3) + 0.5f * noise_cloud(u, v, 3, seed + 4) - 0.75f;
    float pools = noise_cloud(u, v, 7, seed + 5) + 0.5f * noise_cloud(u, v, 5, seed + 6) - 0.75f;
    float paper = noise_cloud(u, v, 1, seed + 7) + 0.7f * noise_at(u, v, seed + 8) - 0.85f;
    wash w = wash_at(k, squares, px_within(x + (int32_t)(k->bleed * dx + 64.5f) - 64, k->width),
                     px_within(y + (int32_t)(k->bleed * dy + 64.5f) - 64, k->height));
    float light = wash_brightness(w.colour[0], w.colour[1], w.colour[2]);
    float wanted = k->layers > 1 ? 0.5f * (light + wash_layered(light, k->layers)) : light;
    float density = 1 + WASH_PIGMENT * k->edges * wash_clamp(2.5f * w.edge - 0.05f) +
                    WASH_RIPPLES * k->granulation * (0.8f * pools + paper * (1.3f - light));

    for (int c = 0; c < 3; c++)
        rgb[c] = wash_painted(wanted + WASH_COLOURFUL * (w.colour[c] - light), density);
}

#endif

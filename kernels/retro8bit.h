/* retro8bit.h - a palette of at most 32 colours, and which of them is nearest.
 *
 * A distance is (3 dr)^2 + (12 dg)^2 + (5 db)^2: below 2^24 between levels, so that floats hold it exactly.
 * Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_RETRO8BIT_H
#define INSPYR_KERNELS_RETRO8BIT_H

#include "kernels/effect_px.h"

#define RETRO_COLOURS 32
#define RETRO_CHUNK 64 /* pixels that are compared together */

/* Filled up with copies of the first colour, which never win: the first of several nearest does. */
typedef struct retro_palette {
    float r[RETRO_COLOURS], g[RETRO_COLOURS], b[RETRO_COLOURS]; /* times 3, 12 and 5 */
    uint32_t words[RETRO_COLOURS];                              /* without alpha */
} retro_palette;

/* How a job is to be done, once its preset has been applied. */
typedef struct retro_plan {
    int32_t factor, threshold;
    int edges, diffusion, adaptive;
} retro_plan;

/* In the order of job->values. */
enum { RETRO_PRESET, RETRO_FACTOR, RETRO_THRESHOLD, RETRO_EDGES, RETRO_DIFFUSION, RETRO_ADAPTIVE };
enum { RETRO_SPEED, RETRO_BALANCED, RETRO_QUALITY, RETRO_CUSTOM };

PX retro_plan retro_plan_of(const float *values)
{
    int32_t preset = (int32_t)values[RETRO_PRESET], factor = (int32_t)values[RETRO_FACTOR];
    retro_plan p;

    p.factor = preset == RETRO_SPEED                    ? 1
               : preset == RETRO_BALANCED && factor > 6 ? 6
               : preset == RETRO_QUALITY && factor < 3  ? 3
                                                        : factor;
    p.threshold = (int32_t)values[RETRO_THRESHOLD];
    p.edges = preset == RETRO_CUSTOM ? values[RETRO_EDGES] >= 0.5f : preset != RETRO_SPEED;
    p.diffusion = preset == RETRO_CUSTOM ? values[RETRO_DIFFUSION] >= 0.5f : preset == RETRO_QUALITY;
    p.adaptive = preset == RETRO_CUSTOM ? values[RETRO_ADAPTIVE] >= 0.5f : preset == RETRO_QUALITY;
    return p;
}

PX void retro_palette_set(retro_palette *p, int32_t i, uint32_t word)
{
    p->r[i] = 3.0f * (float)PX_CHANNEL(word, 0);
    p->g[i] = 12.0f * (float)PX_CHANNEL(word, 1);
    p->b[i] = 5.0f * (float)PX_CHANNEL(word, 2);
    p->words[i] = word & ~PX_ALPHA;
}

PX float retro_distance(const retro_palette *p, int32_t i, float r, float g, float b)
{
    float dr = r - p->r[i], dg = g - p->g[i], db = b - p->b[i];

    return dr * dr + dg * dg + db * db;
}

/* The number of the colour nearest to channels that are multiplied by 3, 12 and 5. */
PX int32_t retro_nearest(const retro_palette *p, float r, float g, float b)
{
    float least = retro_distance(p, 0, r, g, b);
    int32_t best = 0;

    for (int32_t i = 1; i < RETRO_COLOURS; i++) {
        float d = retro_distance(p, i, r, g, b);

        best = d < least ? i : best;
        least = d < least ? d : least;
    }
    return best;
}

PX double retro_away(uint32_t a, uint32_t b, int32_t channel, double weight)
{
    return (double)PX_CHANNEL(a, channel) * weight - (double)PX_CHANNEL(b, channel) * weight;
}

/* The same where several are nearest. */
PX int32_t retro_nearest_of_tied(const retro_palette *p, uint32_t word)
{
    double least = 1e9;
    int32_t best = 0;

    for (int32_t i = 0; i < RETRO_COLOURS; i++) {
        double dr = retro_away(word, p->words[i], 0, 0.15), dg = retro_away(word, p->words[i], 1, 0.6);
        double db = retro_away(word, p->words[i], 2, 0.25), d = dr * dr + dg * dg + db * db;

        best = d < least ? i : best;
        least = d < least ? d : least;
    }
    return best;
}

/* Of one pixel, as retro_nearest_of() has it. */
PX int32_t retro_nearest_to(const retro_palette *p, uint32_t word)
{
    float r = 3.0f * (float)PX_CHANNEL(word, 0), g = 12.0f * (float)PX_CHANNEL(word, 1);
    float b = 5.0f * (float)PX_CHANNEL(word, 2), least = retro_distance(p, 0, r, g, b);
    int32_t best = 0, tie = 0;

    for (int32_t i = 1; i < RETRO_COLOURS; i++) {
        float d = retro_distance(p, i, r, g, b);

        tie = d < least ? 0 : d == least ? 1 : tie;
        best = d < least ? i : best;
        least = d < least ? d : least;
    }
    return tie ? retro_nearest_of_tied(p, word) : best;
}

/* What edges are looked for in. */
PX int16_t retro_grey(uint32_t word)
{
    return (int16_t)((9798 * PX_CHANNEL(word, 0) + 19235 * PX_CHANNEL(word, 1) + 3735 * PX_CHANNEL(word, 2) +
                      16384) >>
                     15);
}

/* The square of the gradient at the middle of 3 x 3 greys, from the first of each row on. */
PX int32_t retro_steep(const int16_t *p, const int16_t *q, const int16_t *r)
{
    int32_t dx = (p[2] - p[0]) + 2 * (q[2] - q[0]) + (r[2] - r[0]);
    int32_t dy = (r[0] - p[0]) + 2 * (r[1] - p[1]) + (r[2] - p[2]);

    return dx * dx + dy * dy;
}

#if !defined(__CUDACC__)
/* Of at most RETRO_CHUNK pixels. */
static inline void retro_nearest_of(int32_t *restrict best, const retro_palette *p, const uint32_t *words,
                                    int32_t n)
{
    float r[RETRO_CHUNK], g[RETRO_CHUNK], b[RETRO_CHUNK];
    int32_t tied[RETRO_CHUNK], any = 0;

    for (int32_t x = 0; x < n; x++) {
        r[x] = 3.0f * (float)PX_CHANNEL(words[x], 0);
        g[x] = 12.0f * (float)PX_CHANNEL(words[x], 1);
        b[x] = 5.0f * (float)PX_CHANNEL(words[x], 2);
    }
    for (int32_t x = 0; x < n; x++) {
        float least = retro_distance(p, 0, r[x], g[x], b[x]);
        int32_t nearest = 0, tie = 0;

        for (int32_t i = 1; i < RETRO_COLOURS; i++) {
            float d = retro_distance(p, i, r[x], g[x], b[x]);

            tie = d < least ? 0 : d == least ? 1 : tie;
            nearest = d < least ? i : nearest;
            least = d < least ? d : least;
        }
        best[x] = nearest;
        tied[x] = tie;
    }
    for (int32_t x = 0; x < n; x++)
        any |= tied[x];
    for (int32_t x = 0; any && x < n; x++)
        if (tied[x])
            best[x] = retro_nearest_of_tied(p, words[x]);
}
#endif

#endif

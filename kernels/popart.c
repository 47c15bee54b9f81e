/* popart.c - contrast and saturation until 27 colours are left, which are painted anew.
 *
 * Numbers stay unrounded until the picture is posterised. */
#include <string.h>

#include "kernels/bands.h"
#include "kernels/effect_kernels.h"

enum { CONTRAST, SATURATION };

#define CHUNK 1024 /* pixels whose levels are kept */

enum { BLACK, PINK, SPRING, VIOLET, SKY, REDORANGE, LIME };

static const unsigned char paints[][3] = {
    [BLACK] = { 0, 0, 0 },       [PINK] = { 255, 20, 147 }, [SPRING] = { 0, 255, 127 },
    [VIOLET] = { 138, 43, 226 }, [SKY] = { 0, 191, 255 },   [REDORANGE] = { 255, 69, 0 },
    [LIME] = { 50, 205, 50 },
};

/* Of the levels 9 R + 3 G + B. */
static const unsigned char paint_of[27] = {
    BLACK, VIOLET, VIOLET, SPRING, PINK,      VIOLET, SPRING, SPRING, LIME, /* R 0 */
    PINK,  BLACK,  VIOLET, PINK,   PINK,      SKY,    SPRING, LIME,   PINK, /* R 1 */
    PINK,  PINK,   SKY,    PINK,   REDORANGE, SPRING, PINK,   SKY,    SKY,  /* R 2 */
};

static inline float clamp(float v)
{
    v = v < 0 ? 0 : v;
    return v > 255 ? 255 : v;
}

static inline float contrasted(unsigned char v, float contrast)
{
    return clamp(((float)v - 128) * contrast + 128);
}

/* 0, 1 or 2: the nearest of 0, 127.5 and 255, and the even one between two. */
static inline int level(float v, float luminance, float saturation)
{
    v = clamp(luminance + saturation * (v - luminance));
    return (v > 63.75f) + (v >= 191.25f);
}

static void find_levels(unsigned char *restrict levels, const unsigned char *restrict src, int32_t n,
                        float contrast, float saturation)
{
    for (int32_t i = 0; i < n; i++) {
        float r = contrasted(src[4 * i], contrast), g = contrasted(src[4 * i + 1], contrast);
        float b = contrasted(src[4 * i + 2], contrast);
        float luminance = 0.299f * r + 0.587f * g + 0.114f * b;

        levels[i] = (unsigned char)(9 * level(r, luminance, saturation) + 3 * level(g, luminance, saturation) +
                                    level(b, luminance, saturation));
    }
}

static void paint(unsigned char *restrict dst, const unsigned char *restrict levels,
                  const unsigned char *restrict src, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        memcpy(dst + 4 * i, paints[paint_of[levels[i]]], 3);
        dst[4 * i + 3] = src[4 * i + 3];
    }
}

static void run(const effect_job *job, int32_t step, int32_t band, void *scratch)
{
    unsigned char levels[CHUNK];

    (void)step, (void)scratch;
    for (int32_t y = band_first(job, band); y < band_end(job, band); y++)
        for (int32_t x = 0, n; x < job->width; x += n) {
            const unsigned char *src = job_src(job, y) + 4 * (size_t)x;

            n = job->width - x < CHUNK ? job->width - x : CHUNK;
            find_levels(levels, src, n, job->values[CONTRAST], job->values[SATURATION]);
            paint(job_dst(job, y) + 4 * (size_t)x, levels, src, n);
        }
}

const effect_steps KERNEL(popart_steps) = { no_bytes, no_bytes, NULL, one_step_of_bands, run };

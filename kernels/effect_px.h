/* effect_px.h - what the arithmetic of several effects is made of.
 *
 * Only operations that round alike everywhere: + - * / and sqrt of IEEE numbers, never fused, in the order
 * written. The functions marked PX are CUDA's, too. Leaf (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_EFFECT_PX_H
#define INSPYR_KERNELS_EFFECT_PX_H

#include <stdint.h>
#include <string.h>

#include "kernels/bands.h"

#if defined(__CUDACC__)
#define PX static __host__ __device__ __forceinline__
#else
#define PX static inline __attribute__((always_inline))
#endif

/* A pixel is one word as it lies in memory; channel: 0 red, 1 green, 2 blue, 3 alpha. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define PX_SHIFT(channel) (24 - 8 * (channel))
#else
#define PX_SHIFT(channel) (8 * (channel))
#endif
#define PX_CHANNEL(word, channel) ((int32_t)((word) >> PX_SHIFT(channel) & 255))
#define PX_ALPHA ((uint32_t)255 << PX_SHIFT(3))

PX uint32_t px_grey(uint32_t level, uint32_t alpha_of)
{
    return level << PX_SHIFT(0) | level << PX_SHIFT(1) | level << PX_SHIFT(2) | (alpha_of & PX_ALPHA);
}

PX uint32_t px_rgb(uint32_t red, uint32_t green, uint32_t blue, uint32_t alpha_of)
{
    return red << PX_SHIFT(0) | green << PX_SHIFT(1) | blue << PX_SHIFT(2) | (alpha_of & PX_ALPHA);
}

/* The luminance of a pixel. */
PX uint32_t px_light(uint32_t word)
{
    return LUMINANCE((uint32_t)PX_CHANNEL(word, 0), (uint32_t)PX_CHANNEL(word, 1),
                     (uint32_t)PX_CHANNEL(word, 2));
}

PX double px_clamp(double x, double least, double most)
{
    x = x < least ? least : x;
    return x > most ? most : x;
}

/* A parameter is a decimal of at most six places: 0.18 is the double nearest to 0.18, not to the float. */
PX double px_decimal(float value)
{
    double millionths = (double)value * 1e6;

    return (double)(int64_t)(millionths < 0 ? millionths - 0.5 : millionths + 0.5) / 1e6;
}

/* Of 0..n-1, what lies at i once the picture is mirrored at its outermost pixels: dcb|abcd|cba. */
PX int32_t px_reflect(int32_t i, int32_t n)
{
    if (n == 1)
        return 0;
    while (i < 0 || i >= n)
        i = i < 0 ? -i : 2 * (n - 1) - i;
    return i;
}

/* Of 0..n-1, the nearest to i. */
PX int32_t px_within(int32_t i, int32_t n)
{
    return i < 0 ? 0 : i < n ? i : n - 1;
}

PX int32_t px_ceil_div(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a + b - 1) / b);
}

/* How many bands of rows: at least `wanted`, unless they were lower than 64 rows; none higher than `most`. */
PX int32_t px_bands(int32_t height, int32_t most, int32_t wanted)
{
    int32_t bands = px_ceil_div(height, most), possible = px_ceil_div(height, 64);

    wanted = wanted < possible ? wanted : possible;
    return bands > wanted ? bands : wanted;
}

/* Where part `i` of `parts` begins in `length`. */
PX int32_t px_part(int32_t length, int32_t i, int32_t parts)
{
    return (int32_t)((int64_t)length * i / parts);
}

/* The pixels first <= x < end of a row, which may lie outside the picture: mirrored. */
static inline void px_fetch(uint32_t *words, const effect_job *job, int32_t y, int32_t first, int32_t end)
{
    const unsigned char *row = job_src(job, px_reflect(y, job->height));
    int32_t inside = first > 0 ? first : 0, outside = end < job->width ? end : job->width;

    memcpy(&words[inside - first], row + 4 * (size_t)inside, 4 * (size_t)(outside - inside));
    for (int32_t x = first; x < inside; x++)
        memcpy(&words[x - first], row + 4 * (size_t)px_reflect(x, job->width), 4);
    for (int32_t x = outside; x < end; x++)
        memcpy(&words[x - first], row + 4 * (size_t)px_reflect(x, job->width), 4);
}

/* Of pictures whose rows begin at words. */
PX uint32_t px_word(const unsigned char *from, int64_t stride, int32_t x, int32_t y)
{
    return *(const uint32_t *)(const void *)(from + y * stride + 4 * (int64_t)x);
}

PX void px_put(unsigned char *to, int64_t stride, int32_t x, int32_t y, uint32_t word)
{
    *(uint32_t *)(void *)(to + y * stride + 4 * (int64_t)x) = word;
}

/* Room for `count` elements, taken from scratch in whole cache lines. From NULL, to learn how much it is: so
 * the sum is one of integers. */
static inline void *px_take(unsigned char **scratch, size_t count, size_t size)
{
    void *room = *scratch;

    *scratch = (unsigned char *)((uintptr_t)*scratch + (count * size + 63) / 64 * 64);
    return room;
}

#endif

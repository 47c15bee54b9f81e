/* diffusion.h - the errors of eight rows of a lattice at once, of which each is SKEW points behind the one
 * above.
 *
 * Vectors are as wide as the instruction set has them, and give what dither_receive() and dither_error() give.
 * Errors pass from row to row through memory: SKEW is so large that they have long been written. Leaf
 * (kernels). Threads: any. */
#ifndef INSPYR_KERNELS_DIFFUSION_H
#define INSPYR_KERNELS_DIFFUSION_H

#include "kernels/dithering.h"

#define DIFFUSION_ROWS 8
#define DIFFUSION_SKEW 5
#define DIFFUSION_PAST 8   /* times whose errors are kept: a power of two above SKEW + 1 */
#define DIFFUSION_PITCH 16 /* of a time: the error of the row above the eight, then theirs */

#if defined(__AVX512F__)
#define DIFFUSION_LANES 8
#elif defined(__AVX2__)
#define DIFFUSION_LANES 4
#else
#define DIFFUSION_LANES 2
#endif
#define DIFFUSION_PACKS (DIFFUSION_ROWS / DIFFUSION_LANES)

typedef double diffusion_pack __attribute__((vector_size(8 * DIFFUSION_LANES)));
typedef int64_t diffusion_bits __attribute__((vector_size(8 * DIFFUSION_LANES)));
typedef float diffusion_floats __attribute__((vector_size(4 * DIFFUSION_LANES)));

static inline __attribute__((always_inline)) diffusion_pack diffusion_load(const double *p)
{
    diffusion_pack v;

    memcpy(&v, p, sizeof v);
    return v;
}

/* As floats and back. */
#define DIFFUSION_ROUND(pack)                                                                                  \
    __builtin_convertvector(__builtin_convertvector(pack, diffusion_floats), diffusion_pack)

/* The eight points of time t. left: their errors at the time before, and then at this one. */
static inline __attribute__((always_inline)) void diffusion_points(float *levels, const float *thresholds,
                                                                   double past[DIFFUSION_PAST][DIFFUSION_PITCH],
                                                                   int32_t t,
                                                                   diffusion_pack left[DIFFUSION_PACKS])
{
    const double *above_left = past[(t - DIFFUSION_SKEW - 1) & (DIFFUSION_PAST - 1)];
    const double *above = past[(t - DIFFUSION_SKEW) & (DIFFUSION_PAST - 1)];
    const double *above_right = past[(t - DIFFUSION_SKEW + 1) & (DIFFUSION_PAST - 1)];
    double *now = past[t & (DIFFUSION_PAST - 1)] + 1;
    const diffusion_pack zero = { 0 }, white = zero + 255.0, one = zero + 1.0;

#pragma GCC unroll 4
    for (int32_t i = 0; i < DIFFUSION_PACKS; i++) {
        int32_t at = i * DIFFUSION_LANES;
        diffusion_floats floats;
        diffusion_pack level, threshold;
        diffusion_bits black;

        memcpy(&floats, &thresholds[at], sizeof floats);
        threshold = __builtin_convertvector(floats, diffusion_pack);
        memcpy(&floats, &levels[at], sizeof floats);
        level = __builtin_convertvector(floats, diffusion_pack) + diffusion_load(above_left + at) * 0.0625;
        level = DIFFUSION_ROUND(level) + diffusion_load(above + at) * 0.3125;
        level = DIFFUSION_ROUND(level) + diffusion_load(above_right + at) * 0.1875;
        level = DIFFUSION_ROUND(level) + left[i] * 0.4375;
        level = DIFFUSION_ROUND(level);
        black = level < threshold;
        left[i] = level - (diffusion_pack)(~black & (diffusion_bits)white);
        left[i] = (diffusion_pack)((threshold >= zero) & (diffusion_bits)left[i]);
        memcpy(now + at, &left[i], sizeof left[i]);
        floats = __builtin_convertvector((diffusion_pack)(black & (threshold >= zero) & (diffusion_bits)one),
                                         diffusion_floats);
        memcpy(&levels[at], &floats, sizeof floats);
    }
}

#endif

/* vector.h - one vector type per instruction set, and the few operations that kernels need.
 *
 * Written with the compilers' vector extension, so that one text serves SSE2, AVX2, AVX-512, NEON and WASM.
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_VECTOR_H
#define INSPYR_NET_ROWS_VECTOR_H

#include <stdint.h>
#include <string.h>

#include "net/bf16.h"
#include "net/plain/kernels.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ivec __attribute__((vector_size(4 * LANES)));
typedef float vec_anywhere __attribute__((vector_size(4 * LANES), aligned(4)));

#define INLINE static inline __attribute__((always_inline))

INLINE vec load(const float *p)
{
    return *(const vec_anywhere *)p;
}

INLINE void store(float *p, vec v)
{
    *(vec_anywhere *)p = v;
}

INLINE vec spread(float x)
{
    return x - (vec){ 0 }; /* x + 0 is another number where x is -0, and so would be computed */
}

INLINE vec pick(ivec where, vec a, vec b)
{
    return (vec)((where & (ivec)a) | (~where & (ivec)b));
}

/* gcc makes four instructions of the portable form. Both give b where a number is missing. */
INLINE vec vmax(vec a, vec b)
{
#if defined(__AVX512F__)
    return (vec)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vec)_mm_max_ps((__m128)a, (__m128)b);
#else
    return pick(a > b, a, b);
#endif
}

INLINE vec vmin(vec a, vec b)
{
#if defined(__AVX512F__)
    return (vec)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (vec)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vec)_mm_min_ps((__m128)a, (__m128)b);
#else
    return pick(a < b, a, b);
#endif
}

/* bf16 is the upper half of a float. Narrowing rounds to nearest, ties to even; a NaN may become infinite. */
INLINE vec widen(const uint16_t *p)
{
#if defined(__AVX512F__)
    return (vec)_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i_u *)p)), 16);
#elif defined(__AVX2__)
    return (vec)_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i_u *)p)), 16);
#else
    ivec v;

    for (int i = 0; i < LANES; i++)
        v[i] = (int32_t)((uint32_t)p[i] << 16);
    return (vec)v;
#endif
}

INLINE void narrow(uint16_t *p, vec v)
{
#if defined(__AVX512BF16__)
    _mm256_storeu_si256((__m256i_u *)p, (__m256i)_mm512_cvtneps_pbh((__m512)v));
#else
    ivec bits = (ivec)v;

    bits = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    for (int i = 0; i < LANES; i++)
        p[i] = (uint16_t)bits[i];
#endif
}

/* Channels channel..channel+LANES-1 of a pixel of either type. */
INLINE vec load_channels(const float *pixel, int32_t channel, rows_type type)
{
    return type == ROWS_BF16 ? widen((const uint16_t *)(const void *)pixel + channel) : load(pixel + channel);
}

INLINE float channel_of(const float *pixel, int32_t channel, rows_type type)
{
    return type == ROWS_F32 ? pixel[channel] : bf16_widened(((const uint16_t *)(const void *)pixel)[channel]);
}

INLINE void store_channels(float *pixel, int32_t channel, rows_type type, vec v)
{
    if (type == ROWS_BF16)
        narrow((uint16_t *)(void *)pixel + channel, v);
    else
        store(pixel + channel, v);
}

INLINE void set_channel(float *pixel, int32_t channel, rows_type type, float x)
{
    uint32_t bits;

    if (type == ROWS_F32) {
        pixel[channel] = x;
        return;
    }
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    ((uint16_t *)(void *)pixel)[channel] = (uint16_t)bits;
}

/* Makes types of grids constants of an inlined function: f(call, type read, type written). */
#define BY_TYPE(f, c, in, out)                                                                                 \
    ((in) == ROWS_F32    ? (out) == ROWS_F32 ? f(c, ROWS_F32, ROWS_F32) : f(c, ROWS_F32, ROWS_BF16)            \
        : (out) == ROWS_F32 ? f(c, ROWS_BF16, ROWS_F32)                                                        \
                         : f(c, ROWS_BF16, ROWS_BF16))

/* e^x within 2 ulp for -87 <= x <= 88, clamped outside: 2^n e^r with |r| <= ln 2 / 2 and a polynomial of degree
 * 6 (Taylor, last term below 2^-24 there). */
INLINE vec vexp(vec x)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    vec n, r, p;

    x = vmin(vmax(x, spread(-87.0f)), spread(88.0f));
    n = x * 1.44269504f + magic;
    ivec exponent = (ivec)n << 23;
    n = n - magic;
    r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    p = spread(1.0f / 720);
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    return (vec)((ivec)p + exponent);
}

/* v in the first `count` lanes, zeros in the others. */
INLINE vec first_lanes(vec v, int32_t count)
{
    static const int32_t numbers[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
    ivec lane;

    memcpy(&lane, numbers, sizeof lane);
    return pick(lane < count, v, spread(0));
}

/* Halves are joined until one number is left: lane by lane it would take as long as sixteen vectors. */
#if defined(__AVX512F__)
INLINE float vlargest(vec v)
{
    return _mm512_reduce_max_ps((__m512)v);
}

INLINE float vsum(vec v)
{
    return _mm512_reduce_add_ps((__m512)v);
}
#elif defined(__AVX2__)
INLINE float vlargest(vec v)
{
    __m128 m = _mm_max_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));

    m = _mm_max_ps(m, _mm_movehl_ps(m, m));
    return _mm_cvtss_f32(_mm_max_ss(m, _mm_movehdup_ps(m)));
}

INLINE float vsum(vec v)
{
    __m128 s = _mm_add_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));

    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
#else
INLINE float vlargest(vec v)
{
    float most = v[0];

    for (int i = 1; i < LANES; i++)
        most = v[i] > most ? v[i] : most;
    return most;
}

INLINE float vsum(vec v)
{
    return (v[0] + v[2]) + (v[1] + v[3]);
}
#endif

#endif

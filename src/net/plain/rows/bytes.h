/* bytes.h - numbers stored as bytes, where there are products of those: see rows_type.
 *
 * Layer 3 (net), only for the files beside it. */
#ifndef INSPYR_NET_ROWS_U8_H
#define INSPYR_NET_ROWS_U8_H

#include "net/plain/kernels.h"
#include "net/plain/rows/vector.h"

/* How numbers become bytes. Kept in registers: a compiler must believe that stored bytes change what is read
 * through pointers, and would divide for every vector. */
typedef struct byte_range {
    float inverse, low; /* of the scale */
} byte_range;

INLINE byte_range range_of(const rows_grid *to)
{
    return (byte_range){ to->type == ROWS_U8 ? 1 / to->scale : 0, to->low };
}

#if defined(__AVX512BF16__) && defined(__AVX512VNNI__)
INLINE void store_bytes(unsigned char *out, vec v, byte_range range)
{
    __m512i q = _mm512_cvtps_epi32((__m512)((v - range.low) * range.inverse));

    _mm_storeu_si128((__m128i_u *)out, _mm512_cvtusepi32_epi8(_mm512_max_epi32(q, _mm512_setzero_si512())));
}
#endif

/* LANES channels; bytes are 16 at once. */
INLINE void put_channels(float *pixel, int32_t channel, const rows_type type, byte_range range, vec v)
{
#if defined(__AVX512BF16__) && defined(__AVX512VNNI__)
    if (type == ROWS_U8) {
        store_bytes((unsigned char *)(void *)pixel + channel, v, range);
        return;
    }
#endif
    (void)range;
    store_channels(pixel, channel, type, v);
}

#endif

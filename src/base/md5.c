#include "base/md5.h"

#include "base/digest_blocks.h"

/* 2^32 |sin(i + 1)| */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static uint32_t load(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A loop for each round, so that compilers unroll them: whole checkpoints go through here. */
#define ROUND(first, word, function, t0, t1, t2, t3)                                                           \
    for (unsigned i = (first); i < (first) + 16; i++) {                                                        \
        static const int turns[4] = { t0, t1, t2, t3 };                                                        \
        uint32_t sum = a + (function) + sines[i] + words[(word) % 16];                                         \
                                                                                                               \
        a = d;                                                                                                 \
        d = c;                                                                                                 \
        c = b;                                                                                                 \
        b += sum << turns[i % 4] | sum >> (32 - turns[i % 4]);                                                 \
    }

static void mix(uint32_t *state, const unsigned char *block)
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], words[16];

    for (int i = 0; i < 16; i++)
        words[i] = load(block + 4 * i);
    ROUND(0, i, d ^ (b & (c ^ d)), 7, 12, 17, 22)
    ROUND(16, 5 * i + 1, c ^ (d & (b ^ c)), 5, 9, 14, 20)
    ROUND(32, 3 * i + 5, b ^ c ^ d, 4, 11, 16, 23)
    ROUND(48, 7 * i, c ^ (b | ~d), 6, 10, 15, 21)
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void md5_begin(md5 *m)
{
    *m = (md5){ .state = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } };
}

void md5_add(md5 *m, const void *bytes, size_t size)
{
    digest_add(m->state, &m->size, m->block, bytes, size, mix);
}

void md5_end(unsigned char out[MD5_SIZE], md5 *m)
{
    static const unsigned char padding[DIGEST_BLOCK] = { 0x80 };
    uint64_t bits = m->size * 8;
    unsigned char length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)(bits >> 8 * i);
    md5_add(m, padding, digest_padding(m->size));
    md5_add(m, length, sizeof length);
    for (int i = 0; i < MD5_SIZE; i++)
        out[i] = (unsigned char)(m->state[i / 4] >> i % 4 * 8);
}

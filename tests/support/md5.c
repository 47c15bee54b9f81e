#include "support/md5.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t load(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void mix(uint32_t state[4], const uint32_t sines[64], const unsigned char *block)
{
    static const int turns[4][4] = {
        { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 }
    };
    static const unsigned factor[4] = { 1, 5, 3, 7 }, start[4] = { 0, 1, 5, 0 };
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];

    for (unsigned i = 0; i < 64; i++) {
        unsigned round = i / 16, word = (factor[round] * i + start[round]) % 16;
        int turn = turns[round][i % 4];
        uint32_t f = round == 0   ? (b & c) | (~b & d)
                     : round == 1 ? (d & b) | (~d & c)
                     : round == 2 ? b ^ c ^ d
                                  : c ^ (b | ~d);
        uint32_t sum = a + f + sines[i] + load(block + 4 * word);

        a = d;
        d = c;
        c = b;
        b += sum << turn | sum >> (32 - turn);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void md5_text(char out[MD5_TEXT], const void *bytes, size_t size)
{
    uint32_t state[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 }, sines[64];
    unsigned char tail[128] = { 0 };
    size_t whole = size / 64 * 64, rest = size - whole, end = rest < 56 ? 64 : 128;

    for (int i = 0; i < 64; i++)
        sines[i] = (uint32_t)(fabs(sin(i + 1.0)) * 4294967296.0);
    for (size_t at = 0; at < whole; at += 64)
        mix(state, sines, (const unsigned char *)bytes + at);
    if (rest)
        memcpy(tail, (const unsigned char *)bytes + whole, rest);
    tail[rest] = 0x80;
    for (int i = 0; i < 8; i++)
        tail[end - 8 + (size_t)i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
    for (size_t at = 0; at < end; at += 64)
        mix(state, sines, tail + at);
    for (int i = 0; i < 16; i++)
        snprintf(out + 2 * i, 3, "%02x", (unsigned)(state[i / 4] >> 8 * (i % 4) & 255));
}

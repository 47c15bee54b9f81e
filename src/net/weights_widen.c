#include <string.h>

#include "net/weights_store.h"

size_t weights_width(weights_type type)
{
    switch (type) {
    case WEIGHTS_F32:
        return 4;
    case WEIGHTS_I64:
        return 8;
    default:
        return 2;
    }
}

static float as_float(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Without branches, tables or subnormal arithmetic (which a process may have switched off): compilers turn the
 * loop into vectors of any instruction set. */
static float half(uint32_t h)
{
    const uint32_t magnitude = h & 0x7FFF, bias = 112u << 23; /* 127 - 15 */
    uint32_t normal = (magnitude << 13) + bias + (magnitude >= 0x7C00 ? bias : 0);
    uint32_t subnormal = bits_of((float)(int32_t)magnitude * 0x1p-24f);

    return as_float((magnitude < 0x0400 ? subnormal : normal) | (h & 0x8000) << 16);
}

static void widen_half(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = half((uint32_t)in[2 * i] | (uint32_t)in[2 * i + 1] << 8);
}

static void widen_bfloat(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = as_float((uint32_t)in[2 * i] << 16 | (uint32_t)in[2 * i + 1] << 24);
}

static void widen_single(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = as_float((uint32_t)in[4 * i] | (uint32_t)in[4 * i + 1] << 8 | (uint32_t)in[4 * i + 2] << 16 |
                          (uint32_t)in[4 * i + 3] << 24);
}

static void widen_integer(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = 0;

        for (int byte = 7; byte >= 0; byte--)
            bits = bits << 8 | in[8 * i + (size_t)byte];
        out[i] = (float)(int64_t)bits;
    }
}

void weights_widen(float *out, const weights_tensor *tensor)
{
    static void (*const widen[])(float *restrict, const unsigned char *restrict, size_t) = {
        [WEIGHTS_F32] = widen_single,
        [WEIGHTS_F16] = widen_half,
        [WEIGHTS_BF16] = widen_bfloat,
        [WEIGHTS_I64] = widen_integer,
    };

    widen[tensor->type](out, tensor->data, tensor->count);
}

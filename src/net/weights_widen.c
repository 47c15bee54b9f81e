#include <string.h>

#include "net/weights_store.h"

size_t weights_width(weights_type type)
{
    switch (type) {
    case WEIGHTS_F32:
        return 4;
    case WEIGHTS_I64:
        return 8;
    case WEIGHTS_I8:
        return 1;
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
    const uint32_t magnitude = h & 0x7FFF, bias = 112u << 23;          /* 127 - 15 */
    const uint32_t special = -(uint32_t)((int32_t)magnitude > 0x7BFF); /* all bits set, or none */
    const uint32_t small = -(uint32_t)((int32_t)magnitude < 0x0400);
    uint32_t normal = (magnitude << 13) + bias + (bias & special);
    uint32_t subnormal = bits_of((float)(int32_t)magnitude * 0x1p-24f);

    return as_float((subnormal & small) | (normal & ~small) | (h & 0x8000) << 16);
}

static uint32_t load2(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static void widen_half(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = half(load2(in + 2 * i));
}

static void widen_bfloat(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = as_float(load2(in + 2 * i) << 16);
}

static void widen_single(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = as_float(load2(in + 4 * i) | load2(in + 4 * i + 2) << 16);
}

static void widen_integer(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned char *p = in + 8 * i;
        uint64_t low = load2(p) | load2(p + 2) << 16, high = load2(p + 4) | load2(p + 6) << 16;

        out[i] = (float)(int64_t)(high << 32 | low);
    }
}

static void widen_byte(float *restrict out, const unsigned char *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (float)((in[i] ^ 0x80) - 0x80);
}

void weights_widen(float *out, const weights_tensor *tensor)
{
    static void (*const widen[])(float *restrict, const unsigned char *restrict, size_t) = {
        [WEIGHTS_F32] = widen_single,  [WEIGHTS_F16] = widen_half, [WEIGHTS_BF16] = widen_bfloat,
        [WEIGHTS_I64] = widen_integer, [WEIGHTS_I8] = widen_byte,
    };

    widen[tensor->type](out, tensor->data, tensor->count);
}

bool weights_finite(const float *numbers, size_t count)
{
    uint32_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        uint32_t bits;

        memcpy(&bits, &numbers[i], sizeof bits);
        wrong |= (bits & 0x7F800000) == 0x7F800000;
    }
    return !wrong;
}

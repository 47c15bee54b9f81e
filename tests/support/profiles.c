#include "support/profiles.h"

#include <math.h>

const double profile_p3[3][3] = { { 0.51512, 0.24120, -0.00105 },
                                  { 0.29198, 0.69225, 0.04189 },
                                  { 0.15710, 0.06657, 0.78407 } };
const double profile_srgb[3][3] = { { 0.43607, 0.22249, 0.01392 },
                                    { 0.38515, 0.71687, 0.09708 },
                                    { 0.14307, 0.06061, 0.71410 } };

static void put32(unsigned char *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void put_xyz(unsigned char *p, const double xyz[3])
{
    memcpy(p, "XYZ ", 4);
    for (int i = 0; i < 3; i++)
        put32(p + 8 + 4 * i, (uint32_t)(int32_t)lround(xyz[i] * 65536));
}

/* Header, seven tags, then white, three colours and a curve that all three share. */
void profile_make(unsigned char out[PROFILE_SIZE], const double primaries[3][3], double power)
{
    static const char *tags[] = { "wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC" };
    static const double white[3] = { 0.9642, 1.0, 0.8249 };
    uint32_t at = 128 + 4 + 7 * 12;

    memset(out, 0, PROFILE_SIZE);
    put32(out, PROFILE_SIZE);
    put32(out + 8, 0x02100000);
    memcpy(out + 12, "mntrRGB XYZ ", 12);
    memcpy(out + 36, "acsp", 4);
    for (int i = 0; i < 3; i++)
        put32(out + 68 + 4 * i, (uint32_t)lround(white[i] * 65536));
    put32(out + 128, 7);
    for (uint32_t i = 0; i < 7; i++) {
        memcpy(out + 132 + 12 * i, tags[i], 4);
        put32(out + 136 + 12 * i, at + 20 * (i < 4 ? i : 4));
        put32(out + 140 + 12 * i, i < 4 ? 20 : 14);
    }
    put_xyz(out + at, white);
    for (int i = 0; i < 3; i++)
        put_xyz(out + at + 20 * (uint32_t)(i + 1), primaries[i]);
    memcpy(out + at + 80, "curv\0\0\0\0\0\0\0\1", 12);
    out[at + 92] = (unsigned char)(int)power;
    out[at + 93] = (unsigned char)lround((power - floor(power)) * 256);
}

inspyr_bytes profile_view(unsigned char *bytes, size_t size)
{
    return (inspyr_bytes){ bytes, size, NULL, NULL };
}

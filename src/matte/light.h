/* light.h - laying one colour over another, as sRGB values or in linear light.
 *
 * Linear light is held in 16 bits: the smallest step of an sRGB byte is 20 of its units. Layer 3 (matte).
 * Threads: any; tables do not change once they are made. */
#ifndef INSPYR_MATTE_LIGHT_H
#define INSPYR_MATTE_LIGHT_H

#include "inspyr.h"

#define LIGHT_MOST 65535

/* The transfer function of sRGB (IEC 61966-2-1) and its inverse, which takes the byte that is nearest among
 * sRGB values. */
typedef struct light {
    uint16_t linear[256];
    unsigned char nearest[LIGHT_MOST + 1];
} light;

/* To be given back with memory_give(). */
inspyr_status light_create(light **out, const inspyr_allocator *allocator, inspyr_error *error);

/* a of 255 of `over`, the rest of `under`, rounded. l NULL: of sRGB values, exactly. */
static inline unsigned char light_mix(const light *l, unsigned over, unsigned under, unsigned a)
{
    unsigned v;

    if (l)
        return l->nearest[(a * l->linear[over] + (255 - a) * l->linear[under] + 127) / 255];
    v = a * over + (255 - a) * under + 128;
    return (unsigned char)((v + (v >> 8)) >> 8);
}

#endif

#include "matte/light.h"

#include <math.h>

#include "base/memory.h"
#include "base/status.h"

/* 0..1 to 0..1 */
static double linear_of(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

inspyr_status light_create(light **out, const inspyr_allocator *allocator, inspyr_error *error)
{
    light *l = memory_take(allocator, sizeof *l);
    int32_t i = 0;

    *out = l;
    if (!l)
        return failed(error, INSPYR_ERR_MEMORY, "no room for tables of linear light");
    for (int32_t v = 0; v < 256; v++) {
        /* Half way to the next byte, where rounding of sRGB values changes sides. */
        double end = linear_of((v + 0.5) / 255) * LIGHT_MOST;

        l->linear[v] = (uint16_t)(linear_of(v / 255.0) * LIGHT_MOST + 0.5);
        for (; i <= LIGHT_MOST && (i < end || v == 255); i++)
            l->nearest[i] = (unsigned char)v;
    }
    return INSPYR_OK;
}

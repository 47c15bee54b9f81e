/* Any bytes as an ICC profile: refused, or good for colours of any kind, and the same ones each time. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "image/icc.h"
#include "image/icc_srgb.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define PIXELS 64

static void convert(unsigned char *rgb, const inspyr_bytes *profile)
{
    inspyr_allocator allocator;

    for (int i = 0; i < PIXELS * 3; i++)
        rgb[i] = (unsigned char)(i * 4 + i / 7);
    if (memory_import(&allocator, NULL, NULL) || icc_to_srgb(rgb, PIXELS, profile, &allocator, NULL))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    unsigned char first[PIXELS * 3], second[PIXELS * 3];
    size_t used;
    icc_space space = icc_space_of(&used, bytes, size);
    inspyr_bytes profile = { (void *)(uintptr_t)bytes, used, NULL, NULL };

    if (used > size || (space == ICC_NONE) != (used == 0))
        abort();
    if (space != ICC_RGB)
        return 0;
    convert(first, &profile);
    convert(second, &profile);
    if (memcmp(first, second, sizeof first) != 0)
        abort();
    return 0;
}

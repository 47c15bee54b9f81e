/* Any bytes as EXIF: an orientation from 1 to 8, whatever they say. */
#include <stdint.h>
#include <stdlib.h>

#include "image/exif.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    int32_t orientation = exif_orientation(bytes, size);

    if (orientation < 1 || orientation > 8)
        abort();
    return 0;
}

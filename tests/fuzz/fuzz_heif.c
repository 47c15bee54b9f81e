/* Any bytes as HEIC or AVIF: refused with a reason, or a picture that keeps the header's promises. In a build
 * with libheif only; without it, all are refused. */
#include "decode_once.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 12 && !memcmp(bytes + 4, "ftyp", 4))
        decode_as(bytes, size, 0, INSPYR_DECODE_HEIF | (size % 2 ? INSPYR_DECODE_SHRINK : 0));
    return 0;
}

/* Any bytes as PNM: refused with a reason, or a picture that keeps the header's promises. */
#include "decode_once.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    decode_once(bytes, size, INSPYR_FILE_PAM);
    return 0;
}

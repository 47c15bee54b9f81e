#include "base/options.h"

#include <inttypes.h>

#include "base/status.h"

/* Far above any struct to come: a size beyond it was left in the memory by somebody else, and following it
 * would end the process. */
#define STRUCT_SIZE_MAX 65536

static inspyr_status read_size(size_t *size, size_t first_size, const void *theirs, inspyr_error *error)
{
    memcpy(size, theirs, sizeof *size);
    if (*size < first_size || *size > STRUCT_SIZE_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "struct_size %zu is not set: call the struct's _init function", *size);
    return INSPYR_OK;
}

inspyr_status options_import(void *ours, size_t our_size, size_t first_size, const void *theirs,
                             inspyr_error *error)
{
    const unsigned char *bytes = theirs;
    size_t size;

    memset(ours, 0, our_size);
    memcpy(ours, &our_size, sizeof our_size);
    if (!theirs)
        return INSPYR_OK;
    if (read_size(&size, first_size, theirs, error))
        return INSPYR_ERR_ARGUMENT;
    for (size_t i = our_size; i < size; i++)
        if (bytes[i])
            return failed(error, INSPYR_ERR_UNSUPPORTED, "an option is newer than this library (%s)",
                          inspyr_version());
    memcpy(ours, theirs, size < our_size ? size : our_size);
    return INSPYR_OK;
}

inspyr_status options_export(void *theirs, size_t first_size, const void *ours, size_t our_size,
                             inspyr_error *error)
{
    size_t size, common;

    if (!theirs)
        return INSPYR_OK;
    if (read_size(&size, first_size, theirs, error))
        return INSPYR_ERR_ARGUMENT;
    common = size < our_size ? size : our_size;
    memcpy((unsigned char *)theirs + sizeof size, (const unsigned char *)ours + sizeof size,
           common - sizeof size);
    memset((unsigned char *)theirs + common, 0, size - common);
    return INSPYR_OK;
}

inspyr_status options_flags(uint64_t flags, uint64_t known, inspyr_error *error)
{
    if (flags & ~known)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "unknown flags 0x%" PRIx64, flags & ~known);
    return INSPYR_OK;
}

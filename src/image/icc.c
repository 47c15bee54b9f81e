#include "image/icc.h"

#include "base/status.h"

#define HEADER 128
#define TAG 12       /* bytes of an entry: signature, offset, size */
#define TAGS_MAX 100 /* lcms2 reads no more; 17 is usual */

static uint32_t read32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

icc_space icc_space_of(size_t *used, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    size_t length, tags;

    *used = 0;
    if (size < HEADER + 4 || memcmp(p + 36, "acsp", 4) != 0)
        return ICC_NONE;
    length = read32(p);
    tags = read32(p + HEADER);
    if (length > size || length > ICC_BYTES_MAX || tags > TAGS_MAX || length < HEADER + 4 + tags * TAG)
        return ICC_NONE;
    for (size_t i = 0; i < tags; i++) {
        const unsigned char *tag = p + HEADER + 4 + i * TAG;
        size_t at = read32(tag + 4), bytes_of = read32(tag + 8);

        if (at < HEADER + 4 + tags * TAG || at > length || bytes_of > length - at)
            return ICC_NONE;
    }
    *used = length;
    return !memcmp(p + 16, "RGB ", 4) ? ICC_RGB : !memcmp(p + 16, "GRAY", 4) ? ICC_GREY : ICC_OTHER;
}

bool icc_is_matrix(const void *bytes, size_t size)
{
    static const char needed[] = "rXYZgXYZbXYZrTRCgTRCbTRC";
    const unsigned char *tag = (const unsigned char *)bytes + HEADER + 4;
    unsigned found = 0;
    size_t used;

    if (!bytes || icc_space_of(&used, bytes, size) != ICC_RGB)
        return false;
    for (size_t left = read32((const unsigned char *)bytes + HEADER); left--; tag += TAG) {
        if (!memcmp(tag, "A2B", 3) || !memcmp(tag, "D2B", 3))
            return false;
        for (unsigned k = 0; k < 6; k++)
            found |= !memcmp(tag, needed + 4 * k, 4) ? 1u << k : 0;
    }
    return found == 0x3f;
}

inspyr_status icc_check(const inspyr_bytes *profile, icc_space space, inspyr_error *error)
{
    size_t used;
    icc_space found;

    if (!profile || !profile->size)
        return INSPYR_OK;
    if (!profile->data)
        return failed(error, INSPYR_ERR_ARGUMENT, "a profile of %zu bytes at NULL", profile->size);
    found = icc_space_of(&used, profile->data, profile->size);
    if (found == ICC_NONE)
        return failed(error, INSPYR_ERR_ARGUMENT, "the profile is damaged");
    if (found != space)
        return failed(error, INSPYR_ERR_ARGUMENT, "the profile is not one of %s",
                      space == ICC_GREY ? "grey" : "RGB");
    return INSPYR_OK;
}

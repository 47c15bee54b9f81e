#include "image/exif.h"

#include <stdbool.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define TYPE_LONG 4
#define ENTRY 12 /* bytes of a directory entry: tag, type, count, value */

typedef struct tiff {
    const unsigned char *bytes;
    size_t size;
    bool big_endian;
} tiff;

/* The caller has checked that 2, respectively 4 bytes lie at the offset. */
static uint32_t read16(const tiff *t, size_t at)
{
    const unsigned char *p = t->bytes + at;

    return t->big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t read32(const tiff *t, size_t at)
{
    return t->big_endian ? read16(t, at) << 16 | read16(t, at + 2) : read16(t, at + 2) << 16 | read16(t, at);
}

static int32_t entry_orientation(const tiff *t, size_t at)
{
    uint32_t type = read16(t, at + 2), value;

    if (read32(t, at + 4) != 1 || (type != TYPE_SHORT && type != TYPE_LONG))
        return 1;
    value = type == TYPE_SHORT ? read16(t, at + 8) : read32(t, at + 8);
    return value >= 1 && value <= 8 ? (int32_t)value : 1;
}

int32_t exif_orientation(const void *bytes, size_t size)
{
    tiff t = { bytes, size, false };
    size_t directory, count;

    if (size >= 6 && !memcmp(bytes, "Exif\0\0", 6)) {
        t.bytes += 6;
        t.size -= 6;
    }
    if (t.size < 8 || (memcmp(t.bytes, "II", 2) != 0 && memcmp(t.bytes, "MM", 2) != 0))
        return 1;
    t.big_endian = t.bytes[0] == 'M';
    directory = read32(&t, 4);
    if (read16(&t, 2) != 42 || directory > t.size - 2)
        return 1;
    count = read16(&t, directory);
    for (size_t i = 0, at = directory + 2; i < count && t.size - at >= ENTRY; i++, at += ENTRY)
        if (read16(&t, at) == TAG_ORIENTATION)
            return entry_orientation(&t, at);
    return 1;
}

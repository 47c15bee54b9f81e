#include "image/png_chunks.h"

#include "base/status.h"

#define SIGNATURE 8
#define FRAME 12 /* of a chunk: length, type, sum */

/* Chunks of text, of times and of editors' own. They are skipped, but each costs a checksum. */
#define BESIDE_MAX 1000
#define BESIDE_BYTES_MAX ((size_t)16 << 20)

static size_t read32(const unsigned char *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

inspyr_status png_chunks_find(png_chunks *out, const unsigned char *bytes, size_t size, inspyr_error *error)
{
    size_t at = SIGNATURE, beside = 0, beside_bytes = 0;

    memset(out, 0, sizeof *out);
    while (size - at >= FRAME) {
        const unsigned char *chunk = bytes + at;
        size_t length = read32(chunk);
        bool critical = !(chunk[4] & 0x20); /* a capital letter */

        if (length > size - at - FRAME)
            return INSPYR_OK;
        if (!critical) {
            beside++;
            beside_bytes += length;
        }
        if (beside > BESIDE_MAX || beside_bytes > BESIDE_BYTES_MAX)
            return failed(error, INSPYR_ERR_LIMIT, "PNG: more than %d chunks or %zu MiB beside the pixels",
                          BESIDE_MAX, BESIDE_BYTES_MAX >> 20);
        if (!out->exif && !memcmp(chunk + 4, "eXIf", 4)) {
            out->exif = chunk + 8;
            out->exif_size = length;
        }
        out->profile = out->profile || !memcmp(chunk + 4, "iCCP", 4);
        at += length + FRAME;
    }
    return INSPYR_OK;
}

#include "image/jpeg_markers.h"

#include <stdbool.h>

#define SOI 0xd8
#define EOI 0xd9
#define SOS 0xda
#define APP1 0xe1
#define APP2 0xe2
#define PROFILE_HEAD 14 /* "ICC_PROFILE\0", the part's number from 1 on, and of how many */

/* Markers of no length: restarts, the start of a picture, and the one for arithmetic coding's sake. */
static bool stands_alone(unsigned marker)
{
    return (marker >= 0xd0 && marker <= SOI) || marker == 0x01;
}

static void take_part(jpeg_markers *m, const unsigned char *data, size_t size)
{
    int32_t number, count;

    if (size < PROFILE_HEAD || memcmp(data, "ICC_PROFILE", 12) != 0 || m->parts < 0)
        return;
    number = data[12];
    count = data[13];
    if (number < 1 || number > count || (m->parts && m->parts != count) || m->part[number - 1]) {
        m->parts = -1;
        return;
    }
    m->parts = count;
    m->part[number - 1] = data + PROFILE_HEAD;
    m->part_size[number - 1] = size - PROFILE_HEAD;
}

static void take_segment(jpeg_markers *m, unsigned marker, const unsigned char *data, size_t size)
{
    if (marker == APP1 && !m->exif && size >= 6 && !memcmp(data, "Exif\0\0", 6)) {
        m->exif = data;
        m->exif_size = size;
    } else if (marker == APP2) {
        take_part(m, data, size);
    } else if (marker == SOS) {
        m->scans++;
    }
}

void jpeg_markers_find(jpeg_markers *out, const unsigned char *bytes, size_t size)
{
    const unsigned char *end = bytes + size, *p = bytes + 2;

    memset(out, 0, sizeof *out);
    while (p < end && (p = memchr(p, 0xff, (size_t)(end - p)))) {
        unsigned marker;
        size_t length;

        while (p < end && *p == 0xff)
            p++;
        if (p == end || *p == EOI)
            return;
        marker = *p++;
        if (!marker || stands_alone(marker)) /* 0: a byte of the pixels that is no marker */
            continue;
        if (end - p < 2)
            return;
        length = (size_t)p[0] << 8 | p[1];
        if (length < 2 || length > (size_t)(end - p))
            return;
        take_segment(out, marker, p + 2, length - 2);
        p += length;
    }
}

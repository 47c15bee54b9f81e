/* jpeg_markers.h - what stands between the pixels of a JPEG file, found without decoding any.
 *
 * Of a file of several pictures (MPO) the first alone is looked at. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_JPEG_MARKERS_H
#define INSPYR_IMAGE_JPEG_MARKERS_H

#include "inspyr.h"

#define JPEG_PROFILE_PARTS 255 /* their number is a byte */

typedef struct jpeg_markers {
    const unsigned char *exif; /* from "Exif\0\0" on; NULL: none */
    size_t exif_size;
    const unsigned char *part[JPEG_PROFILE_PARTS]; /* of the ICC profile, NULL where one is missing */
    size_t part_size[JPEG_PROFILE_PARTS];
    int32_t parts; /* that there should be; 0: no profile, -1: a contradictory one */
    int32_t scans;
} jpeg_markers;

void jpeg_markers_find(jpeg_markers *out, const unsigned char *bytes, size_t size);

#endif

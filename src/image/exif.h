/* exif.h - the one thing that is read from EXIF: which way is up.
 *
 * Damaged EXIF data means "says nothing", never a failure. Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_EXIF_H
#define INSPYR_IMAGE_EXIF_H

#include "inspyr.h"

/* bytes: a TIFF structure, with or without "Exif\0\0" in front. Returns 1..8; 1 where nothing valid is said. */
int32_t exif_orientation(const void *bytes, size_t size);

#endif

/* sniff.h - telling file formats apart by their first bytes.
 *
 * Layer 2 (image). Threads: any. */
#ifndef INSPYR_IMAGE_SNIFF_H
#define INSPYR_IMAGE_SNIFF_H

#include "image/codec.h"

typedef struct codec_reader {
    inspyr_file file;
    const char *name;
    codec_read_header *header; /* NULL: not in this build */
    codec_read_pixels *pixels;
    codec_read_profile *profile; /* NULL: there is never one */
} codec_reader;

/* heif: are HEIC and AVIF let in? INSPYR_ERR_IMAGE_FORMAT with the format's name, as far as it is known, where
 * this build cannot read it. */
inspyr_status sniff(const codec_reader **out, const unsigned char *bytes, size_t size, bool heif,
                    inspyr_error *error);

#endif

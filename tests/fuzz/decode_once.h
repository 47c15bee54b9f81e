/* decode_once.h - one file through the public decoder, with small limits, for the fuzz targets of the codecs.
 *
 * Aborts where a promise of the header is broken. Threads: any. */
#ifndef INSPYR_FUZZ_DECODE_ONCE_H
#define INSPYR_FUZZ_DECODE_ONCE_H

#include <stdint.h>
#include <stdlib.h>

#include "image/image.h"
#include "inspyr.h"

#define FUZZ_SIDE 2048
#define FUZZ_PIXELS 250000
/* What is shrunk while it is read is read all the same: the library takes 400 million, a sanitizer forty times
 * as long. */
#define FUZZ_SHRINKS 4000000

static inline void decode_as(const uint8_t *bytes, size_t size, inspyr_format format, uint64_t flags)
{
    inspyr_decode_options options;
    inspyr_image *image;
    inspyr_error error;
    inspyr_view view;
    unsigned sum = 0;

    inspyr_decode_options_init(&options);
    options.max_side = FUZZ_SIDE;
    options.max_pixels = FUZZ_PIXELS;
    options.format = format;
    options.flags = flags;
    if (inspyr_image_decode(&image, bytes, size, &options, &error)) {
        if (image || !error.message[0])
            abort();
        return;
    }
    inspyr_image_view(image, &view);
    if (view.width > FUZZ_SIDE || view.height > FUZZ_SIDE || (format && view.format != format) ||
        view_check(&view, FORMATS_PICTURE, "image", NULL))
        abort();
    for (int32_t y = 0; y < view.height; y++) /* every pixel is set: a memory sanitizer sees this */
        for (size_t i = 0; i < (size_t)view.width * format_bytes(view.format); i++)
            sum += view_row(&view, y)[i];
    if (sum == 1)
        inspyr_image_view(image, &view);
    inspyr_image_free(image);
}

static inline void decode_once(const uint8_t *bytes, size_t size, inspyr_file file)
{
    static const inspyr_format formats[] = { 0, INSPYR_RGBA8, INSPYR_RGB8, INSPYR_GREY8 };
    inspyr_probe probe;
    uint64_t flags;

    inspyr_probe_init(&probe);
    if (inspyr_image_probe(&probe, bytes, size, NULL) == INSPYR_OK) {
        if (probe.file != file)
            return; /* another target's */
        if (probe.width < 1 || probe.height < 1 || probe.orientation < 1 || probe.orientation > 8)
            abort();
    }
    flags = size / 4 % 8;
    if ((uint64_t)probe.width * (uint64_t)probe.height > FUZZ_SHRINKS)
        flags &= ~INSPYR_DECODE_SHRINK;
    decode_as(bytes, size, formats[size % 4], flags);
}

#endif

/* image.h - owned pixels, and checks on views that callers hand in.
 *
 * Layer 2 (image). Threads: any; an image does not change once it is filled. */
#ifndef INSPYR_IMAGE_IMAGE_H
#define INSPYR_IMAGE_IMAGE_H

#include "inspyr.h"

struct inspyr_image {
    inspyr_allocator allocator;
    inspyr_view view;       /* top row first, positive stride, rows at multiples of 64 bytes */
    size_t bytes;           /* of all rows */
    unsigned char *profile; /* ICC, of the view's colours; NULL: none */
    size_t profile_size;
};

/* Pixels are not cleared. width and height are at least 1; INSPYR_ERR_MEMORY where they do not fit. */
inspyr_status image_create(inspyr_image **out, const inspyr_allocator *allocator, int32_t width, int32_t height,
                           inspyr_format format, inspyr_error *error);

/* A set of formats, for view_check(). */
#define FORMAT_BIT(format) (1u << (format))
#define FORMATS_PICTURE                                                                                        \
    (FORMAT_BIT(INSPYR_RGBA8) | FORMAT_BIT(INSPYR_RGB8) | FORMAT_BIT(INSPYR_BGRA8) | FORMAT_BIT(INSPYR_BGR8) | \
     FORMAT_BIT(INSPYR_GREY8))
#define FORMATS_ALPHA (FORMAT_BIT(INSPYR_GREY8) | FORMAT_BIT(INSPYR_GREY16) | FORMAT_BIT(INSPYR_GREYF32))

/* Refuses NULL, sizes below 1, formats outside `formats`, strides shorter than a row, misaligned data, and a
 * reserved field that is not zero. what: names the view in the message ("picture"). */
inspyr_status view_check(const inspyr_view *view, unsigned formats, const char *what, inspyr_error *error);

/* Bytes of a pixel; 0 for an unknown format. */
size_t format_bytes(inspyr_format format);

static inline unsigned char *view_row(const inspyr_view *view, int64_t y)
{
    return (unsigned char *)view->data + y * view->stride;
}

#endif

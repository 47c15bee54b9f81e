#include "image/convert.h"

#include "image/layout.h"

#include "image/image.h"

static void to_grey(unsigned char *dst, const unsigned char *src, pixel_layout s, int32_t n)
{
    for (int32_t i = 0; i < n; i++, src += s.step)
        dst[i] =
            (unsigned char)((19595u * src[s.red] + 38470u * src[s.green] + 7471u * src[s.blue] + 32768u) >> 16);
}

/* Inlined into callers that know the sizes of the pixels, which makes the loop four times as fast. */
static inline __attribute__((always_inline)) void swizzle(unsigned char *restrict dst, int dst_bytes,
                                                          const unsigned char *restrict src, int src_bytes,
                                                          pixel_layout d, pixel_layout s, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        const unsigned char *p = src + (size_t)i * (size_t)src_bytes;
        unsigned char *q = dst + (size_t)i * (size_t)dst_bytes;

        q[d.red] = p[s.red];
        q[d.green] = p[s.green];
        q[d.blue] = p[s.blue];
        if (dst_bytes == 4)
            q[3] = src_bytes == 4 ? p[3] : 255;
    }
}

void convert_row(unsigned char *dst, inspyr_format to, const unsigned char *src, inspyr_format from, int32_t n)
{
    pixel_layout d = pixel_layout_of(to), s = pixel_layout_of(from);

    if (to == from)
        memcpy(dst, src, (size_t)n * (size_t)s.step);
    else if (d.step == 1)
        to_grey(dst, src, s, n);
    else if (d.step == 3 && s.step == 1)
        swizzle(dst, 3, src, 1, d, s, n);
    else if (d.step == 3 && s.step == 3)
        swizzle(dst, 3, src, 3, d, s, n);
    else if (d.step == 3)
        swizzle(dst, 3, src, 4, d, s, n);
    else if (s.step == 1)
        swizzle(dst, 4, src, 1, d, s, n);
    else if (s.step == 3)
        swizzle(dst, 4, src, 3, d, s, n);
    else
        swizzle(dst, 4, src, 4, d, s, n);
}

void convert_view(const inspyr_view *dst, const inspyr_view *src)
{
    for (int32_t y = 0; y < dst->height; y++)
        convert_row(view_row(dst, y), dst->format, view_row(src, y), src->format, dst->width);
}

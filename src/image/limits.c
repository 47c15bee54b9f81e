#include "image/limits.h"

#include <math.h>

#include "base/status.h"

/* What is shrunk while it is read passes through the processor whole, and a row of it through memory. */
#define SHRINK_PIXELS UINT64_C(400000000)
#define SHRINK_SIDE 524288

/* The largest size of the same shape. */
static void fit(int32_t *width, int32_t *height, const codec_header *h, const limits *l)
{
    double pixels = (double)h->width * (double)h->height;
    double scale = fmin(1.0, sqrt((double)l->pixels / pixels));
    uint64_t w, t;

    scale = fmin(scale, (double)l->side / (h->width > h->height ? h->width : h->height));
    w = (uint64_t)fmax(floor(h->width * scale), 1.0);
    t = (uint64_t)fmax(floor(h->height * scale), 1.0);
    if (w > l->pixels / t) /* a side could not become less than one pixel, or a root was rounded up */
        w = t == 1 ? l->pixels : w - 1;
    if (t > l->pixels / w)
        t = l->pixels / w;
    *width = (int32_t)w;
    *height = (int32_t)t;
}

static const char *why_not_shrunk(const codec_header *h, const limits *l, uint64_t pixels)
{
    if (!l->shrink)
        return "";
    if (!h->shrinks)
        return "; a file of its kind cannot be shrunk while it is read";
    return pixels > SHRINK_PIXELS || h->width > SHRINK_SIDE || h->height > SHRINK_SIDE
               ? "; it is too large to be shrunk while it is read"
               : "";
}

inspyr_status limits_size(int32_t *width, int32_t *height, const codec_header *h, const limits *l,
                          inspyr_error *error)
{
    uint64_t pixels = (uint64_t)h->width * (uint64_t)h->height;
    bool wide = h->width > l->side || h->height > l->side;
    const char *why;

    *width = h->width;
    *height = h->height;
    if (!wide && pixels <= l->pixels)
        return INSPYR_OK;
    fit(width, height, h, l);
    why = why_not_shrunk(h, l, pixels);
    if (l->shrink && !*why)
        return INSPYR_OK;
    if (pixels > l->pixels) /* decimal megapixels, as cameras count */
        return failed(error, INSPYR_ERR_LIMIT,
                      "%d x %d are %.6g megapixels; the limit is %.6g: %d x %d would fit%s", (int)h->width,
                      (int)h->height, (double)pixels / 1e6, (double)l->pixels / 1e6, (int)*width, (int)*height,
                      why);
    return failed(error, INSPYR_ERR_LIMIT, "%d x %d pixels; the limit is %d a side: %d x %d would fit%s",
                  (int)h->width, (int)h->height, (int)l->side, (int)*width, (int)*height, why);
}

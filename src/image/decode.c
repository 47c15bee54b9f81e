#include <math.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "image/convert.h"
#include "image/image.h"
#include "image/orient.h"
#include "image/sniff.h"

#define DEFAULT_MAX_BYTES (UINT64_C(32) << 20)
#define DEFAULT_MAX_PIXELS UINT64_C(50000000)
#define DEFAULT_MAX_SIDE 32767

static inspyr_status import(inspyr_decode_options *o, inspyr_allocator *allocator,
                            const inspyr_decode_options *theirs, inspyr_error *error)
{
    inspyr_status status =
        options_import(o, sizeof *o, OPTIONS_FIRST(inspyr_decode_options, format), theirs, error);

    if (status ||
        (status = options_flags(o->flags, INSPYR_DECODE_AS_STORED | INSPYR_DECODE_PALETTE_INDEX, error)) ||
        (status = memory_import(allocator, o->allocator, error)))
        return status;
    if (o->format && o->format != INSPYR_RGBA8 && o->format != INSPYR_RGB8 && o->format != INSPYR_GREY8)
        return failed(error, INSPYR_ERR_ARGUMENT, "format %d cannot be decoded to; RGBA8, RGB8 and GREY8 can",
                      (int)o->format);
    if (o->max_side < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "max_side is %d", (int)o->max_side);
    o->max_bytes = o->max_bytes ? o->max_bytes : DEFAULT_MAX_BYTES;
    o->max_pixels = o->max_pixels ? o->max_pixels : DEFAULT_MAX_PIXELS;
    o->max_side = o->max_side ? o->max_side : DEFAULT_MAX_SIDE;
    return INSPYR_OK;
}

static inspyr_status check_limits(const codec_header *h, const inspyr_decode_options *o, inspyr_error *error)
{
    uint64_t pixels = (uint64_t)h->width * (uint64_t)h->height;
    double shrink = sqrt((double)o->max_pixels / (double)pixels);

    if (h->width > o->max_side || h->height > o->max_side)
        return failed(error, INSPYR_ERR_LIMIT, "%d x %d pixels; the limit is %d a side", (int)h->width,
                      (int)h->height, (int)o->max_side);
    if (pixels > o->max_pixels) /* decimal megapixels, as cameras count */
        return failed(error, INSPYR_ERR_LIMIT,
                      "%d x %d are %.6g megapixels; the limit is %.6g: %.0f x %.0f would fit", (int)h->width,
                      (int)h->height, (double)pixels / 1e6, (double)o->max_pixels / 1e6,
                      fmax(floor(h->width * shrink), 1.0), fmax(floor(h->height * shrink), 1.0));
    return INSPYR_OK;
}

/* Replaces *image by itself turned upright. */
static inspyr_status turn(inspyr_image **image, int32_t orientation, inspyr_error *error)
{
    inspyr_view *from = &(*image)->view;
    bool swaps = orient_swaps(orientation);
    inspyr_image *upright;
    inspyr_status status = image_create(&upright, &(*image)->allocator, swaps ? from->height : from->width,
                                        swaps ? from->width : from->height, from->format, error);

    if (status)
        return status;
    orient_view(&upright->view, from, orientation);
    inspyr_image_free(*image);
    *image = upright;
    return INSPYR_OK;
}

/* Replaces *image by itself in another format. */
static inspyr_status change_format(inspyr_image **image, inspyr_format format, inspyr_error *error)
{
    inspyr_image *changed;
    inspyr_status status = image_create(&changed, &(*image)->allocator, (*image)->view.width,
                                        (*image)->view.height, format, error);

    if (status)
        return status;
    convert_view(&changed->view, &(*image)->view);
    inspyr_image_free(*image);
    *image = changed;
    return INSPYR_OK;
}

static inspyr_status decode(inspyr_image **out, const codec_source *source, const inspyr_decode_options *o,
                            inspyr_error *error)
{
    const codec_reader *codec;
    codec_header h;
    inspyr_format format = o->format;
    inspyr_image *image = NULL;
    inspyr_status status = sniff(&codec, source->bytes, source->size, error);

    if (status || (status = codec->header(&h, source, error)) || (status = check_limits(&h, o, error)))
        return status;
    if (!format)
        format = h.has_alpha ? INSPYR_RGBA8 : INSPYR_RGB8;
    if (h.palette_index && !o->format)
        format = INSPYR_GREY8;
    status = image_create(&image, source->allocator, h.width, h.height, h.natural, error);
    if (status == INSPYR_OK)
        status = codec->pixels(&image->view, source, error);
    if (status == INSPYR_OK && h.orientation != 1 && !(o->flags & INSPYR_DECODE_AS_STORED))
        status = turn(&image, h.orientation, error);
    if (status == INSPYR_OK && format != h.natural)
        status = change_format(&image, format, error);
    if (status == INSPYR_OK)
        *out = image;
    else
        inspyr_image_free(image);
    return status;
}

inspyr_status inspyr_image_decode(inspyr_image **out, const void *bytes, size_t size,
                                  const inspyr_decode_options *options, inspyr_error *error)
{
    inspyr_decode_options o;
    inspyr_allocator allocator;
    codec_source source = { bytes, size, &allocator, false, false };
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "bytes is NULL");
    status = import(&o, &allocator, options, error);
    if (status)
        return status;
    if (size > o.max_bytes)
        return failed(error, INSPYR_ERR_LIMIT, "a file of %zu bytes; the limit is %llu", size,
                      (unsigned long long)o.max_bytes);
    source.palette_index = o.flags & INSPYR_DECODE_PALETTE_INDEX;
    source.alpha_wanted = o.format == INSPYR_RGBA8;
    return decode(out, &source, &o, error);
}

inspyr_status inspyr_image_probe(inspyr_probe *out, const void *bytes, size_t size, inspyr_error *error)
{
    inspyr_probe p;
    inspyr_allocator allocator;
    codec_source source = { bytes, size, &allocator, false, false };
    codec_header h;
    const codec_reader *codec;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    inspyr_probe_init(&p);
    status = options_export(out, OPTIONS_FIRST(inspyr_probe, bits), &p, sizeof p, error);
    if (status)
        return status;
    if (!bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "bytes is NULL");
    if ((status = memory_import(&allocator, NULL, error)) || (status = sniff(&codec, bytes, size, error)) ||
        (status = codec->header(&h, &source, error)))
        return status;
    p.width = orient_swaps(h.orientation) ? h.height : h.width;
    p.height = orient_swaps(h.orientation) ? h.width : h.height;
    p.file = codec->file;
    p.orientation = h.orientation;
    p.has_alpha = h.has_alpha;
    p.bits = h.bits;
    return options_export(out, OPTIONS_FIRST(inspyr_probe, bits), &p, sizeof p, error);
}

#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "image/convert.h"
#include "image/icc.h"
#include "image/image.h"
#include "image/limits.h"
#include "image/orient.h"
#include "image/sandbox.h"
#include "image/sniff.h"

#define DEFAULT_MAX_BYTES (UINT64_C(32) << 20)
#define DEFAULT_MAX_PIXELS UINT64_C(50000000)
#define DEFAULT_MAX_SIDE 32767
/* Coefficients of a pixel of the largest JPEG there is: four inks, none subsampled, 16 bits each. */
#define MEMORY_PER_PIXEL 8

#define FLAGS                                                                                                  \
    (INSPYR_DECODE_AS_STORED | INSPYR_DECODE_PALETTE_INDEX | INSPYR_DECODE_SHRINK | INSPYR_DECODE_HEIF)

static inspyr_status import(inspyr_decode_options *o, inspyr_allocator *allocator,
                            const inspyr_decode_options *theirs, inspyr_error *error)
{
    inspyr_status status =
        options_import(o, sizeof *o, OPTIONS_FIRST(inspyr_decode_options, format), theirs, error);

    if (status || (status = options_flags(o->flags, FLAGS, error)) ||
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

/* Keeps the file's profile with the image, if its colours are the image's. A damaged one says nothing. */
static inspyr_status keep_profile(inspyr_image *image, const codec_header *h, const codec_reader *codec,
                                  const codec_source *source, inspyr_error *error)
{
    unsigned char *bytes = NULL;
    size_t size = 0;
    bool grey = image->view.format == INSPYR_GREY8 && h->natural == INSPYR_GREY8;
    inspyr_status status;

    if (!codec->profile || h->palette_index || (!grey && image->view.format == INSPYR_GREY8))
        return INSPYR_OK;
    status = codec->profile(&bytes, &size, source, error);
    if (status)
        return status;
    if (bytes && icc_space_of(&size, bytes, size) == (grey ? ICC_GREY : ICC_RGB) &&
        (grey || h->natural != INSPYR_GREY8)) {
        image->profile = bytes;
        image->profile_size = size;
    } else {
        memory_give(source->allocator, bytes);
    }
    return INSPYR_OK;
}

static inspyr_status decode_pixels(inspyr_image **image, const codec_header *h, const codec_reader *codec,
                                   const codec_source *source, const inspyr_decode_options *o,
                                   inspyr_error *error)
{
    inspyr_format format = o->format;
    inspyr_status status = codec->pixels(&(*image)->view, source, error);

    if (!format)
        format = h->palette_index ? INSPYR_GREY8 : h->has_alpha ? INSPYR_RGBA8 : INSPYR_RGB8;
    if (status == INSPYR_OK && h->orientation != 1 && !(o->flags & INSPYR_DECODE_AS_STORED))
        status = turn(image, h->orientation, error);
    if (status == INSPYR_OK && format != h->natural)
        status = change_format(image, format, error);
    return status == INSPYR_OK ? keep_profile(*image, h, codec, source, error) : status;
}

static inspyr_status hand_over(const codec_header *h, const codec_reader *codec, const codec_source *source,
                               bool shrunk, const inspyr_decode_options *o, inspyr_error *error)
{
    inspyr_decode_report r;

    inspyr_decode_report_init(&r);
    r.stored_width = h->width;
    r.stored_height = h->height;
    r.file = codec->file;
    r.orientation = h->orientation;
    r.shrunk = shrunk;
    r.warnings = source->notes->warnings;
    memcpy(r.warning, source->notes->first, sizeof r.warning);
    return options_export(o->report, OPTIONS_FIRST(inspyr_decode_report, warning), &r, sizeof r, error);
}

static inspyr_status decode(inspyr_image **out, const codec_source *source, const inspyr_decode_options *o,
                            inspyr_error *error)
{
    const limits most = { o->max_pixels, o->max_side, (o->flags & INSPYR_DECODE_SHRINK) != 0 };
    const codec_reader *codec;
    codec_header h;
    inspyr_image *image = NULL;
    int32_t width, height;
    inspyr_status status =
        sniff(&codec, source->bytes, source->size, (o->flags & INSPYR_DECODE_HEIF) != 0, error);

    if (status || (status = codec->header(&h, source, error)))
        return status;
    h.shrinks = h.shrinks && !h.palette_index; /* indices have no mean */
    status = limits_size(&width, &height, &h, &most, error);
    if (status == INSPYR_OK)
        status = image_create(&image, source->allocator, width, height, h.natural, error);
    if (status == INSPYR_OK)
        status = decode_pixels(&image, &h, codec, source, o, error);
    if (status == INSPYR_OK)
        status = hand_over(&h, codec, source, width != h.width || height != h.height, o, error);
    if (status == INSPYR_OK)
        *out = image;
    else
        inspyr_image_free(image);
    return status;
}

inspyr_status inspyr_image_decode(inspyr_image **out, const void *bytes, size_t size,
                                  const inspyr_decode_options *options, inspyr_error *error)
{
    static const inspyr_decode_report empty = { 0 };
    inspyr_decode_options o;
    inspyr_allocator allocator;
    codec_notes notes = { 0 };
    codec_source source = { .bytes = bytes, .size = size, .allocator = &allocator, .notes = &notes };
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if (!bytes)
        return failed(error, INSPYR_ERR_ARGUMENT, "bytes is NULL");
    status = import(&o, &allocator, options, error);
    if (!status)
        status =
            options_export(o.report, OPTIONS_FIRST(inspyr_decode_report, warning), &empty, sizeof empty, error);
    if (status)
        return status;
    if (size > o.max_bytes)
        return failed(error, INSPYR_ERR_LIMIT, "a file of %zu bytes; the limit is %llu", size,
                      (unsigned long long)o.max_bytes);
    if (o.sandbox)
        return sandbox_decode(out, bytes, size, &o, &allocator, error);
    source.palette_index = o.flags & INSPYR_DECODE_PALETTE_INDEX;
    source.alpha_wanted = o.format == INSPYR_RGBA8;
    source.memory_max = o.max_pixels > DEFAULT_MAX_PIXELS ? o.max_pixels : DEFAULT_MAX_PIXELS;
    source.memory_max =
        source.memory_max < UINT64_MAX / MEMORY_PER_PIXEL ? source.memory_max * MEMORY_PER_PIXEL : UINT64_MAX;
    return decode(out, &source, &o, error);
}

inspyr_status inspyr_image_probe(inspyr_probe *out, const void *bytes, size_t size, inspyr_error *error)
{
    inspyr_probe p;
    inspyr_allocator allocator;
    codec_source source = { .bytes = bytes, .size = size, .allocator = &allocator, .memory_max = UINT64_MAX };
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
    if ((status = memory_import(&allocator, NULL, error)) ||
        (status = sniff(&codec, bytes, size, false, error)) || (status = codec->header(&h, &source, error)))
        return status;
    p.width = orient_swaps(h.orientation) ? h.height : h.width;
    p.height = orient_swaps(h.orientation) ? h.width : h.height;
    p.file = codec->file;
    p.orientation = h.orientation;
    p.has_alpha = h.has_alpha;
    p.bits = h.bits;
    return options_export(out, OPTIONS_FIRST(inspyr_probe, bits), &p, sizeof p, error);
}

#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/icc.h"
#include "image/image.h"

#define DEFAULT_QUALITY 90

#if !defined(INSPYR_HAS_PNG)
#define png_write NULL
#endif
#if !defined(INSPYR_HAS_JPEG)
#define jpeg_write NULL
#endif
#if !defined(INSPYR_HAS_WEBP)
#define webp_write NULL
#endif

static inspyr_status import(codec_settings *settings, inspyr_encode_options *o, inspyr_allocator *allocator,
                            const inspyr_encode_options *theirs, inspyr_error *error)
{
    inspyr_status status =
        options_import(o, sizeof *o, OPTIONS_FIRST(inspyr_encode_options, reserved), theirs, error);

    if (status || (status = options_flags(o->flags, INSPYR_ENCODE_LOSSLESS, error)) ||
        (status = memory_import(allocator, o->allocator, error)))
        return status;
    if (o->quality < 0 || o->quality > 100)
        return failed(error, INSPYR_ERR_ARGUMENT, "quality %d; 1 to 100 are possible", (int)o->quality);
    if (o->compression < 0 || o->compression > 9)
        return failed(error, INSPYR_ERR_ARGUMENT, "compression %d; 1 to 9 are possible", (int)o->compression);
    if (o->reserved)
        return failed(error, INSPYR_ERR_ARGUMENT, "the reserved option is not zero");
    if (pool_forked(o->pool))
        return failed(error, INSPYR_ERR_FORKED, "the pool belongs to another process");
    settings->quality = o->quality ? o->quality : DEFAULT_QUALITY;
    settings->compression = o->compression;
    settings->lossless = o->flags & INSPYR_ENCODE_LOSSLESS;
    settings->pool = o->pool;
    settings->profile = o->profile && o->profile->size ? o->profile : NULL;
    return INSPYR_OK;
}

static inspyr_status check_profile(const codec_settings *settings, const inspyr_view *view, inspyr_file file,
                                   inspyr_error *error)
{
    bool grey = view->format == INSPYR_GREY8 || view->format == INSPYR_GREY16;

    if (settings->profile && file == INSPYR_FILE_PAM)
        return failed(error, INSPYR_ERR_ENCODE, "PAM holds no colour profile");
    if (settings->profile && grey && file == INSPYR_FILE_WEBP)
        return failed(error, INSPYR_ERR_ENCODE, "WebP holds no grey, and no profile of it");
    return icc_check(settings->profile, grey ? ICC_GREY : ICC_RGB, error);
}

static inspyr_status choose(codec_write **out, inspyr_file file, inspyr_error *error)
{
    static const struct {
        codec_write *write; /* NULL: not in this build */
        const char *name;
    } table[] = {
        [INSPYR_FILE_PNG] = { png_write, "PNG" },
        [INSPYR_FILE_JPEG] = { jpeg_write, "JPEG" },
        [INSPYR_FILE_WEBP] = { webp_write, "WebP" },
        [INSPYR_FILE_PAM] = { pnm_write, "PAM" },
    };

    if ((uint32_t)file >= sizeof table / sizeof *table)
        return failed(error, INSPYR_ERR_ARGUMENT, "file format %d", (int)file);
    *out = table[file].write;
    if (!*out)
        return failed(error, INSPYR_ERR_IMAGE_FORMAT, "this build is without %s", table[file].name);
    return INSPYR_OK;
}

inspyr_status inspyr_image_encode(inspyr_bytes *out, const inspyr_view *view,
                                  const inspyr_encode_options *options, inspyr_error *error)
{
    inspyr_encode_options o;
    codec_settings settings;
    codec_write *write;
    sink s;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    memset(out, 0, sizeof *out);
    memset(&s, 0, sizeof s);
    if ((status = import(&settings, &o, &s.allocator, options, error)) ||
        (status = view_check(view, FORMATS_PICTURE | FORMAT_BIT(INSPYR_GREY16), "view", error)) ||
        (status = choose(&write, o.file, error)) || (status = check_profile(&settings, view, o.file, error)))
        return status;
    status = write(&s, view, &settings, error);
    if (status == INSPYR_OK)
        status = sink_finish(out, &s, error);
    sink_free(&s);
    return status;
}

#include <webp/encode.h>

#include "base/status.h"
#include "image/codec.h"
#include "image/convert.h"
#include "image/image.h"
#include "image/webp_profile.h"

/* Alpha, red, green, blue from the top bits down. */
static void import_row(uint32_t *argb, const unsigned char *src, inspyr_format format, int32_t n)
{
    size_t bytes = format_bytes(format);
    size_t red = format == INSPYR_BGR8 || format == INSPYR_BGRA8 ? 2 : 0, green = bytes > 1 ? 1 : 0;
    size_t blue = bytes > 1 ? 2 - red : 0;

    for (int32_t i = 0; i < n; i++, src += bytes)
        argb[i] = (bytes == 4 ? (uint32_t)src[3] : 255u) << 24 | (uint32_t)src[red] << 16 |
                  (uint32_t)src[green] << 8 | src[blue];
}

static int append(const uint8_t *bytes, size_t size, const WebPPicture *picture)
{
    return sink_put(picture->custom_ptr, bytes, size);
}

static inspyr_status encode(WebPPicture *picture, const WebPConfig *config, const inspyr_view *view,
                            inspyr_error *error)
{
    bool done = WebPPictureAlloc(picture);

    for (int32_t y = 0; done && y < view->height; y++)
        import_row(picture->argb + (size_t)y * (size_t)picture->argb_stride, view_row(view, y), view->format,
                   view->width);
    if (done && WebPEncode(config, picture))
        return INSPYR_OK;
    if (picture->error_code == VP8_ENC_ERROR_OUT_OF_MEMORY || /* and a sink fails for one reason only */
        picture->error_code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY ||
        picture->error_code == VP8_ENC_ERROR_BAD_WRITE)
        return failed(error, INSPYR_ERR_MEMORY, "WebP: no room for the encoder");
    return failed(error, INSPYR_ERR_ENCODE, "WebP: error %d of the encoder", (int)picture->error_code);
}

inspyr_status webp_write(sink *out, const inspyr_view *view, const codec_settings *settings,
                         inspyr_error *error)
{
    WebPConfig config;
    WebPPicture picture;
    sink bare = { .allocator = out->allocator };
    inspyr_status status;

    if (view->format == INSPYR_GREY16)
        return failed(error, INSPYR_ERR_ENCODE, "WebP holds no 16-bit samples");
    if (view->width > WEBP_MAX_DIMENSION || view->height > WEBP_MAX_DIMENSION)
        return failed(error, INSPYR_ERR_ENCODE, "WebP holds %d pixels a side, not %d x %d", WEBP_MAX_DIMENSION,
                      (int)view->width, (int)view->height);
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return failed(error, INSPYR_ERR_UNSUPPORTED, "WebP: the library is older than its header");
    config.quality = (float)settings->quality;
    if (settings->lossless) {
        config.lossless = config.exact = 1; /* exact: colours under transparent pixels too */
        config.method = 2;
        config.quality = 50;
    }
    picture.use_argb = 1;
    picture.width = view->width;
    picture.height = view->height;
    picture.writer = append;
    picture.custom_ptr = settings->profile ? &bare : out;
    status = encode(&picture, &config, view, error);
    WebPPictureFree(&picture);
    if (!status && settings->profile &&
        !webp_profile_put(out, &bare, view->width, view->height, settings->profile))
        status = failed(error, INSPYR_ERR_MEMORY, "WebP: no room for the file");
    sink_free(&bare);
    return status;
}

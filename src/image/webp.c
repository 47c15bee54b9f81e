/* WebP through libwebp with its defaults; of an animation, the first frame on its canvas. */
#include <webp/decode.h>
#include <webp/demux.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/icc.h"
#include "image/image.h"

/* The demuxer and the first frame. */
typedef struct reader {
    WebPDemuxer *demuxer; /* given back by close_file() */
    WebPIterator frame;
    int32_t width, height; /* of the canvas */
    bool covers;           /* does the frame fill the canvas? */
    bool complete;         /* is the file all there? */
    bool lossless;         /* the first frame */
} reader;

static void close_file(reader *r)
{
    WebPDemuxReleaseIterator(&r->frame);
    WebPDemuxDelete(r->demuxer);
}

static inspyr_status open_file(reader *r, const codec_source *source, inspyr_error *error)
{
    const WebPData data = { source->bytes, source->size };
    WebPDemuxState state;
    WebPBitstreamFeatures features;

    memset(r, 0, sizeof *r);
    r->demuxer = WebPDemuxPartial(&data, &state);
    if (!r->demuxer)
        return failed(error, INSPYR_ERR_IMAGE, "WebP: the header is damaged");
    r->width = (int32_t)WebPDemuxGetI(r->demuxer, WEBP_FF_CANVAS_WIDTH);
    r->height = (int32_t)WebPDemuxGetI(r->demuxer, WEBP_FF_CANVAS_HEIGHT);
    if (!WebPDemuxGetFrame(r->demuxer, 1, &r->frame)) {
        close_file(r);
        return failed(error, INSPYR_ERR_IMAGE, "WebP: no picture in the file");
    }
    r->complete = state == WEBP_DEMUX_DONE;
    r->lossless =
        WebPGetFeatures(r->frame.fragment.bytes, r->frame.fragment.size, &features) != VP8_STATUS_OK ||
        features.format != 1;
    r->covers = r->frame.width == r->width && r->frame.height == r->height;
    return INSPYR_OK;
}

static int32_t find_orientation(const reader *r)
{
    WebPChunkIterator chunk;
    int32_t orientation = 1;

    memset(&chunk, 0, sizeof chunk);
    if (WebPDemuxGetChunk(r->demuxer, "EXIF", 1, &chunk))
        orientation = exif_orientation(chunk.chunk.bytes, chunk.chunk.size);
    WebPDemuxReleaseChunkIterator(&chunk);
    return orientation;
}

inspyr_status webp_header(codec_header *out, const codec_source *source, inspyr_error *error)
{
    reader r;
    inspyr_status status = open_file(&r, source, error);

    memset(out, 0, sizeof *out);
    if (status)
        return status;
    out->width = r.width;
    out->height = r.height;
    out->has_alpha = r.frame.has_alpha || !r.covers;
    /* A damaged palette can make holes in a file that declares no alpha. */
    out->natural = out->has_alpha || source->alpha_wanted ? INSPYR_RGBA8 : INSPYR_RGB8;
    out->orientation = find_orientation(&r);
    /* Alpha, and pixels without loss, are decoded as a whole before they are scaled. */
    out->shrinks = !out->has_alpha && !r.lossless;
    out->bits = 8;
    close_file(&r);
    return INSPYR_OK;
}

/* The frame's place on the canvas; what is around it becomes transparent. */
static unsigned char *place(const inspyr_view *dst, const reader *r)
{
    for (int32_t y = 0; !r->covers && y < dst->height; y++)
        memset(view_row(dst, y), 0, (size_t)dst->width * format_bytes(dst->format));
    return view_row(dst, r->frame.y_offset) + (size_t)r->frame.x_offset * format_bytes(dst->format);
}

static inspyr_status decode_frame(const inspyr_view *dst, const reader *r, inspyr_error *error)
{
    WebPDecoderConfig config;
    VP8StatusCode code;
    bool shrinks = dst->width < r->width || dst->height < r->height;
    int64_t rows = shrinks ? dst->height : r->frame.height, columns = shrinks ? dst->width : r->frame.width;
    int64_t span = dst->stride * (rows - 1) + columns * (int)format_bytes(dst->format);

    if (!WebPInitDecoderConfig(&config))
        return failed(error, INSPYR_ERR_UNSUPPORTED, "WebP: the library is older than its header");
    config.output.colorspace = dst->format == INSPYR_RGBA8 ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = place(dst, r);
    config.output.u.RGBA.stride = (int)dst->stride;
    config.output.u.RGBA.size = (size_t)span;
    config.options.use_scaling = shrinks;
    config.options.scaled_width = dst->width;
    config.options.scaled_height = dst->height;
    code = WebPDecode(r->frame.fragment.bytes, r->frame.fragment.size, &config);
    WebPFreeDecBuffer(&config.output);
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return failed(error, INSPYR_ERR_MEMORY, "WebP: no room for the decoder");
    if (code != VP8_STATUS_OK)
        return failed(error, INSPYR_ERR_IMAGE, "WebP: the picture is %s",
                      code == VP8_STATUS_NOT_ENOUGH_DATA || code == VP8_STATUS_SUSPENDED ? "truncated"
                                                                                         : "damaged");
    return INSPYR_OK;
}

inspyr_status webp_pixels(const inspyr_view *dst, const codec_source *source, inspyr_error *error)
{
    reader r;
    inspyr_status status = open_file(&r, source, error);

    if (status)
        return status;
    /* The orientation may stand behind the pixels, so a missing end could turn the picture. */
    status = r.complete ? decode_frame(dst, &r, error)
                        : failed(error, INSPYR_ERR_IMAGE, "WebP: the file is truncated");
    close_file(&r);
    return status;
}

inspyr_status webp_profile(unsigned char **bytes, size_t *size, const codec_source *source, inspyr_error *error)
{
    WebPChunkIterator chunk;
    reader r;
    inspyr_status status = INSPYR_OK;

    if (open_file(&r, source, NULL))
        return INSPYR_OK;
    memset(&chunk, 0, sizeof chunk);
    if (WebPDemuxGetChunk(r.demuxer, "ICCP", 1, &chunk) && chunk.chunk.size <= ICC_BYTES_MAX) {
        *bytes = memory_take(source->allocator, chunk.chunk.size);
        *size = chunk.chunk.size;
        if (*bytes)
            memcpy(*bytes, chunk.chunk.bytes, *size);
        else
            status = failed(error, INSPYR_ERR_MEMORY, "WebP: no room for the profile");
    }
    WebPDemuxReleaseChunkIterator(&chunk);
    close_file(&r);
    return status;
}

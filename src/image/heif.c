/* HEIC and AVIF through libheif, which turns the picture upright by itself. Its decoders are large and often in
 * the news: programs have to ask for them. */
#include <libheif/heif.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/icc.h"
#include "image/image.h"

typedef struct reader {
    struct heif_context *context;
    struct heif_image_handle *handle; /* of the primary picture */
} reader;

static inspyr_status fail(struct heif_error e, inspyr_error *error)
{
    inspyr_status status =
        e.code == heif_error_Memory_allocation_error ? INSPYR_ERR_MEMORY
        : e.code == heif_error_Unsupported_filetype || e.code == heif_error_Unsupported_feature
            ? INSPYR_ERR_IMAGE_FORMAT
            : INSPYR_ERR_IMAGE;

    return failed(error, status, "HEIF: %s", e.message);
}

static void close_file(reader *r)
{
    heif_image_handle_release(r->handle);
    heif_context_free(r->context);
}

static inspyr_status open_file(reader *r, const codec_source *source, inspyr_error *error)
{
    struct heif_error e;
    inspyr_status status;

    r->handle = NULL;
    r->context = heif_context_alloc();
    if (!r->context)
        return failed(error, INSPYR_ERR_MEMORY, "HEIF: libheif does not start");
    e = heif_context_read_from_memory_without_copy(r->context, source->bytes, source->size, NULL);
    if (e.code == heif_error_Ok)
        e = heif_context_get_primary_image_handle(r->context, &r->handle);
    if (e.code == heif_error_Ok)
        return INSPYR_OK;
    status = fail(e, error); /* the text is the context's */
    close_file(r);
    return status;
}

inspyr_status heif_header(codec_header *out, const codec_source *source, inspyr_error *error)
{
    reader r;
    inspyr_status status = open_file(&r, source, error);

    memset(out, 0, sizeof *out);
    if (status)
        return status;
    out->width = heif_image_handle_get_width(r.handle);
    out->height = heif_image_handle_get_height(r.handle);
    out->has_alpha = heif_image_handle_has_alpha_channel(r.handle) != 0;
    out->natural = out->has_alpha ? INSPYR_RGBA8 : INSPYR_RGB8;
    out->orientation = 1;
    out->bits = heif_image_handle_get_luma_bits_per_pixel(r.handle);
    close_file(&r);
    if (out->width < 1 || out->height < 1)
        return failed(error, INSPYR_ERR_IMAGE, "HEIF: %d x %d pixels", (int)out->width, (int)out->height);
    return INSPYR_OK;
}

static inspyr_status copy_pixels(const inspyr_view *dst, const struct heif_image *image, inspyr_error *error)
{
    int stride;
    const uint8_t *plane = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);

    if (!plane || heif_image_get_primary_width(image) != dst->width ||
        heif_image_get_primary_height(image) != dst->height)
        return failed(error, INSPYR_ERR_IMAGE, "HEIF: the picture has another size than its header says");
    for (int32_t y = 0; y < dst->height; y++)
        memcpy(view_row(dst, y), plane + (int64_t)y * stride, (size_t)dst->width * format_bytes(dst->format));
    return INSPYR_OK;
}

inspyr_status heif_pixels(const inspyr_view *dst, const codec_source *source, inspyr_error *error)
{
    enum heif_chroma chroma =
        dst->format == INSPYR_RGBA8 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
    struct heif_image *image = NULL;
    struct heif_error e;
    reader r;
    inspyr_status status = open_file(&r, source, error);

    if (status)
        return status;
    e = heif_decode_image(r.handle, &image, heif_colorspace_RGB, chroma, NULL);
    status = e.code == heif_error_Ok ? copy_pixels(dst, image, error) : fail(e, error);
    heif_image_release(image);
    close_file(&r);
    return status;
}

inspyr_status heif_profile(unsigned char **bytes, size_t *size, const codec_source *source, inspyr_error *error)
{
    reader r;
    inspyr_status status = INSPYR_OK;
    size_t all;

    if (open_file(&r, source, NULL))
        return INSPYR_OK;
    all = heif_image_handle_get_raw_color_profile_size(r.handle);
    if (all && all <= ICC_BYTES_MAX) {
        *bytes = memory_take(source->allocator, all);
        if (!*bytes)
            status = failed(error, INSPYR_ERR_MEMORY, "HEIF: no room for the profile");
        else if (heif_image_handle_get_raw_color_profile(r.handle, *bytes).code == heif_error_Ok)
            *size = all;
    }
    close_file(&r);
    return status;
}

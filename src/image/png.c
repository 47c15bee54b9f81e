/* PNG through libpng. Chunks that do not change pixels as stored are skipped unread, but for their checksum. */
#include "base/memory.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/icc.h"
#include "image/image.h"
#include "image/png_chunks.h"
#include "image/png_guard.h"
#include "image/row_target.h"

#define CHUNK_MEMORY_MAX ((png_alloc_size_t)4 << 20)

typedef struct reader {
    png_guard guard;
    const codec_source *source;
    size_t at; /* bytes read so far */
    codec_header *header;
    const inspyr_view *dst;
    unsigned char **profile; /* where it goes */
    size_t *profile_size;
    png_chunks chunks;
    row_target target;
    png_bytep *rows; /* interlaced files: all of them at once */
} reader;

static void read_bytes(png_structp png, png_bytep out, size_t size)
{
    reader *r = png_get_io_ptr(png);

    if (size > r->source->size - r->at)
        png_guard_leave(&r->guard, INSPYR_ERR_IMAGE, "the file is truncated");
    memcpy(out, r->source->bytes + r->at, size);
    r->at += size;
}

static void open_file(reader *r)
{
    png_structp png;

    png_guard_open(&r->guard);
    png = r->guard.png;
    png_set_read_fn(png, r, read_bytes);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff); /* decode.c has its own */
    png_set_chunk_malloc_max(png, r->profile ? ICC_BYTES_MAX : CHUNK_MEMORY_MAX);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    if (r->profile)
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, (png_const_bytep) "iCCP", 1);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, r->guard.info);
}

static void read_header(void *user)
{
    reader *r = user;
    codec_header *h = r->header;
    png_structp png;
    int colour;

    open_file(r);
    png = r->guard.png;
    colour = png_get_color_type(png, r->guard.info);
    h->width = (int32_t)png_get_image_width(png, r->guard.info);
    h->height = (int32_t)png_get_image_height(png, r->guard.info);
    h->bits = png_get_bit_depth(png, r->guard.info);
    h->has_alpha = (colour & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, r->guard.info, PNG_INFO_tRNS);
    h->palette_index = r->source->palette_index && colour == PNG_COLOR_TYPE_PALETTE;
    h->orientation = r->chunks.exif ? exif_orientation(r->chunks.exif, r->chunks.exif_size) : 1;
    h->shrinks = png_get_interlace_type(png, r->guard.info) == PNG_INTERLACE_NONE;
    h->natural = h->palette_index                ? INSPYR_GREY8
                 : h->has_alpha                  ? INSPYR_RGBA8
                 : colour & PNG_COLOR_MASK_COLOR ? INSPYR_RGB8
                                                 : INSPYR_GREY8;
}

/* Asks libpng for the natural format of read_header(). */
static void choose_pixels(reader *r)
{
    png_structp png = r->guard.png;

    if (r->source->palette_index && png_get_color_type(png, r->guard.info) == PNG_COLOR_TYPE_PALETTE) {
        png_set_packing(png);
        return;
    }
    png_set_expand(png);
    png_set_scale_16(png);
    if (r->dst->format == INSPYR_RGBA8)
        png_set_gray_to_rgb(png);
}

/* All passes over all rows: a picture of this kind is never shrunk. */
static void read_interlaced(reader *r)
{
    r->rows = memory_array(r->source->allocator, (size_t)r->dst->height, sizeof *r->rows);
    if (!r->rows)
        png_guard_leave(&r->guard, INSPYR_ERR_MEMORY, "no room for the rows");
    for (int32_t y = 0; y < r->dst->height; y++)
        r->rows[y] = view_row(r->dst, y);
    png_read_image(r->guard.png, r->rows);
}

static void read_rows(reader *r, int32_t width, int32_t height)
{
    if (!row_target_begin(&r->target, r->dst, width, height, r->source->allocator))
        png_guard_leave(&r->guard, INSPYR_ERR_MEMORY, "no room for a row");
    for (int32_t y = 0; y < height; y++) {
        png_read_row(r->guard.png, row_target_place(&r->target), NULL);
        row_target_take(&r->target);
    }
}

static void read_pixels(void *user)
{
    reader *r = user;
    png_structp png;
    png_uint_32 width;
    bool interlaced;

    open_file(r);
    png = r->guard.png;
    choose_pixels(r);
    interlaced = png_set_interlace_handling(png) > 1;
    png_read_update_info(png, r->guard.info);
    width = png_get_image_width(png, r->guard.info);
    if (png_get_rowbytes(png, r->guard.info) != (size_t)width * format_bytes(r->dst->format))
        png_guard_leave(&r->guard, INSPYR_ERR_INTERNAL, "rows of an unexpected length");
    if (interlaced)
        read_interlaced(r);
    else
        read_rows(r, (int32_t)width, (int32_t)png_get_image_height(png, r->guard.info));
    png_read_end(png, NULL);
}

static void read_profile(void *user)
{
    reader *r = user;
    png_charp name;
    png_bytep bytes;
    png_uint_32 size;
    int method;

    open_file(r);
    if (r->guard.starved) /* libpng only warns, and goes on without */
        png_guard_leave(&r->guard, INSPYR_ERR_MEMORY, "no room for the profile");
    if (!png_get_iCCP(r->guard.png, r->guard.info, &name, &method, &bytes, &size))
        return;
    *r->profile = memory_take(r->source->allocator, size);
    if (!*r->profile)
        png_guard_leave(&r->guard, INSPYR_ERR_MEMORY, "no room for the profile");
    memcpy(*r->profile, bytes, size);
    *r->profile_size = size;
}

static inspyr_status run(reader *r, void (*step)(void *user), const codec_source *source, inspyr_error *error)
{
    inspyr_status status;

    r->source = source;
    r->guard.allocator = source->allocator;
    r->guard.error = error;
    r->guard.notes = r->dst ? source->notes : NULL;
    status = png_guarded(&r->guard, INSPYR_ERR_IMAGE, step, r);
    png_destroy_read_struct(&r->guard.png, &r->guard.info, NULL);
    row_target_end(&r->target);
    memory_give(source->allocator, r->rows);
    return status;
}

inspyr_status png_header(codec_header *out, const codec_source *source, inspyr_error *error)
{
    reader r;
    inspyr_status status;

    memset(&r, 0, sizeof r);
    memset(out, 0, sizeof *out);
    r.header = out;
    status = png_chunks_find(&r.chunks, source->bytes, source->size, error);
    return status ? status : run(&r, read_header, source, error);
}

inspyr_status png_pixels(const inspyr_view *dst, const codec_source *source, inspyr_error *error)
{
    reader r;

    memset(&r, 0, sizeof r);
    r.dst = dst;
    return run(&r, read_pixels, source, error);
}

inspyr_status png_profile(unsigned char **bytes, size_t *size, const codec_source *source, inspyr_error *error)
{
    reader r;
    inspyr_error unsaid;
    inspyr_status status;

    memset(&r, 0, sizeof r);
    if (png_chunks_find(&r.chunks, source->bytes, source->size, NULL) || !r.chunks.profile)
        return INSPYR_OK;
    r.profile = bytes;
    r.profile_size = size;
    status = run(&r, read_profile, source, &unsaid);
    return status == INSPYR_ERR_MEMORY ? failed(error, status, "%s", unsaid.message) : INSPYR_OK;
}

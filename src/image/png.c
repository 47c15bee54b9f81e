/* PNG through libpng. Chunks that do not change pixels as stored are skipped unread, but for their checksum. */
#include "base/memory.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/image.h"
#include "image/png_guard.h"

#define SIGNATURE 8
#define CHUNK_MEMORY_MAX ((png_alloc_size_t)4 << 20)

typedef struct reader {
    png_guard guard;
    const codec_source *source;
    size_t at; /* bytes read so far */
    codec_header *header;
    const inspyr_view *dst;
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
    png_set_chunk_malloc_max(png, CHUNK_MEMORY_MAX);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png, r->guard.info);
}

/* eXIf may come before or after the pixels, and libpng would have to read the pixels to find the latter. */
static int32_t find_orientation(const codec_source *source)
{
    size_t at = SIGNATURE;

    while (source->size - at >= 12) {
        const unsigned char *chunk = source->bytes + at;
        size_t length = png_get_uint_32(chunk);

        if (length > source->size - at - 12)
            break;
        if (!memcmp(chunk + 4, "eXIf", 4))
            return exif_orientation(chunk + 8, length);
        at += length + 12;
    }
    return 1;
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
    h->orientation = find_orientation(r->source);
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

static void read_pixels(void *user)
{
    reader *r = user;
    png_structp png;

    open_file(r);
    png = r->guard.png;
    choose_pixels(r);
    if (png_set_interlace_handling(png) > 1) {
        r->rows = memory_array(r->source->allocator, (size_t)r->dst->height, sizeof *r->rows);
        if (!r->rows)
            png_guard_leave(&r->guard, INSPYR_ERR_MEMORY, "no room for the rows");
    }
    png_read_update_info(png, r->guard.info);
    if (png_get_rowbytes(png, r->guard.info) != (size_t)r->dst->width * format_bytes(r->dst->format))
        png_guard_leave(&r->guard, INSPYR_ERR_INTERNAL, "rows of an unexpected length");
    for (int32_t y = 0; y < r->dst->height; y++)
        if (r->rows)
            r->rows[y] = view_row(r->dst, y);
        else
            png_read_row(png, view_row(r->dst, y), NULL);
    if (r->rows)
        png_read_image(png, r->rows);
    png_read_end(png, NULL);
}

static inspyr_status run(reader *r, void (*step)(void *user), const codec_source *source, inspyr_error *error)
{
    inspyr_status status;

    r->source = source;
    r->guard.allocator = source->allocator;
    r->guard.error = error;
    status = png_guarded(&r->guard, INSPYR_ERR_IMAGE, step, r);
    png_destroy_read_struct(&r->guard.png, &r->guard.info, NULL);
    memory_give(source->allocator, r->rows);
    return status;
}

inspyr_status png_header(codec_header *out, const codec_source *source, inspyr_error *error)
{
    reader r;

    memset(&r, 0, sizeof r);
    memset(out, 0, sizeof *out);
    r.header = out;
    return run(&r, read_header, source, error);
}

inspyr_status png_pixels(const inspyr_view *dst, const codec_source *source, inspyr_error *error)
{
    reader r;

    memset(&r, 0, sizeof r);
    r.dst = dst;
    return run(&r, read_pixels, source, error);
}

/* JPEG through libjpeg-turbo with its defaults (accurate integer DCT, smooth upsampling), which is what
 * everyone else's pixels come from. Only a picture that has to be shrunk is transformed to fewer pixels. */
#include <limits.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/icc.h"
#include "image/image.h"
#include "image/jpeg_guard.h"
#include "image/jpeg_markers.h"
#include "image/row_target.h"

/* Each scan of a progressive file passes over the whole picture, so a small file could keep a processor busy
 * for hours. Encoders write about ten; they are counted before the first is decoded. */
#define SCANS_MAX 64

/* A transform of 8 x 8 coefficients makes 1 x 1 to 8 x 8 pixels. */
#define EIGHTHS 8

typedef struct reader {
    struct jpeg_decompress_struct cinfo;
    jpeg_guard guard;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    const codec_source *bytes;
    const inspyr_view *dst;
    codec_header *header;
    jpeg_markers markers;
    row_target rows;
    unsigned char *ink; /* a row of CMYK */
} reader;

static void nothing(j_decompress_ptr cinfo)
{
    (void)cinfo;
}

/* All bytes were there from the start, so being asked for more means that some are missing. */
static boolean no_more(j_decompress_ptr cinfo)
{
    jpeg_guard_leave((jpeg_guard *)cinfo->err, INSPYR_ERR_IMAGE, "the file is truncated");
}

static void skip(j_decompress_ptr cinfo, long count)
{
    if (count <= 0)
        return;
    if ((unsigned long)count > cinfo->src->bytes_in_buffer)
        no_more(cinfo);
    cinfo->src->next_input_byte += count;
    cinfo->src->bytes_in_buffer -= (size_t)count;
}

static void count_scans(j_common_ptr common)
{
    j_decompress_ptr cinfo = (j_decompress_ptr)common;

    if (cinfo->input_scan_number > SCANS_MAX)
        jpeg_guard_leave((jpeg_guard *)common->err, INSPYR_ERR_IMAGE, "too many scans");
}

/* Huffman's shortest code is a bit, and each block has one at least. Without this a file of a few bytes would
 * make coefficients of the largest picture that is let in, all of them zero. */
static bool can_hold_its_blocks(const struct jpeg_decompress_struct *cinfo, size_t size)
{
    uint64_t blocks = 0;

    for (int i = 0; i < cinfo->num_components; i++)
        blocks += (uint64_t)cinfo->comp_info[i].width_in_blocks * cinfo->comp_info[i].height_in_blocks;
    return cinfo->arith_code || blocks / 8 <= size;
}

/* Up to and including the frame header; chooses the colours that come out. */
static void open_file(reader *r)
{
    r->source.next_input_byte = r->bytes->bytes;
    r->source.bytes_in_buffer = r->bytes->size;
    r->source.init_source = nothing;
    r->source.fill_input_buffer = no_more;
    r->source.skip_input_data = skip;
    r->source.resync_to_restart = jpeg_resync_to_restart;
    r->source.term_source = nothing;
    r->progress.progress_monitor = count_scans;
    jpeg_create_decompress(&r->cinfo);
    r->cinfo.src = &r->source;
    r->cinfo.progress = &r->progress;
    r->cinfo.mem->max_memory_to_use = r->bytes->memory_max < LONG_MAX ? (long)r->bytes->memory_max : LONG_MAX;
    jpeg_markers_find(&r->markers, r->bytes->bytes, r->bytes->size);
    if (r->markers.scans > SCANS_MAX)
        jpeg_guard_leave(&r->guard, INSPYR_ERR_IMAGE, "too many scans");
    jpeg_read_header(&r->cinfo, TRUE);
    if (r->cinfo.jpeg_color_space == JCS_GRAYSCALE)
        r->cinfo.out_color_space = JCS_GRAYSCALE;
    else if (r->cinfo.jpeg_color_space == JCS_CMYK || r->cinfo.jpeg_color_space == JCS_YCCK)
        r->cinfo.out_color_space = JCS_CMYK;
    else
        r->cinfo.out_color_space = JCS_RGB;
}

static void read_header(void *user)
{
    reader *r = user;
    codec_header *h = r->header;

    open_file(r);
    h->width = (int32_t)r->cinfo.image_width;
    h->height = (int32_t)r->cinfo.image_height;
    h->natural = r->cinfo.out_color_space == JCS_GRAYSCALE ? INSPYR_GREY8 : INSPYR_RGB8;
    h->bits = r->cinfo.data_precision;
    h->shrinks = true;
    h->orientation = r->markers.exif ? exif_orientation(r->markers.exif, r->markers.exif_size) : 1;
}

/* Inks to light, without a colour profile. Adobe writes inks inverted, and says that it was Adobe. */
static void cmyk_row(unsigned char *rgb, const unsigned char *ink, int32_t n, bool inverted)
{
    unsigned flip = inverted ? 0 : 255;

    for (int32_t i = 0; i < n; i++) {
        unsigned light = ink[4 * i + 3] ^ flip;

        for (int c = 0; c < 3; c++) {
            unsigned product = (ink[4 * i + c] ^ flip) * light + 128;

            rgb[3 * i + c] = (unsigned char)((product + (product >> 8)) >> 8); /* / 255, rounded */
        }
    }
}

/* The fewest pixels that are no fewer than those wanted. */
static void choose_scale(reader *r)
{
    r->cinfo.scale_denom = EIGHTHS;
    for (r->cinfo.scale_num = 1; r->cinfo.scale_num < EIGHTHS; r->cinfo.scale_num++) {
        jpeg_calc_output_dimensions(&r->cinfo);
        if (r->cinfo.output_width >= (JDIMENSION)r->dst->width &&
            r->cinfo.output_height >= (JDIMENSION)r->dst->height)
            return;
    }
}

static void read_pixels(void *user)
{
    reader *r = user;
    bool cmyk;

    open_file(r);
    if (!can_hold_its_blocks(&r->cinfo, r->bytes->size))
        no_more(&r->cinfo);
    cmyk = r->cinfo.out_color_space == JCS_CMYK;
    choose_scale(r);
    jpeg_start_decompress(&r->cinfo);
    if (!row_target_begin(&r->rows, r->dst, (int32_t)r->cinfo.output_width, (int32_t)r->cinfo.output_height,
                          r->bytes->allocator) ||
        (cmyk && !(r->ink = memory_array(r->bytes->allocator, r->cinfo.output_width, 4))))
        jpeg_guard_leave(&r->guard, INSPYR_ERR_MEMORY, "no room for a row");
    r->rows.unit = EIGHTHS;
    r->rows.across = (int64_t)r->cinfo.image_width * (int64_t)r->cinfo.scale_num;
    r->rows.down = (int64_t)r->cinfo.image_height * (int64_t)r->cinfo.scale_num;
    while (r->cinfo.output_scanline < r->cinfo.output_height) {
        unsigned char *row = row_target_place(&r->rows);
        JSAMPROW target = cmyk ? r->ink : row;

        jpeg_read_scanlines(&r->cinfo, &target, 1);
        if (cmyk)
            cmyk_row(row, r->ink, r->rows.width, r->cinfo.saw_Adobe_marker);
        row_target_take(&r->rows);
    }
}

static inspyr_status run(reader *r, void (*step)(void *user), const codec_source *source, inspyr_error *error)
{
    inspyr_status status;

    r->bytes = source;
    r->cinfo.err = jpeg_guard_start(&r->guard, INSPYR_ERR_IMAGE, error);
    r->guard.notes = r->dst ? source->notes : NULL;
    status = jpeg_guarded(&r->guard, step, r);
    jpeg_destroy_decompress(&r->cinfo);
    row_target_end(&r->rows);
    memory_give(source->allocator, r->ink);
    return status;
}

inspyr_status jpeg_header(codec_header *out, const codec_source *source, inspyr_error *error)
{
    reader r;

    memset(&r, 0, sizeof r);
    memset(out, 0, sizeof *out);
    r.header = out;
    return run(&r, read_header, source, error);
}

inspyr_status jpeg_pixels(const inspyr_view *dst, const codec_source *source, inspyr_error *error)
{
    reader r;

    memset(&r, 0, sizeof r);
    r.dst = dst;
    return run(&r, read_pixels, source, error);
}

inspyr_status jpeg_profile(unsigned char **bytes, size_t *size, const codec_source *source, inspyr_error *error)
{
    jpeg_markers m;
    size_t all = 0;

    jpeg_markers_find(&m, source->bytes, source->size);
    for (int32_t i = 0; i < m.parts; i++) {
        all += m.part_size[i];
        if (!m.part[i])
            return INSPYR_OK;
    }
    if (m.parts < 1 || all > ICC_BYTES_MAX)
        return INSPYR_OK;
    *bytes = memory_take(source->allocator, all);
    if (!*bytes)
        return failed(error, INSPYR_ERR_MEMORY, "JPEG: no room for the profile");
    for (int32_t i = 0; i < m.parts; i++) {
        memcpy(*bytes + *size, m.part[i], m.part_size[i]);
        *size += m.part_size[i];
    }
    return INSPYR_OK;
}

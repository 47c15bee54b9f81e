/* JPEG through libjpeg-turbo with its defaults (accurate integer DCT, smooth upsampling), which is what
 * everyone else's pixels come from. */
#include "base/memory.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/exif.h"
#include "image/image.h"
#include "image/jpeg_guard.h"

/* Each scan of a progressive file passes over the whole picture, so a small file could keep a processor busy
 * for hours. Encoders write about ten. */
#define SCANS_MAX 500

typedef struct reader {
    struct jpeg_decompress_struct cinfo;
    jpeg_guard guard;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    const codec_source *bytes;
    const inspyr_view *dst;
    codec_header *header;
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
    jpeg_save_markers(&r->cinfo, JPEG_APP0 + 1, 0xffff);
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
    h->orientation = 1;
    for (jpeg_saved_marker_ptr m = r->cinfo.marker_list; m; m = m->next)
        if (m->data_length >= 6 && !memcmp(m->data, "Exif\0\0", 6)) {
            h->orientation = exif_orientation(m->data, m->data_length);
            break;
        }
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

static void read_pixels(void *user)
{
    reader *r = user;
    bool cmyk;

    open_file(r);
    cmyk = r->cinfo.out_color_space == JCS_CMYK;
    jpeg_start_decompress(&r->cinfo);
    if (cmyk && !(r->ink = memory_array(r->bytes->allocator, r->cinfo.output_width, 4)))
        jpeg_guard_leave(&r->guard, INSPYR_ERR_MEMORY, "no room for a row");
    while (r->cinfo.output_scanline < r->cinfo.output_height) {
        unsigned char *row = view_row(r->dst, r->cinfo.output_scanline);
        JSAMPROW target = cmyk ? r->ink : row;

        jpeg_read_scanlines(&r->cinfo, &target, 1);
        if (cmyk)
            cmyk_row(row, r->ink, r->dst->width, r->cinfo.saw_Adobe_marker);
    }
}

static inspyr_status run(reader *r, void (*step)(void *user), const codec_source *source, inspyr_error *error)
{
    inspyr_status status;

    r->bytes = source;
    r->cinfo.err = jpeg_guard_start(&r->guard, INSPYR_ERR_IMAGE, error);
    status = jpeg_guarded(&r->guard, step, r);
    jpeg_destroy_decompress(&r->cinfo);
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

#include "base/status.h"
#include "image/codec.h"
#include "image/image.h"
#include "image/jpeg_guard.h"

#define STEP ((size_t)32 << 10) /* least room that libjpeg is given at a time */

typedef struct writer {
    struct jpeg_compress_struct cinfo;
    jpeg_guard guard;
    struct jpeg_destination_mgr destination;
    sink *out;
    const inspyr_view *view;
    int32_t quality;
    const inspyr_bytes *profile;
} writer;

static void give_room(j_compress_ptr cinfo)
{
    writer *w = cinfo->client_data;
    unsigned char *room = sink_room(w->out, STEP);

    if (!room)
        jpeg_guard_leave(&w->guard, INSPYR_ERR_MEMORY, "no room for the file");
    w->destination.next_output_byte = room;
    w->destination.free_in_buffer = w->out->capacity - w->out->used;
}

/* libjpeg calls this when the whole room is full, whatever free_in_buffer says. */
static boolean room_is_full(j_compress_ptr cinfo)
{
    writer *w = cinfo->client_data;

    w->out->used = w->out->capacity;
    give_room(cinfo);
    return TRUE;
}

static void finish(j_compress_ptr cinfo)
{
    writer *w = cinfo->client_data;

    w->out->used = w->out->capacity - w->destination.free_in_buffer;
}

static J_COLOR_SPACE colours(inspyr_format format)
{
    return format == INSPYR_GREY8 ? JCS_GRAYSCALE : format == INSPYR_BGR8 ? JCS_EXT_BGR : JCS_RGB;
}

static void write_file(void *user)
{
    writer *w = user;
    struct jpeg_compress_struct *c = &w->cinfo;

    jpeg_create_compress(c);
    c->client_data = w;
    c->dest = &w->destination;
    w->destination.init_destination = give_room;
    w->destination.empty_output_buffer = room_is_full;
    w->destination.term_destination = finish;
    c->image_width = (JDIMENSION)w->view->width;
    c->image_height = (JDIMENSION)w->view->height;
    c->input_components = (int)format_bytes(w->view->format);
    c->in_color_space = colours(w->view->format);
    jpeg_set_defaults(c);
    jpeg_set_quality(c, w->quality, TRUE);
    jpeg_start_compress(c, TRUE);
    if (w->profile)
        jpeg_write_icc_profile(c, w->profile->data, (unsigned)w->profile->size);
    while (c->next_scanline < c->image_height) {
        JSAMPROW row = view_row(w->view, c->next_scanline);

        jpeg_write_scanlines(c, &row, 1);
    }
    jpeg_finish_compress(c);
}

inspyr_status jpeg_write(sink *out, const inspyr_view *view, const codec_settings *settings,
                         inspyr_error *error)
{
    writer w;
    inspyr_status status;

    if (view->format == INSPYR_RGBA8 || view->format == INSPYR_BGRA8)
        return failed(error, INSPYR_ERR_ENCODE, "JPEG holds no alpha; lay the picture over a colour first");
    if (view->format == INSPYR_GREY16)
        return failed(error, INSPYR_ERR_ENCODE, "JPEG holds no 16-bit samples");
    if (settings->lossless)
        return failed(error, INSPYR_ERR_ENCODE, "JPEG is never lossless");
    if (view->width > JPEG_MAX_DIMENSION || view->height > JPEG_MAX_DIMENSION)
        return failed(error, INSPYR_ERR_ENCODE, "JPEG holds %d pixels a side, not %d x %d",
                      (int)JPEG_MAX_DIMENSION, (int)view->width, (int)view->height);
    memset(&w, 0, sizeof w);
    w.out = out;
    w.view = view;
    w.quality = settings->quality;
    w.profile = settings->profile;
    w.cinfo.err = jpeg_guard_start(&w.guard, INSPYR_ERR_ENCODE, error);
    status = jpeg_guarded(&w.guard, write_file, &w);
    jpeg_destroy_compress(&w.cinfo);
    return status;
}

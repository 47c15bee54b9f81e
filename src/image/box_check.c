#define _POSIX_C_SOURCE 200809L
#include "image/box_check.h"

#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "image/codec.h"
#include "image/icc.h"
#include "image/image.h"

/* One line of text, whatever is in there. */
static void clean(char *text, size_t size)
{
    text[size - 1] = '\0';
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 127)
            *text = '?';
}

/* Of what inspyr_image_decode() documents, what a decoder can find. */
static bool is_refusal(inspyr_status status)
{
    return status == INSPYR_ERR_MEMORY || status == INSPYR_ERR_UNSUPPORTED || status == INSPYR_ERR_IMAGE ||
           status == INSPYR_ERR_IMAGE_FORMAT || status == INSPYR_ERR_LIMIT;
}

static bool is_wanted(inspyr_format format, const inspyr_decode_options *o)
{
    if (o->format)
        return format == o->format;
    return format == INSPYR_RGBA8 || format == INSPYR_RGB8 ||
           (format == INSPYR_GREY8 && (o->flags & INSPYR_DECODE_PALETTE_INDEX));
}

static bool fits(const box_answer *a, const inspyr_decode_options *o)
{
    return a->width >= 1 && a->height >= 1 && a->width <= o->max_side && a->height <= o->max_side &&
           (uint64_t)a->width * (uint64_t)a->height <= o->max_pixels;
}

static bool report_is_good(const inspyr_decode_report *r)
{
    return r->stored_width >= 1 && r->stored_height >= 1 && (unsigned)r->file <= INSPYR_FILE_HEIF &&
           r->orientation >= 1 && r->orientation <= 8 && (unsigned)r->shrunk <= 1 && r->warnings >= 0 &&
           r->warnings <= CODEC_WARNINGS_MAX;
}

static bool read_at(int file, void *bytes, size_t size, uint64_t from)
{
    unsigned char *to = bytes;

    while (size) {
        ssize_t got = pread(file, to, size, (off_t)from);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        to += got;
        from += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

static bool read_profile(inspyr_image *image, int file, size_t size, bool *lies)
{
    icc_space space = image->view.format == INSPYR_GREY8 ? ICC_GREY : ICC_RGB;
    size_t used = 0;

    image->profile = memory_take(&image->allocator, size);
    image->profile_size = size;
    if (!image->profile)
        return false;
    *lies = !read_at(file, image->profile, size, image->bytes) ||
            icc_space_of(&used, image->profile, size) != space || used != size;
    return !*lies;
}

static inspyr_status lied(bool *lies, inspyr_error *error)
{
    *lies = true;
    return failed(error, INSPYR_ERR_IMAGE, "the decoder's answer is not to be believed");
}

static inspyr_status unpack(inspyr_image **out, bool *lies, const box_answer *a, int file,
                            const inspyr_allocator *allocator, inspyr_error *error)
{
    inspyr_image *image;
    inspyr_status status = image_create(&image, allocator, a->width, a->height, a->format, error);

    if (status)
        return status;
    if (!box_file_is_sealed(file, image->bytes + a->profile_size) ||
        !read_at(file, image->view.data, image->bytes, 0))
        status = lied(lies, error);
    else if (a->profile_size && !read_profile(image, file, (size_t)a->profile_size, lies))
        status = *lies ? lied(lies, error) : failed(error, INSPYR_ERR_MEMORY, "no room for a profile");
    if (status == INSPYR_OK)
        *out = image;
    else
        inspyr_image_free(image);
    return status;
}

inspyr_status box_check(inspyr_image **out, bool *lies, const box_answer *answer, int file,
                        const inspyr_decode_options *o, const inspyr_allocator *allocator, inspyr_error *error)
{
    box_answer a = *answer;
    inspyr_status status;

    *lies = false;
    clean(a.message, sizeof a.message);
    clean(a.report.warning, sizeof a.report.warning);
    if (a.magic != BOX_MAGIC || (a.status ? file >= 0 || !is_refusal(a.status) : file < 0))
        return lied(lies, error);
    if (a.status)
        return failed(error, a.status, "%s", a.message);
    if (!fits(&a, o) || !is_wanted(a.format, o) || a.profile_size > ICC_BYTES_MAX || !report_is_good(&a.report))
        return lied(lies, error);
    status = unpack(out, lies, &a, file, allocator, error);
    if (status)
        return status;
    a.report.struct_size = sizeof a.report;
    status = options_export(o->report, OPTIONS_FIRST(inspyr_decode_report, warning), &a.report, sizeof a.report,
                            error);
    if (status) {
        inspyr_image_free(*out);
        *out = NULL;
    }
    return status;
}

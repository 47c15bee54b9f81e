#include "image/image.h"

#include "base/memory.h"
#include "base/status.h"

size_t format_bytes(inspyr_format format)
{
    switch (format) {
    case INSPYR_RGBA8:
    case INSPYR_BGRA8:
    case INSPYR_GREYF32:
        return 4;
    case INSPYR_RGB8:
    case INSPYR_BGR8:
        return 3;
    case INSPYR_GREY16:
        return 2;
    case INSPYR_GREY8:
        return 1;
    case INSPYR_FORMAT_FORCE32:
        break;
    }
    return 0;
}

static size_t sample_bytes(inspyr_format format)
{
    return format == INSPYR_GREYF32 ? 4 : format == INSPYR_GREY16 ? 2 : 1;
}

inspyr_status view_check(const inspyr_view *view, unsigned formats, const char *what, inspyr_error *error)
{
    size_t sample;
    uint64_t step, span;

    if (!view || !view->data)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: no pixels", what);
    if (view->width < 1 || view->height < 1)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: %d x %d pixels", what, (int)view->width,
                      (int)view->height);
    if (!format_bytes(view->format) || !(formats & FORMAT_BIT(view->format)))
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: format %d is not one of those expected", what,
                      (int)view->format);
    if (view->reserved)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: the reserved field is not zero", what);
    step = view->stride < 0 ? 0 - (uint64_t)view->stride : (uint64_t)view->stride;
    if (step < (uint64_t)view->width * format_bytes(view->format))
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: a stride of %lld bytes for %d pixels", what,
                      (long long)view->stride, (int)view->width);
    if (__builtin_mul_overflow(step, (uint64_t)view->height, &span) || span > PTRDIFF_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: rows beyond the end of memory", what);
    sample = sample_bytes(view->format);
    if ((uintptr_t)view->data % sample || step % sample)
        return failed(error, INSPYR_ERR_ARGUMENT, "%s: data and stride are not multiples of %zu bytes", what,
                      sample);
    return INSPYR_OK;
}

inspyr_status image_create(inspyr_image **out, const inspyr_allocator *allocator, int32_t width, int32_t height,
                           inspyr_format format, inspyr_error *error)
{
    size_t stride = (size_t)width * format_bytes(format) + MEMORY_ALIGNMENT - 1;
    inspyr_image *image = memory_zeroed(allocator, sizeof *image);

    *out = NULL;
    stride -= stride % MEMORY_ALIGNMENT;
    if (image) {
        image->allocator = *allocator;
        image->view.data = memory_array(allocator, (size_t)height, stride);
        image->view.stride = (int64_t)stride;
        image->view.width = width;
        image->view.height = height;
        image->view.format = format;
        image->bytes = (size_t)height * stride;
        if (image->view.data) {
            *out = image;
            return INSPYR_OK;
        }
    }
    inspyr_image_free(image);
    return failed(error, INSPYR_ERR_MEMORY, "no room for %d x %d pixels", (int)width, (int)height);
}

void inspyr_image_view(const inspyr_image *image, inspyr_view *out)
{
    if (!out)
        return;
    memset(out, 0, sizeof *out);
    if (image)
        *out = image->view;
}

void inspyr_image_profile(const inspyr_image *image, inspyr_bytes *out)
{
    if (!out)
        return;
    memset(out, 0, sizeof *out);
    if (image && image->profile) {
        out->data = image->profile;
        out->size = image->profile_size;
    }
}

void inspyr_image_free(inspyr_image *image)
{
    inspyr_allocator allocator;

    if (!image)
        return;
    allocator = image->allocator;
    memory_give(&allocator, image->view.data);
    memory_give(&allocator, image->profile);
    memory_give(&allocator, image);
}

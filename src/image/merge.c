/* inspyr_image_merge(): planes of one colour each become a picture. */
#include "base/memory.h"
#include "base/status.h"
#include "image/image.h"

static inspyr_status check(const inspyr_view *planes, size_t n, inspyr_error *error)
{
    if (!planes)
        return failed(error, INSPYR_ERR_ARGUMENT, "planes is NULL");
    if (n != 3 && n != 4)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu planes; 3 or 4 are possible", n);
    for (size_t i = 0; i < n; i++) {
        inspyr_status status = view_check(&planes[i], FORMAT_BIT(INSPYR_GREY8), "plane", error);

        if (status)
            return status;
        if (planes[i].width != planes[0].width || planes[i].height != planes[0].height)
            return failed(error, INSPYR_ERR_ARGUMENT, "planes of %d x %d and %d x %d", (int)planes[0].width,
                          (int)planes[0].height, (int)planes[i].width, (int)planes[i].height);
    }
    return INSPYR_OK;
}

inspyr_status inspyr_image_merge(inspyr_image **out, const inspyr_view *planes, size_t n,
                                 const inspyr_allocator *allocator, inspyr_error *error)
{
    inspyr_allocator ours;
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    if ((status = memory_import(&ours, allocator, error)) || (status = check(planes, n, error)) ||
        (status = image_create(out, &ours, planes->width, planes->height, n == 4 ? INSPYR_RGBA8 : INSPYR_RGB8,
                               error)))
        return status;
    for (int32_t y = 0; y < planes->height; y++)
        for (size_t c = 0; c < n; c++) {
            const unsigned char *from = view_row(&planes[c], y);
            unsigned char *to = view_row(&(*out)->view, y) + c;

            for (int32_t x = 0; x < planes->width; x++, to += n)
                *to = from[x];
        }
    return INSPYR_OK;
}

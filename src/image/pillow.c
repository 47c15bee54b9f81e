#include "image/pillow.h"

#include <stdbool.h>

#include "base/memory.h"
#include "base/status.h"
#include "image/resize.h"

/* Found by trying: true of all of 1500 random pairs of sizes and of the usual ones. */
static bool height_first(const inspyr_view *dst, const inspyr_view *src)
{
    int64_t lost = (int64_t)src->height - dst->height;

    return lost > 0 && lost > 2 * ((int64_t)src->width - dst->width);
}

inspyr_status pillow_picture(const inspyr_view *dst, const inspyr_view *src, inspyr_pool *pool,
                             const inspyr_allocator *allocator, inspyr_error *error)
{
    inspyr_view middle = { NULL, (int64_t)src->width * 3, src->width, dst->height, INSPYR_RGB8, 0 };
    inspyr_status status;

    if (!height_first(dst, src))
        return resize_picture(dst, src, RESIZE_DROP_ALPHA, pool, allocator, error);
    middle.data = memory_array(allocator, (size_t)middle.height, (size_t)middle.stride);
    if (!middle.data)
        return failed(error, INSPYR_ERR_MEMORY, "no room for %d rows of %d pixels", (int)middle.height,
                      (int)middle.width);
    status = resize_picture(&middle, src, RESIZE_DROP_ALPHA, pool, allocator, error);
    if (!status)
        status = resize_picture(dst, &middle, RESIZE_DROP_ALPHA, pool, allocator, error);
    memory_give(allocator, middle.data);
    return status;
}

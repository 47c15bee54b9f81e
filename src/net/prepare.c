#include "net/prepare.h"

#include "image/linear.h"
#include "image/resize.h"

inspyr_status prepare_picture(const inspyr_model *m, model_pass *pass, int32_t i, const inspyr_view *picture,
                              uint64_t flags, inspyr_error *error)
{
    size_t stride = (size_t)pass->w * 3;
    const inspyr_view input = { .data = pass->picture + (size_t)i * (size_t)pass->h * stride,
                                .stride = (int64_t)stride,
                                .width = pass->w,
                                .height = pass->h,
                                .format = INSPYR_RGB8 };

    if (flags & INSPYR_COMPAT_ARRAY)
        return linear_picture(&input, picture, m->host.pool, &m->host.allocator, error);
    return resize_picture(&input, picture, flags & INSPYR_COMPAT ? RESIZE_DROP_ALPHA : RESIZE_OVER_GREY,
                          m->host.pool, &m->host.allocator, error);
}

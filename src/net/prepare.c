#include "net/prepare.h"

#include "image/linear.h"
#include "image/resize.h"

/* Picture i of those at `pixels`, all of width x height. */
static inspyr_status stretch(const inspyr_model *m, unsigned char *pixels, int32_t i, int32_t width,
                             int32_t height, const inspyr_view *picture, uint64_t flags, inspyr_error *error)
{
    size_t stride = (size_t)width * 3;
    const inspyr_view input = { .data = pixels + (size_t)i * (size_t)height * stride,
                                .stride = (int64_t)stride,
                                .width = width,
                                .height = height,
                                .format = INSPYR_RGB8 };

    if (flags & INSPYR_COMPAT_ARRAY)
        return linear_picture(&input, picture, m->host.pool, &m->host.allocator, error);
    return resize_picture(&input, picture, flags & INSPYR_COMPAT ? RESIZE_DROP_ALPHA : RESIZE_OVER_GREY,
                          m->host.pool, &m->host.allocator, error);
}

inspyr_status prepare_picture(const inspyr_model *m, model_pass *pass, int32_t i, const inspyr_view *picture,
                              uint64_t flags, inspyr_error *error)
{
    inspyr_status status = stretch(m, pass->picture, i, pass->w, pass->h, picture, flags, error);

    if (!status && pass->blended)
        status = stretch(m, pass->low, i, m->config.base_w, m->config.base_h, picture, flags, error);
    return status;
}

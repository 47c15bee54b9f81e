#include "net/prepare.h"

#include "image/icc_srgb.h"
#include "image/linear.h"
#include "image/pillow.h"
#include "image/resize.h"

/* Into picture i of a batch of RGB8 pictures without gaps. Colours are converted when there are fewest of them.
 */
static inspyr_status stretch(const inspyr_model *m, unsigned char *batch, int32_t i, int32_t w, int32_t h,
                             const inspyr_view *picture, const inspyr_bytes *profile, uint64_t flags,
                             inspyr_error *error)
{
    inspyr_status status;
    size_t stride = (size_t)w * 3;
    const inspyr_view input = { .data = batch + (size_t)i * (size_t)h * stride,
                                .stride = (int64_t)stride,
                                .width = w,
                                .height = h,
                                .format = INSPYR_RGB8 };

    if (flags & INSPYR_COMPAT_ARRAY)
        return linear_picture(&input, picture, m->host.pool, &m->host.allocator, error);
    if (flags & INSPYR_COMPAT)
        return pillow_picture(&input, picture, m->host.pool, &m->host.allocator, error);
    status = resize_picture(&input, picture, RESIZE_OVER_GREY, m->host.pool, &m->host.allocator, error);
    return status ? status : icc_to_srgb(input.data, (size_t)w * (size_t)h, profile, &m->host.allocator, error);
}

inspyr_status prepare_picture(const inspyr_model *m, model_pass *pass, int32_t i, const inspyr_view *picture,
                              const inspyr_bytes *profile, uint64_t flags, inspyr_error *error)
{
    inspyr_status status = stretch(m, pass->picture, i, pass->w, pass->h, picture, profile, flags, error);

    if (!status && pass->blended)
        status = stretch(m, pass->low, i, m->config.base_w, m->config.base_h, picture, profile, flags, error);
    return status;
}

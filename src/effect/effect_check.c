#include "effect/effect_check.h"

#include "base/options.h"
#include "base/pool.h"
#include "base/status.h"
#include "image/image.h"

#define PREVIEW_SIDE 512

inspyr_status effect_check_options(const inspyr_effect_options *o, inspyr_error *error)
{
    inspyr_status status = options_flags(o->flags, 0, error);

    if (status)
        return status;
    if ((unsigned)o->quality > INSPYR_QUALITY_PREVIEW)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "quality %d is not in this version", (int)o->quality);
    if (o->preview_side < 0 || (o->preview_side && o->quality != INSPYR_QUALITY_PREVIEW))
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "a preview side of %d: 1 or more are possible, with INSPYR_QUALITY_PREVIEW only",
                      (int)o->preview_side);
    if ((unsigned)o->device_need > INSPYR_NEED_FORBIDDEN || o->reserved)
        return failed(error, INSPYR_ERR_ARGUMENT, "device_need %d, reserved %u: 0 to 2, and 0, are possible",
                      (int)o->device_need, (unsigned)o->reserved);
    if (pool_forked(o->pool))
        return failed(error, INSPYR_ERR_FORKED, "the pool belongs to the parent process");
    return INSPYR_OK;
}

inspyr_status effect_check_picture(const inspyr_view *picture, const inspyr_view *alpha, inspyr_error *error)
{
    inspyr_status status = view_check(picture, FORMATS_PICTURE, "picture", error);

    if (!status && alpha)
        status = view_check(alpha, FORMATS_ALPHA, "alpha plane", error);
    if (status)
        return status;
    if (alpha && (alpha->width != picture->width || alpha->height != picture->height))
        return failed(error, INSPYR_ERR_ARGUMENT, "a picture of %d x %d and an alpha plane of %d x %d",
                      (int)picture->width, (int)picture->height, (int)alpha->width, (int)alpha->height);
    if ((int64_t)picture->width * picture->height > INT32_MAX)
        return failed(error, INSPYR_ERR_LIMIT, "%d x %d pixels: %d are possible", (int)picture->width,
                      (int)picture->height, (int)INT32_MAX);
    return INSPYR_OK;
}

static int32_t shrunk(int32_t side, int32_t longer, int32_t most)
{
    int32_t length = (int32_t)(((int64_t)side * most + longer / 2) / longer);

    return length < 1 ? 1 : length;
}

void effect_size(int32_t *width, int32_t *height, const inspyr_view *picture, const inspyr_effect_options *o)
{
    int32_t longer = picture->width > picture->height ? picture->width : picture->height;
    int32_t most = o->preview_side ? o->preview_side : PREVIEW_SIDE;

    *width = picture->width;
    *height = picture->height;
    if (o->quality != INSPYR_QUALITY_PREVIEW || longer <= most)
        return;
    *width = shrunk(*width, longer, most);
    *height = shrunk(*height, longer, most);
}

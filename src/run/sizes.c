#include "run/sizes.h"

#include <math.h>

#include "base/status.h"

#define SHORT_SIDE 1280
#define STEP 32

/* Of a static size, and of a dynamic one but for compat's. */
#define SIDE_LEAST 32
#define SIDE_MOST 4096
/* Of a dynamic size: as much memory as the largest square that a short side of 1280 usually comes to needs (3:2
 * and 16:9 stay below). */
#define PIXELS_MOST 4194304

/* Official networks take 16 to 32768, because dynamic sizes of compat have no bound; a caller is promised
 * these. */
inspyr_status sizes_check_sides(int32_t width, int32_t height, inspyr_error *error)
{
    bool fits = !width || (width >= SIDE_LEAST && width <= SIDE_MOST);

    if (fits && (!height || (height >= SIDE_LEAST && height <= SIDE_MOST)))
        return INSPYR_OK;
    return failed(error, INSPYR_ERR_ARGUMENT, "a network %s of %d: %d to %d pixels are possible",
                  fits ? "height" : "width", (int)(fits ? height : width), SIDE_LEAST, SIDE_MOST);
}

inspyr_status sizes_check(const size_request *r, inspyr_error *error)
{
    if (r->flags & INSPYR_COMPAT_ARRAY && !(r->flags & INSPYR_COMPAT))
        return failed(error, INSPYR_ERR_ARGUMENT, "INSPYR_COMPAT_ARRAY goes with INSPYR_COMPAT only");
    if (r->resize != INSPYR_RESIZE_STATIC && r->resize != INSPYR_RESIZE_DYNAMIC)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "resize %d is not in this version", (int)r->resize);
    if (r->resize == INSPYR_RESIZE_STATIC) {
        if (r->short_side)
            return failed(error, INSPYR_ERR_ARGUMENT, "a short side of %d goes with INSPYR_RESIZE_DYNAMIC only",
                          (int)r->short_side);
        return sizes_check_sides(r->width, r->height, error);
    }
    if (r->width || r->height)
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "a network size of %d x %d goes with INSPYR_RESIZE_STATIC only", (int)r->width,
                      (int)r->height);
    if (r->short_side && r->short_side < STEP)
        return failed(error, INSPYR_ERR_ARGUMENT, "a short side of %d; %d or more pixels are possible",
                      (int)r->short_side, STEP);
    if (r->flags & INSPYR_COMPAT_ARRAY)
        return failed(error, INSPYR_ERR_UNSUPPORTED,
                      "dynamic sizes with INSPYR_COMPAT_ARRAY: the package itself fails there");
    return INSPYR_OK;
}

/* Half to even, as the package rounds. */
static double in_steps(double v, int32_t step)
{
    return rint(v / step) * step;
}

/* The package's rule: the longer side is divided by the factor that brings the shorter one to its limit. */
static void shrink(double *width, double *height, double limit)
{
    if (*width >= *height && *height > limit) {
        *width /= *height / limit;
        *height = limit;
    } else if (*height > *width && *width > limit) {
        *height /= *width / limit;
        *width = limit;
    }
}

static inspyr_status as_the_package(pass_size *out, double width, double height, int32_t picture_width,
                                    int32_t picture_height, inspyr_error *error)
{
    width = in_steps(width, STEP);
    height = in_steps(height, STEP);
    if (width < STEP || height < STEP)
        return failed(
            error, INSPYR_ERR_ARGUMENT,
            "with INSPYR_COMPAT a picture of %d x %d has no dynamic size: a side of %d or less rounds to 0",
            (int)picture_width, (int)picture_height, STEP / 2);
    if (width > INT32_MAX || height > INT32_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "a network size of %.0f x %.0f", width, height);
    *out = (pass_size){ .width = (int32_t)width, .height = (int32_t)height };
    return INSPYR_OK;
}

static int32_t bounded(double side, int32_t step, int32_t least, int32_t most)
{
    side = in_steps(side, step);
    return side < least ? least : side > most ? most : (int32_t)side;
}

/* Both sides shrink alike as far as the bounds ask for; what rounding adds beyond them is taken from the longer
 * one, or from the picture's shorter one where the network's are equal. */
static pass_size within_bounds(double width, double height, const network_config *config)
{
    int32_t step = STEP % config->size_multiple == 0 ? STEP : config->size_multiple;
    int32_t most = config->size_maximum < SIDE_MOST ? config->size_maximum : SIDE_MOST;
    int32_t least = config->size_minimum > STEP ? config->size_minimum : STEP;
    double longer = width > height ? width : height, factor = 1;
    pass_size size = { .blended = false };

    least = (least + step - 1) / step * step;
    most = most / step * step;
    if (longer > most)
        factor = most / longer;
    if (width * height * factor * factor > PIXELS_MOST)
        factor = sqrt(PIXELS_MOST / (width * height));
    size.width = bounded(width * factor, step, least, most);
    size.height = bounded(height * factor, step, least, most);
    while ((int64_t)size.width * size.height > PIXELS_MOST)
        if (size.width > size.height || (size.width == size.height && width <= height))
            size.width -= step;
        else
            size.height -= step;
    return size;
}

inspyr_status sizes_choose(pass_size *out, const size_request *r, const network_config *config, int32_t width,
                           int32_t height, inspyr_error *error)
{
    double across = width, down = height;

    *out = (pass_size){ .width = r->width, .height = r->height };
    if (r->resize == INSPYR_RESIZE_STATIC)
        return INSPYR_OK;
    shrink(&across, &down, r->short_side ? r->short_side : SHORT_SIDE);
    if (r->flags & INSPYR_COMPAT)
        return as_the_package(out, across, down, width, height, error);
    *out = within_bounds(across, down, config);
    if (config->blend && (out->width <= config->blend || out->height <= config->blend))
        *out = (pass_size){ .width = config->base_w, .height = config->base_h };
    else
        out->blended = config->blend;
    return INSPYR_OK;
}

/* Member by member: a pass_size has padding, which is anything. */
bool sizes_alike(const pass_size *a, const pass_size *b)
{
    return a->width == b->width && a->height == b->height && a->blended == b->blended;
}

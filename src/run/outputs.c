#include "run/outputs.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/status.h"

inspyr_status outputs_image(inspyr_image **out, const cutout *c, const inspyr_view *size, inspyr_format format,
                            inspyr_error *error)
{
    return image_create(out, c->allocator, size->width, size->height, format, error);
}

/* The subject's own colours and alpha. */
static inspyr_status make_rgba(inspyr_image **out, cutout *c, inspyr_error *error)
{
    inspyr_pool *pool = c->pool;
    double start = clock_ms();
    inspyr_status status = outputs_image(out, c, c->picture, INSPYR_RGBA8, error);

    if (status)
        return status;
    if (c->look.flags & INSPYR_CUTOUT_KEEP_COLOURS) {
        matte_rgba(&(*out)->view, c->picture, &c->alpha->view, pool);
        return INSPYR_OK;
    }
    status =
        matte_foreground(&(*out)->view, (*out)->bytes, c->picture, &c->alpha->view, pool, c->allocator, error);
    c->report.foreground_ms = clock_ms() - start;
    return status;
}

static void harden(const cutout *c, const inspyr_view *view)
{
    if (c->look.flags & INSPYR_CUTOUT_THRESHOLD)
        matte_harden(view, c->picture, c->look.threshold, (c->look.flags & INSPYR_CUTOUT_REVERSE) != 0,
                     c->pool);
}

/* rgba: the subject; not needed for overlays. */
static inspyr_status fill(const inspyr_view *dst, const cutout *c, const inspyr_image *rgba, const light *l,
                          inspyr_error *error)
{
    const inspyr_allocator *allocator = c->allocator;
    inspyr_pool *pool = c->pool;
    const matte_look *look = &c->look;

    switch (look->output) {
    case INSPYR_OUTPUT_BLUR:
        return matte_over_blur(dst, c->picture, &c->alpha->view, &rgba->view, look->sigma, l, pool, allocator,
                               error);
    case INSPYR_OUTPUT_PICTURE:
        return matte_over_picture(dst, &rgba->view, look->background, l, pool, allocator, error);
    case INSPYR_OUTPUT_OVERLAY:
        return matte_overlay(dst, c->picture, &c->alpha->view, l, pool, allocator, error);
    default:
        matte_over_colour(dst, &rgba->view, look->colour, l, pool);
        return INSPYR_OK;
    }
}

static inspyr_status make_opaque(inspyr_image **out, cutout *c, const inspyr_image *rgba, inspyr_error *error)
{
    const inspyr_allocator *allocator = c->allocator;
    light *l = NULL;
    inspyr_status status = outputs_image(out, c, c->picture, INSPYR_RGB8, error);

    if (!status && c->look.flags & INSPYR_CUTOUT_LINEAR_LIGHT)
        status = light_create(&l, allocator, error);
    if (!status)
        status = fill(&(*out)->view, c, rgba, l, error);
    memory_give(allocator, l);
    return status;
}

/* Colours are estimated from the soft alpha even where the result's is hard: at the edge they are mixed. */
static inspyr_status make_default(inspyr_image **out, cutout *c, inspyr_error *error)
{
    inspyr_image *rgba = NULL;
    inspyr_status status = INSPYR_OK;

    if (c->look.flags & INSPYR_CUTOUT_REVERSE)
        matte_reverse(&c->alpha->view, c->picture, c->pool);
    if (c->look.output == INSPYR_OUTPUT_MAP || c->look.output == INSPYR_OUTPUT_OVERLAY)
        harden(c, &c->alpha->view);
    else
        status = make_rgba(&rgba, c, error);
    if (!status && rgba)
        harden(c, &rgba->view);
    if (!status && c->look.output == INSPYR_OUTPUT_MAP) {
        *out = c->alpha;
        c->alpha = NULL;
    } else if (!status && c->look.output == INSPYR_OUTPUT_RGBA) {
        *out = rgba;
        rgba = NULL;
    } else if (!status) {
        status = make_opaque(out, c, rgba, error);
    }
    inspyr_image_free(rgba);
    return status;
}

static inspyr_status make_compat(inspyr_image **out, cutout *c, inspyr_error *error)
{
    double start = clock_ms();
    inspyr_status status = outputs_image(out, c, c->picture, matte_format(c->look.output), error);

    if (!status)
        status = compat_render(&(*out)->view, c->picture, &c->map, c->pool, c->allocator, error);
    if (c->look.output == INSPYR_OUTPUT_RGBA && compat_estimates(&c->look))
        c->report.foreground_ms = clock_ms() - start;
    return status;
}

static inspyr_status make(inspyr_image **out, cutout *c, inspyr_error *error)
{
    inspyr_status status =
        c->look.flags & INSPYR_COMPAT ? make_compat(out, c, error) : make_default(out, c, error);

    if (status) {
        inspyr_image_free(*out);
        *out = NULL;
    }
    return status;
}

/* The asked-for part of src; src is given up. */
static inspyr_status crop(inspyr_image **out, cutout *c, inspyr_image *src, inspyr_error *error)
{
    inspyr_view part = src->view;
    int64_t offset;
    inspyr_status status = INSPYR_OK;

    if (c->options->flags & INSPYR_CUTOUT_CROP)
        part = matte_crop(&src->view, &c->subject, c->options->crop_margin);
    offset = (unsigned char *)part.data - (unsigned char *)src->view.data;
    c->report.result_x = (int32_t)(offset % part.stride / (int64_t)format_bytes(part.format));
    c->report.result_y = (int32_t)(offset / part.stride);
    if (part.width == src->view.width && part.height == src->view.height) {
        *out = src;
        return INSPYR_OK;
    }
    status = outputs_image(out, c, &part, part.format, error);
    for (int32_t y = 0; !status && y < part.height; y++)
        memcpy(view_row(&(*out)->view, y), view_row(&part, y), (size_t)part.width * format_bytes(part.format));
    inspyr_image_free(src);
    return status;
}

inspyr_status outputs_compose(inspyr_image **out, cutout *c, inspyr_error *error)
{
    inspyr_image *whole = NULL;
    double start = clock_ms();
    inspyr_status status = make(&whole, c, error);

    if (!status)
        status = crop(out, c, whole, error);
    c->report.compose_ms = clock_ms() - start - c->report.foreground_ms;
    return status;
}

/* cutout_call.c - inspyr_remove_background(): the subject of one picture. */
#include "base/clock.h"
#include "base/options.h"
#include "base/status.h"
#include "image/image.h"
#include "run/pipeline.h"

typedef struct cutout {
    inspyr_model *model;
    const inspyr_view *picture;
    const inspyr_cutout_options *options;
    inspyr_image *alpha;
    matte_subject subject;
    inspyr_report report;
} cutout;

static inspyr_status new_image(inspyr_image **out, const cutout *c, const inspyr_view *size,
                               inspyr_format format, inspyr_error *error)
{
    return image_create(out, &c->model->host.allocator, size->width, size->height, format, error);
}

static inspyr_status find_alpha(cutout *c, call_progress *progress, inspyr_error *error)
{
    model_pass *pass = NULL;
    inspyr_status status =
        model_pass_take(&pass, c->model, 1, c->options->network_width, c->options->network_height, error);

    if (!status)
        status = pipeline_logits(c->model, pass, c->picture, progress, &c->report, error);
    if (!status)
        status = call_tell(progress, INSPYR_STAGE_MATTE, 0.85f, error);
    if (!status)
        status = new_image(&c->alpha, c, c->picture, INSPYR_GREY8, error);
    if (!status) {
        matte_logits logits = pipeline_logits_of(pass, 0);

        status = pipeline_alpha(c->model, &c->alpha->view, &c->subject, &logits, c->picture, &c->report, error);
    }
    model_pass_give(c->model, pass);
    return status;
}

/* The subject's own colours and alpha. */
static inspyr_status make_rgba(inspyr_image **out, cutout *c, inspyr_error *error)
{
    inspyr_pool *pool = c->model->host.pool;
    double start = clock_ms();
    inspyr_status status = new_image(out, c, c->picture, INSPYR_RGBA8, error);

    if (status)
        return status;
    if (c->options->flags & INSPYR_CUTOUT_KEEP_COLOURS) {
        matte_rgba(&(*out)->view, c->picture, &c->alpha->view, pool);
        return INSPYR_OK;
    }
    status =
        matte_foreground(&(*out)->view, c->picture, &c->alpha->view, pool, &c->model->host.allocator, error);
    c->report.foreground_ms = clock_ms() - start;
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
    status = new_image(out, c, &part, part.format, error);
    for (int32_t y = 0; !status && y < part.height; y++)
        memcpy(view_row(&(*out)->view, y), view_row(&part, y), (size_t)part.width * format_bytes(part.format));
    inspyr_image_free(src);
    return status;
}

static inspyr_status compose(inspyr_image **out, cutout *c, inspyr_error *error)
{
    inspyr_image *whole = NULL, *rgba = NULL;
    inspyr_status status;
    double start = clock_ms();

    if (c->options->output == INSPYR_OUTPUT_MAP) {
        whole = c->alpha;
        c->alpha = NULL;
    } else {
        status = make_rgba(&rgba, c, error);
        if (!status && c->options->output == INSPYR_OUTPUT_COLOUR) {
            status = new_image(&whole, c, c->picture, INSPYR_RGB8, error);
            if (!status)
                matte_over_colour(&whole->view, &rgba->view, c->options->colour, c->model->host.pool);
        }
        if (!status && !whole) {
            whole = rgba;
            rgba = NULL;
        }
        inspyr_image_free(rgba);
        if (status)
            return status;
    }
    status = crop(out, c, whole, error);
    c->report.compose_ms = clock_ms() - start - c->report.foreground_ms;
    return status;
}

static inspyr_status check(const cutout *c, inspyr_error *error)
{
    const inspyr_cutout_options *o = c->options;
    inspyr_status status = options_flags(o->flags, INSPYR_CUTOUT_CROP | INSPYR_CUTOUT_KEEP_COLOURS, error);

    if (!status)
        status = model_usable(c->model, error);
    if (!status)
        status = view_check(c->picture, FORMATS_PICTURE, "picture", error);
    if (status)
        return status;
    if ((unsigned)o->output > INSPYR_OUTPUT_COLOUR)
        return failed(error, INSPYR_ERR_UNSUPPORTED, "output %d is not in this version", (int)o->output);
    if (o->colour > 0xffffff)
        return failed(error, INSPYR_ERR_ARGUMENT, "colour 0x%x: 0x000000 to 0xffffff are possible",
                      (unsigned)o->colour);
    if (o->crop_margin < 0)
        return failed(error, INSPYR_ERR_ARGUMENT, "a crop margin of %d pixels", (int)o->crop_margin);
    return INSPYR_OK;
}

inspyr_status inspyr_remove_background(inspyr_image **out, inspyr_model *model, const inspyr_view *picture,
                                       const inspyr_cutout_options *options, inspyr_error *error)
{
    inspyr_cutout_options o;
    cutout c = { .model = model, .picture = picture, .options = &o };
    double start = clock_ms();
    inspyr_status status;

    succeeded(error);
    if (!out)
        return failed(error, INSPYR_ERR_ARGUMENT, "out is NULL");
    *out = NULL;
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_cutout_options, report), options, error);
    if (status || (status = check(&c, error)) || (status = report_begin(o.report, error)))
        return status;
    call_progress progress = { o.progress, o.progress_user, model, 0 };

    status = find_alpha(&c, &progress, error);
    if (!status)
        status = call_tell(&progress, INSPYR_STAGE_COMPOSE, 0.9f, error);
    if (!status)
        status = compose(out, &c, error);
    inspyr_image_free(c.alpha);
    if (!status) {
        c.report.total_ms = clock_ms() - start;
        c.report.result_bytes =
            format_bytes((*out)->view.format) * (size_t)(*out)->view.width * (size_t)(*out)->view.height;
        status = report_hand_over(o.report, &c.report, error);
    }
    if (!status)
        status = call_tell(&progress, INSPYR_STAGE_COMPOSE, 1, error);
    if (status) {
        inspyr_image_free(*out);
        *out = NULL;
    }
    return status;
}

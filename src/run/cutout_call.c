/* cutout_call.c - inspyr_remove_background(): the subject of one picture. */
#include "base/clock.h"
#include "base/options.h"
#include "base/status.h"
#include "image/icc.h"
#include "run/outputs.h"
#include "run/pipeline.h"
#include "run/sizes.h"

/* Alpha as the network found it; in compat only to know the subject, because results come from the map. */
static inspyr_status find_alpha(cutout *c, const matte_logits *logits, inspyr_error *error)
{
    bool compat = (c->look.flags & INSPYR_COMPAT) != 0;
    double start = clock_ms();
    inspyr_status status = outputs_image(&c->alpha, c, c->picture, INSPYR_GREY8, error);

    if (!status)
        status = pipeline_alpha(c->model, &c->alpha->view, &c->subject, logits, compat ? NULL : c->picture,
                                &c->report, error);
    if (!status && compat) {
        inspyr_image_free(c->alpha);
        c->alpha = NULL;
        status = compat_map_create(&c->map, logits, c->picture->width, c->picture->height, &c->look,
                                   c->model->host.pool, &c->model->host.allocator, error);
    }
    c->report.matte_ms = clock_ms() - start;
    return status;
}

static inspyr_status run_network(cutout *c, const size_request *request, call_progress *progress,
                                 inspyr_error *error)
{
    model_pass *pass = NULL;
    pass_size size;
    inspyr_status status =
        sizes_choose(&size, request, &c->model->config, c->picture->width, c->picture->height, error);

    if (!status) {
        const pipeline_input in = { c->picture, c->options->profile, 1, size, c->look.flags };

        status = pipeline_run(&pass, c->model, &in, progress, &c->report, error);
    }
    if (!status)
        status = call_tell(progress, INSPYR_STAGE_MATTE, 0.85f, error);
    if (!status) {
        matte_logits logits = pipeline_logits_of(pass, 0);

        status = find_alpha(c, &logits, error);
    }
    model_pass_give(pass);
    return status;
}

static inspyr_status check(cutout *c, const size_request *request, inspyr_error *error)
{
    inspyr_status status = cutout_check(c, error);

    if (!status)
        status = sizes_check(request, error);
    if (!status)
        status = model_usable(c->model, error);
    if (!status)
        status = icc_check(c->options->profile, ICC_RGB, error);
    return status ? status : view_check(c->picture, FORMATS_PICTURE, "picture", error);
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
    if (status)
        return status;
    size_request request = { o.flags, o.network_width, o.network_height, o.resize, o.short_side };
    call_progress progress = { o.progress, o.progress_user, model, 0, 0, 1 };

    if ((status = check(&c, &request, error)) || (status = report_begin(o.report, error)))
        return status;
    c.allocator = &model->host.allocator;
    c.pool = model->host.pool;
    status = run_network(&c, &request, &progress, error);
    if (!status)
        status = call_tell(&progress, INSPYR_STAGE_COMPOSE, 0.9f, error);
    if (!status)
        status = outputs_compose(out, &c, error);
    compat_map_free(&c.map, &model->host.allocator);
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

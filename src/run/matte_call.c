/* matte_call.c - inspyr_matte(): alpha planes of several pictures in one pass. */
#include "base/clock.h"
#include "base/options.h"
#include "base/status.h"
#include "image/image.h"
#include "run/pipeline.h"

static inspyr_status check_pictures(const inspyr_view *pictures, const inspyr_view *alphas, size_t n,
                                    inspyr_error *error)
{
    if (!pictures || !alphas)
        return failed(error, INSPYR_ERR_ARGUMENT, "pictures and alphas are needed");
    if (n < 1 || n > MODEL_BATCH_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu pictures; 1 to %d are possible", n, MODEL_BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        inspyr_status status = view_check(&pictures[i], FORMATS_PICTURE, "picture", error);

        if (!status)
            status = view_check(&alphas[i], FORMATS_ALPHA, "alpha plane", error);
        if (status)
            return status;
        if (pictures[i].width != alphas[i].width || pictures[i].height != alphas[i].height)
            return failed(error, INSPYR_ERR_ARGUMENT, "a picture of %d x %d and an alpha plane of %d x %d",
                          (int)pictures[i].width, (int)pictures[i].height, (int)alphas[i].width,
                          (int)alphas[i].height);
    }
    return INSPYR_OK;
}

static inspyr_status finish_picture(inspyr_model *m, const model_pass *pass, int32_t i,
                                    const inspyr_view *picture, const inspyr_view *alpha, inspyr_report *report,
                                    double start, inspyr_error *error)
{
    matte_logits logits = pipeline_logits_of(pass, i);
    matte_subject subject;
    inspyr_status status = pipeline_alpha(m, alpha, &subject, &logits, picture, report, error);

    report->total_ms = clock_ms() - start;
    report->result_bytes = format_bytes(alpha->format) * (size_t)alpha->width * (size_t)alpha->height;
    return status;
}

inspyr_status inspyr_matte(inspyr_model *model, const inspyr_view *pictures, const inspyr_view *alphas,
                           size_t n, const inspyr_matte_options *options, inspyr_error *error)
{
    inspyr_matte_options o;
    model_pass *pass = NULL;
    inspyr_report report = { 0 };
    double start = clock_ms();
    inspyr_status status;

    succeeded(error);
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_matte_options, reports), options, error);
    if (status || (status = options_flags(o.flags, 0, error)) || (status = model_usable(model, error)) ||
        (status = check_pictures(pictures, alphas, n, error)))
        return status;
    for (size_t i = 0; o.reports && i < n; i++)
        if ((status = report_begin(o.reports[i], error)))
            return status;
    call_progress progress = { o.progress, o.progress_user, model, 0 };

    status = model_pass_take(&pass, model, (int32_t)n, o.network_width, o.network_height, error);
    if (!status)
        status = pipeline_logits(model, pass, pictures, &progress, &report, error);
    for (size_t i = 0; !status && i < n; i++) {
        status = call_tell(&progress, INSPYR_STAGE_MATTE, 0.85f + 0.15f * (float)i / (float)n, error);
        if (!status)
            status = finish_picture(model, pass, (int32_t)i, &pictures[i], &alphas[i], &report, start, error);
        if (!status && o.reports)
            status = report_hand_over(o.reports[i], &report, error);
    }
    model_pass_give(model, pass);
    return status ? status : call_tell(&progress, INSPYR_STAGE_MATTE, 1, error);
}

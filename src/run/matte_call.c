/* matte_call.c - inspyr_matte(): alpha planes of several pictures in one pass. */
#include "base/clock.h"
#include "base/options.h"
#include "base/status.h"
#include "image/icc.h"
#include "image/image.h"
#include "matte/compat.h"
#include "run/pipeline.h"
#include "run/sizes.h"

static inspyr_status check_pictures(const inspyr_view *pictures, const inspyr_view *alphas,
                                    const inspyr_bytes *profiles, size_t n, inspyr_error *error)
{
    if (!pictures || !alphas)
        return failed(error, INSPYR_ERR_ARGUMENT, "pictures and alphas are needed");
    if (n < 1 || n > MODEL_BATCH_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "%zu pictures; 1 to %d are possible", n, MODEL_BATCH_MAX);
    for (size_t i = 0; i < n; i++) {
        inspyr_status status = view_check(&pictures[i], FORMATS_PICTURE, "picture", error);

        if (!status)
            status = view_check(&alphas[i], FORMATS_ALPHA, "alpha plane", error);
        if (!status && profiles)
            status = icc_check(&profiles[i], ICC_RGB, error);
        if (status)
            return status;
        if (pictures[i].width != alphas[i].width || pictures[i].height != alphas[i].height)
            return failed(error, INSPYR_ERR_ARGUMENT, "a picture of %d x %d and an alpha plane of %d x %d",
                          (int)pictures[i].width, (int)pictures[i].height, (int)alphas[i].width,
                          (int)alphas[i].height);
    }
    return INSPYR_OK;
}

/* One call of inspyr_matte(). */
typedef struct matte_call {
    inspyr_model *model;
    const inspyr_view *pictures, *alphas;
    const inspyr_matte_options *options;
    call_progress progress;
    double start;
} matte_call;

static inspyr_status store_map(const matte_call *call, const inspyr_view *alpha, const matte_logits *logits,
                               inspyr_error *error)
{
    inspyr_pool *pool = call->model->host.pool;
    const inspyr_allocator *allocator = &call->model->host.allocator;
    const matte_look look = { .output = INSPYR_OUTPUT_MAP };
    compat_map map;
    inspyr_status status =
        compat_map_create(&map, logits, alpha->width, alpha->height, &look, pool, allocator, error);

    if (!status)
        status = compat_alpha(alpha, &map, pool, allocator, error);
    compat_map_free(&map, allocator);
    return status;
}

/* Picture `index` of the call, which is number i of the pass. */
static inspyr_status finish_picture(const matte_call *call, const model_pass *pass, int32_t i, size_t index,
                                    inspyr_report *report, inspyr_error *error)
{
    const inspyr_view *alpha = &call->alphas[index];
    bool compat = (call->options->flags & INSPYR_COMPAT) != 0;
    matte_logits logits = pipeline_logits_of(pass, i);
    matte_subject subject;
    double start = clock_ms();
    inspyr_status status = pipeline_alpha(call->model, alpha, &subject, &logits,
                                          compat ? NULL : &call->pictures[index], report, error);

    if (!status && compat)
        status = store_map(call, alpha, &logits, error);
    if (status)
        return status;
    report->matte_ms = clock_ms() - start;
    report->total_ms = clock_ms() - call->start;
    report->result_bytes = format_bytes(alpha->format) * (size_t)alpha->width * (size_t)alpha->height;
    return call->options->reports ? report_hand_over(call->options->reports[index], report, error) : INSPYR_OK;
}

/* Pictures first to first + n - 1, all of one network size; in halves where there is no room for all. */
static inspyr_status run_pass(matte_call *call, size_t first, int32_t n, pass_size size, inspyr_error *error)
{
    model_pass *pass = NULL;
    inspyr_report report = { 0 };
    const pipeline_input in = { call->pictures + first,
                                call->options->profiles ? call->options->profiles + first : NULL, n, size,
                                call->options->flags };
    inspyr_status status = pipeline_run(&pass, call->model, &in, &call->progress, &report, error);

    if (n > 1 && wants_memory(status)) {
        status = run_pass(call, first, n / 2, size, error);
        return status ? status : run_pass(call, first + (size_t)(n / 2), n - n / 2, size, error);
    }
    for (int32_t i = 0; !status && i < n; i++) {
        status = call_tell(&call->progress, INSPYR_STAGE_MATTE, 0.85f + 0.15f * (float)i / (float)n, error);
        if (!status)
            status = finish_picture(call, pass, i, first + (size_t)i, &report, error);
    }
    model_pass_give(pass);
    return status;
}

static inspyr_status run_all(matte_call *call, const size_request *request, size_t n, inspyr_error *error)
{
    pass_size sizes[MODEL_BATCH_MAX];
    bool alike = true;
    inspyr_status status = INSPYR_OK;

    for (size_t i = 0; !status && i < n; i++) {
        status = sizes_choose(&sizes[i], request, &call->model->config, call->pictures[i].width,
                              call->pictures[i].height, error);
        alike = alike && sizes_alike(&sizes[i], &sizes[0]);
    }
    if (!status && alike)
        return run_pass(call, 0, (int32_t)n, sizes[0], error);
    call->progress.share = 1.0f / (float)n;
    for (size_t i = 0; !status && i < n; i++) {
        call->progress.start = (float)i / (float)n;
        status = run_pass(call, i, 1, sizes[i], error);
    }
    call->progress.start = 0;
    call->progress.share = 1;
    return status;
}

inspyr_status inspyr_matte(inspyr_model *model, const inspyr_view *pictures, const inspyr_view *alphas,
                           size_t n, const inspyr_matte_options *options, inspyr_error *error)
{
    inspyr_matte_options o;
    double start = clock_ms();
    inspyr_status status;

    succeeded(error);
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_matte_options, reports), options, error);
    if (status)
        return status;
    size_request request = { o.flags, o.network_width, o.network_height, o.resize, o.short_side };
    matte_call call = { model, pictures, alphas, &o, { o.progress, o.progress_user, model, 0, 0, 1 }, start };

    if ((status = options_flags(o.flags, INSPYR_COMPAT | INSPYR_COMPAT_ARRAY, error)) ||
        (status = sizes_check(&request, error)) || (status = model_usable(model, error)) ||
        (status = check_pictures(pictures, alphas, o.profiles, n, error)))
        return status;
    for (size_t i = 0; o.reports && i < n; i++)
        if ((status = report_begin(o.reports[i], error)))
            return status;
    status = run_all(&call, &request, n, error);
    return status ? status : call_tell(&call.progress, INSPYR_STAGE_MATTE, 1, error);
}

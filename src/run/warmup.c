/* warmup.c - making the first request as fast as the thousandth. */
#include "base/options.h"
#include "base/status.h"
#include "run/pipeline.h"
#include "run/sizes.h"

/* A dynamic size that is not over blend_size on both sides becomes the base size and is not blended: memory for
 * one would wait for nothing. */
static inspyr_status check_blended(const inspyr_model *m, const inspyr_warmup_options *o, inspyr_error *error)
{
    int32_t width = o->network_width ? o->network_width : m->config.base_w;
    int32_t height = o->network_height ? o->network_height : m->config.base_h;

    if (!(o->flags & INSPYR_WARMUP_BLENDED))
        return INSPYR_OK;
    if (!m->config.blend)
        return failed(error, INSPYR_ERR_ARGUMENT, "INSPYR_WARMUP_BLENDED: the model does not blend");
    if (width <= m->config.blend || height <= m->config.blend)
        return failed(error, INSPYR_ERR_ARGUMENT,
                      "INSPYR_WARMUP_BLENDED: a network size of %d x %d is not blended: both sides must be "
                      "over %d",
                      (int)width, (int)height, (int)m->config.blend);
    return INSPYR_OK;
}

static inspyr_status check(const inspyr_model *m, const inspyr_warmup_options *o, inspyr_error *error)
{
    inspyr_status status = sizes_check_sides(o->network_width, o->network_height, error);

    if (status)
        return status;
    if (o->batch < 0 || o->batch > MODEL_BATCH_MAX)
        return failed(error, INSPYR_ERR_ARGUMENT, "a batch of %d; 1 to %d are possible", (int)o->batch,
                      MODEL_BATCH_MAX);
    if (o->concurrency < 0 || o->concurrency > MODEL_PASSES_IDLE)
        return failed(error, INSPYR_ERR_ARGUMENT, "a concurrency of %d; 1 to %d are possible",
                      (int)o->concurrency, MODEL_PASSES_IDLE);
    return check_blended(m, o, error);
}

/* Runs picture to alpha for the first picture of the pass; the others are given the same pixels. */
static inspyr_status run_once(inspyr_model *m, model_pass *pass, call_progress *progress, inspyr_error *error)
{
    unsigned char grey = 128;
    float alpha_pixel;
    inspyr_view pictures[MODEL_BATCH_MAX];
    const inspyr_view alpha = { &alpha_pixel, sizeof alpha_pixel, 1, 1, INSPYR_GREYF32, 0 };
    matte_subject subject;
    matte_logits logits;
    inspyr_report report;
    inspyr_status status;

    for (int32_t i = 0; i < pass->n; i++)
        pictures[i] = (inspyr_view){ &grey, 1, 1, 1, INSPYR_GREY8, 0 };
    status = pipeline_logits(m, pass, pictures, NULL, 0, progress, &report, error);
    if (status)
        return status;
    logits = pipeline_logits_of(pass, 0);
    return pipeline_alpha(m, &alpha, &subject, &logits, &pictures[0], &report, error);
}

static inspyr_status warm(inspyr_model *m, const inspyr_warmup_options *o, inspyr_error *error)
{
    int32_t count = o->concurrency ? o->concurrency : 1;
    model_pass *passes[MODEL_PASSES_IDLE] = { NULL };
    pass_size size = { o->network_width, o->network_height, (o->flags & INSPYR_WARMUP_BLENDED) != 0 };
    call_progress progress = { o->progress, o->progress_user, m, 0, 0, 1 };
    inspyr_status status = INSPYR_OK;

    model_pass_keep(m, count);
    /* All are taken before any is given back, or one pass would serve every turn. */
    for (int32_t i = 0; !status && i < count; i++)
        status = model_pass_take(&passes[i], m, o->batch ? o->batch : 1, size, error);
    for (int32_t i = 0; !status && i < count; i++)
        status = run_once(m, passes[i], &progress, error);
    for (int32_t i = 0; i < count; i++)
        model_pass_give(passes[i]);
    return status ? status : call_tell(&progress, INSPYR_STAGE_MATTE, 1, error);
}

inspyr_status inspyr_model_warmup(inspyr_model *model, const inspyr_warmup_options *options,
                                  inspyr_error *error)
{
    inspyr_warmup_options o;
    inspyr_status status;

    succeeded(error);
    status = options_import(&o, sizeof o, OPTIONS_FIRST(inspyr_warmup_options, progress_user), options, error);
    if (status || (status = options_flags(o.flags, INSPYR_WARMUP_BLENDED, error)) ||
        (status = model_usable(model, error)) || (status = check(model, &o, error)))
        return status;
    atomic_fetch_add(&model->warming, 1);
    status = warm(model, &o, error);
    atomic_fetch_sub(&model->warming, 1);
    return status;
}

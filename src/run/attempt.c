/* attempt.c - a pass, and what is tried where it fails for want of memory or of a device. */
#include "base/status.h"
#include "run/pipeline.h"

static inspyr_status attempt(model_pass **out, inspyr_model *m, const pipeline_input *in,
                             call_progress *progress, inspyr_report *report, inspyr_error *error)
{
    inspyr_status status = model_pass_take(out, m, in->n, in->size, error);

    if (!status)
        status = pipeline_logits(m, *out, in->pictures, in->profiles, in->flags, progress, report, error);
    if (status) {
        model_pass_give(*out);
        *out = NULL;
    }
    return status;
}

inspyr_status pipeline_run(model_pass **out, inspyr_model *m, const pipeline_input *in, call_progress *progress,
                           inspyr_report *report, inspyr_error *error)
{
    inspyr_error why;
    inspyr_model *spare;
    inspyr_status status = attempt(out, m, in, progress, report, &why);

    if (wants_memory(status)) {
        log_line(&m->host.log, INSPYR_LOG_WARNING, "once more, with the memory of waiting passes: %s",
                 why.message);
        model_pass_drop_idle(m);
        status = attempt(out, m, in, progress, report, &why);
    }
    if (status == INSPYR_ERR_DEVICE || (in->n == 1 && status == INSPYR_ERR_DEVICE_MEMORY)) {
        spare = model_spare(m);
        if (spare)
            status = attempt(out, spare, in, progress, report, &why);
    }
    return status ? failed(error, status, "%s", why.message) : INSPYR_OK;
}

#include "run/pipeline.h"

#include <math.h>

#include "base/clock.h"
#include "base/options.h"
#include "base/status.h"
#include "image/image.h"
#include "net/prepare.h"

/* Shares of a call's time, from a 1.2 megapixel picture on two threads. */
#define FRACTION_PREPARED 0.05f
#define FRACTION_NETWORK 0.8f

inspyr_status call_tell(call_progress *p, inspyr_stage stage, float fraction, inspyr_error *error)
{
    inspyr_progress progress = { sizeof progress, inspyr_model_state(p->model), stage, 0, 0 };

    fraction = p->start + fraction * p->share;
    if (fraction > p->fraction)
        p->fraction = fraction;
    progress.fraction = p->fraction;
    if (p->tell && p->tell(p->user, &progress))
        return failed(error, INSPYR_ERR_CANCELLED, "cancelled by the progress callback");
    return INSPYR_OK;
}

inspyr_status report_hand_over(inspyr_report *theirs, const inspyr_report *ours, inspyr_error *error)
{
    return options_export(theirs, OPTIONS_FIRST(inspyr_report, result_y), ours, sizeof *ours, error);
}

inspyr_status report_begin(inspyr_report *theirs, inspyr_error *error)
{
    static const inspyr_report empty = { 0 };

    return report_hand_over(theirs, &empty, error);
}

static int go_on(void *user, float fraction)
{
    return call_tell(user, INSPYR_STAGE_NETWORK, FRACTION_PREPARED + fraction * FRACTION_NETWORK, NULL) !=
           INSPYR_OK;
}

/* One number that is none spreads over the whole picture in the decoder, and would pass for "no subject". */
static inspyr_status check_extremes(const model_pass *pass, inspyr_error *error)
{
    for (int32_t i = 0; i < pass->n; i++)
        if (!isfinite(pass->extremes[i][0]) || !isfinite(pass->extremes[i][1]))
            return failed(error, INSPYR_ERR_WEIGHTS, "the network's output is not finite: damaged weights");
    return INSPYR_OK;
}

inspyr_status pipeline_logits(inspyr_model *m, model_pass *pass, const inspyr_view *pictures,
                              const inspyr_bytes *profiles, uint64_t flags, call_progress *progress,
                              inspyr_report *report, inspyr_error *error)
{
    engine_io io = { .picture = pass->picture,
                     .low_picture = pass->low,
                     .logits = pass->logits,
                     .extremes = pass->extremes,
                     .go_on = progress->tell ? go_on : NULL,
                     .user = progress };
    double start = clock_ms();
    inspyr_status status = call_tell(progress, INSPYR_STAGE_PREPARE, 0, error);

    for (int32_t i = 0; !status && i < pass->n; i++)
        status = prepare_picture(m, pass, i, &pictures[i], profiles ? &profiles[i] : NULL, flags, error);
    if (!status)
        status = call_tell(progress, INSPYR_STAGE_NETWORK, FRACTION_PREPARED, error);
    if (status)
        return status;
    report->prepare_ms = (clock_ms() - start) / pass->n;
    start = clock_ms();
    status = m->engine->run(pass->run, &io, error);
    report->network_ms = (clock_ms() - start) / pass->n;
    report->workspace_bytes = pass->bytes;
    report->network_width = pass->w;
    report->network_height = pass->h;
    return status ? status : check_extremes(pass, error);
}

matte_logits pipeline_logits_of(const model_pass *pass, int32_t i)
{
    size_t pixels = (size_t)pass->out_w * (size_t)pass->out_h;

    return (matte_logits){ pass->logits + (size_t)i * pixels, pass->out_w, pass->out_h, pass->extremes[i][0],
                           pass->extremes[i][1] };
}

inspyr_status pipeline_alpha(inspyr_model *m, const inspyr_view *alpha, matte_subject *subject,
                             const matte_logits *logits, const inspyr_view *picture, inspyr_report *report,
                             inspyr_error *error)
{
    inspyr_status status =
        matte_alpha(alpha, subject, logits, picture, m->host.pool, &m->host.allocator, error);

    report->logit_min = logits->minimum;
    report->logit_max = logits->maximum;
    report->coverage = subject->coverage;
    report->no_subject = subject->none;
    report->subject_x = subject->x;
    report->subject_y = subject->y;
    report->subject_width = subject->width;
    report->subject_height = subject->height;
    return status;
}

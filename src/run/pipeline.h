/* pipeline.h - the one straight way from pictures to mattes and cut-outs.
 *
 * Layer 4 (run). Threads: a model may be in any number of calls at once. */
#ifndef INSPYR_RUN_PIPELINE_H
#define INSPYR_RUN_PIPELINE_H

#include "matte/matte.h"
#include "net/model.h"

/* Tells a call's progress, and hears whether it shall go on. */
typedef struct call_progress {
    inspyr_progress_fn *tell; /* may be NULL */
    void *user;
    const inspyr_model *model;
    float fraction;     /* told last */
    float start, share; /* of the whole call: where the pass at work begins, and how much of it that is */
} call_progress;

/* INSPYR_ERR_CANCELLED if the callback wants the call to end. fraction: of the pass at work. */
inspyr_status call_tell(call_progress *progress, inspyr_stage stage, float fraction, inspyr_error *error);

/* Clears a caller's report, or refuses it, before any work; hands one over. NULL is fine. */
inspyr_status report_begin(inspyr_report *theirs, inspyr_error *error);
inspyr_status report_hand_over(inspyr_report *theirs, const inspyr_report *ours, inspyr_error *error);

/* Pictures of one pass. */
typedef struct pipeline_input {
    const inspyr_view *pictures;
    const inspyr_bytes *profiles; /* of each picture; NULL: all are sRGB */
    int32_t n;
    pass_size size;
    uint64_t flags; /* INSPYR_COMPAT* */
} pipeline_input;

/* First half: pictures -> logits in a pass, which is to be given back. Where there is no memory for it, what
 * waits is freed and it is tried once more; where a GPU that was only preferred does not do, the CPU does it.
 * Fills prepare_ms, network_* and workspace_bytes. */
inspyr_status pipeline_run(model_pass **out, inspyr_model *m, const pipeline_input *in, call_progress *progress,
                           inspyr_report *report, inspyr_error *error);

/* The same in a pass that is there. */
inspyr_status pipeline_logits(inspyr_model *m, model_pass *pass, const inspyr_view *pictures,
                              const inspyr_bytes *profiles, uint64_t flags, call_progress *progress,
                              inspyr_report *report, inspyr_error *error);

/* Logits of picture i of a pass. */
matte_logits pipeline_logits_of(const model_pass *pass, int32_t i);

/* Second half: logits -> alpha at the picture's size, with what it says about the subject. picture: NULL if its
 * own alpha shall not count. Fills logit_* and the subject's fields; matte_ms is for the call, which may have
 * more to do. */
inspyr_status pipeline_alpha(inspyr_model *m, const inspyr_view *alpha, matte_subject *subject,
                             const matte_logits *logits, const inspyr_view *picture, inspyr_report *report,
                             inspyr_error *error);

#endif

/* quantise_run.c - watched runs, and what they differ in from the exact ones. */
#include <math.h>

#include "base/memory.h"
#include "base/status.h"
#include "matte/sigmoid.h"
#include "net/lower.h"
#include "run/quantise/quantise.h"

inspyr_status quantise_compile(quantise_job *job, inspyr_pool *pool, inspyr_error *error)
{
    inspyr_model *m = job->model;
    engine_host host = m->host;
    plan *recorded = NULL;
    inspyr_status status = plan_create(&recorded, &job->allocator, error);

    host.pool = pool;
    m->engine->destroy(job->run);
    plan_free(job->lowered);
    job->run = NULL;
    job->lowered = NULL;
    if (!status)
        status = network_record(recorded, &m->config,
                                (network_size){ .n = 1, .h = m->config.base_h, .w = m->config.base_w }, error);
    if (!status)
        status = plan_lower(&job->lowered, recorded, m->engine, &host, error);
    if (!status)
        status = m->engine->compile(&job->run, &host, m->packed, job->lowered, ENGINE_WATCH, error);
    plan_free(recorded);
    return status;
}

inspyr_status quantise_alpha(quantise_job *job, size_t picture, const engine_watch *watch, float *alpha,
                             inspyr_error *error)
{
    float extremes[1][2];
    const engine_io io = {
        .picture = job->input + picture * job->pixels * 3, .logits = alpha, .extremes = extremes, .watch = watch
    };
    inspyr_status status = job->model->engine->run(job->run, &io, error);

    if (!status && (!isfinite(extremes[0][0]) || !isfinite(extremes[0][1])))
        return failed(error, INSPYR_ERR_WEIGHTS, "the network's output is not finite: damaged weights");
    if (!status)
        sigmoid_row(alpha, alpha, job->logits);
    return status;
}

inspyr_status quantise_measure(quantise_job *job, const engine_packed *rounded, const bool *which,
                               quantise_error *out, inspyr_error *error)
{
    const engine_watch watch = { .roundings = job->roundings, .ranges = job->ranges, .rounded = rounded };
    uint64_t both = 0, either = 0, seen = 0;
    double sum = 0, changes = 0;

    for (size_t i = 0; i < job->pictures; i++) {
        const float *exact = job->exact + i * job->logits;
        uint64_t common = 0, any = 0;
        inspyr_status status;
        double mine = 0;

        if (which && !which[i])
            continue;
        status = quantise_alpha(job, i, &watch, job->alpha, error);
        if (!status) /* that it has not come further, and may be ended */
            status = call_tell(&job->progress, INSPYR_STAGE_NETWORK, 0, error);
        if (status)
            return status;
        for (size_t k = 0; k < job->logits; k++) {
            mine += fabs((double)job->alpha[k] - (double)exact[k]);
            common += job->alpha[k] > 0.5f && exact[k] > 0.5f;
            any += job->alpha[k] > 0.5f || exact[k] > 0.5f;
        }
        both += common;
        either += any;
        changes += any ? 1 - (double)common / (double)any : 0;
        job->errors[i] = mine / (double)job->logits;
        sum += mine;
        seen++;
    }
    *out = (quantise_error){ .alpha = sum / (double)(seen * job->logits),
                             .mask = either ? 1 - (double)both / (double)either : 0,
                             .iou = changes / (double)seen };
    return INSPYR_OK;
}

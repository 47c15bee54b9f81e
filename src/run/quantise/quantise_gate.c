/* quantise_gate.c - the file of a choice of units, read again and measured: what decides, and what is written.
 */
#include "base/status.h"
#include "run/quantise/quantise.h"

/* The weights of a file in memory, packed as exact ones of the plan that runs; the ranges it has go to
 * `ranges`, and what it keeps is set to ROUND_BF16. */
static inspyr_status pack_bytes(quantise_job *job, const text *bytes, engine_packed **out, bool read,
                                inspyr_error *error)
{
    weights *w = NULL;
    network_config config;
    plan *p = NULL;
    inspyr_status status = weights_open(&w, bytes->bytes, bytes->size, &job->allocator, error);

    if (!status)
        status = network_open(&p, &config, w, NULL, &job->allocator, error);
    if (!status)
        status = job->model->engine->pack(out, &job->model->host, job->lowered, w, error);
    for (int32_t i = 0; i < job->p->weights_count && read && !status; i++)
        if (job->possible[i])
            job->roundings[i] = weights_quantised(w, p, i, &job->ranges[i]) ? ROUND_INT8 : ROUND_BF16;
    plan_free(p);
    weights_free(w);
    return status;
}

inspyr_status quantise_pack(quantise_job *job, inspyr_error *error)
{
    text bytes = { .allocator = job->allocator };
    uint64_t size, float32;
    inspyr_status status;

    for (int32_t i = 0; i < job->p->weights_count; i++)
        job->roundings[i] = job->possible[i] ? ROUND_INT8 : ROUND_NOT;
    quantise_forms(job, &size, &float32);
    status = quantise_bytes(job, &bytes, error);
    if (!status)
        status = pack_bytes(job, &bytes, &job->rounded, false, error);
    text_free(&bytes);
    return status;
}

inspyr_status quantise_measure_file(quantise_job *job, quantise_error *e, inspyr_error *error)
{
    text bytes = { .allocator = job->allocator };
    engine_packed *packed = NULL;
    uint64_t size, float32;
    inspyr_status status;

    quantise_forms(job, &size, &float32);
    status = quantise_bytes(job, &bytes, error);
    if (!status)
        status = pack_bytes(job, &bytes, &packed, true, error);
    text_free(&bytes);
    if (!status)
        status = quantise_measure(job, packed, NULL, e, error);
    if (packed)
        job->model->engine->unpack(packed);
    return status;
}

bool quantise_within(const quantise_job *job, const quantise_error *e, double share)
{
    return e->alpha <= share * job->bound && e->iou <= share * job->iou_bound;
}

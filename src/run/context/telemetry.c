#include "run/context/telemetry.h"

#include <stdio.h>
#include <time.h>

#include "base/status.h"
#include "run/context/estimate.h"

#define NS_OF_MS 1e6

inspyr_status telemetry_begin(inspyr_context *c, inspyr_error *error)
{
    const char *device = c->load.device ? c->load.device : "cpu";
    const metrics_options o = { .allocator = &c->allocator,
                                .devices = &device,
                                .device_count = 1,
                                .price_per_second = c->options.price_per_hour / 3600 };
    struct timespec now;
    inspyr_status status = metrics_create(&c->metrics, &o, error);

    clock_gettime(CLOCK_REALTIME, &now);
    c->opened = context_now(c);
    c->unix_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - (int64_t)(c->opened * NS_OF_MS);
    trace_ids_begin(&c->ids, (uint64_t)c->unix_ns ^ (uint64_t)(uintptr_t)c);
    return status;
}

static int64_t ns(double ms)
{
    return (int64_t)(ms * NS_OF_MS);
}

void telemetry_stage(stage_time *t, const inspyr_context *c, double began, int32_t worker)
{
    *t = (stage_time){ t->ended > 0 ? t->began : began, context_now(c), t->spent + context_now(c) - began,
                       worker };
}

static metrics_result result_of(inspyr_status status)
{
    switch (status) {
    case INSPYR_OK:
        return METRICS_RESULT_OK;
    case INSPYR_ERR_ARGUMENT:
    case INSPYR_ERR_UNSUPPORTED:
    case INSPYR_ERR_IMAGE:
    case INSPYR_ERR_IMAGE_FORMAT:
    case INSPYR_ERR_ENCODE:
        return METRICS_RESULT_INVALID;
    case INSPYR_ERR_LIMIT:
        return METRICS_RESULT_LIMIT;
    case INSPYR_ERR_DEADLINE:
        return METRICS_RESULT_DEADLINE;
    case INSPYR_ERR_CANCELLED:
        return METRICS_RESULT_CANCELLED;
    case INSPYR_ERR_OVERLOAD:
    case INSPYR_ERR_NOT_READY:
        return METRICS_RESULT_OVERLOAD;
    case INSPYR_ERR_DEVICE:
    case INSPYR_ERR_DEVICE_MEMORY:
        return METRICS_RESULT_DEVICE;
    default:
        return METRICS_RESULT_INTERNAL;
    }
}

void telemetry_refused(inspyr_context *c, inspyr_status status)
{
    const metrics_request_done done = { .result = result_of(status) };

    metrics_request(c->metrics, &done);
}

/* Of its results, the one that took longest. */
static metrics_source source_of(const inspyr_job *job)
{
    static const metrics_source sources[] = { METRICS_SOURCE_COMPUTE, METRICS_SOURCE_L1, METRICS_SOURCE_L2,
                                              METRICS_SOURCE_JOINED };
    static const int weights[] = { 3, 0, 1, 2 };
    inspyr_origin worst = INSPYR_ORIGIN_L1;

    for (size_t i = 0; i < job->count; i++)
        if (weights[job->slots[i].origin] > weights[worst])
            worst = job->slots[i].origin;
    return sources[worst];
}

static void count_stages(const inspyr_job *job)
{
    static const metrics_stage stages[JOB_STAGES] = { METRICS_STAGE_QUEUE,  METRICS_STAGE_DECODE,
                                                      METRICS_STAGE_INFER,  METRICS_STAGE_POSTPROCESS,
                                                      METRICS_STAGE_EFFECT, METRICS_STAGE_ENCODE };

    for (int i = 0; i < JOB_STAGES; i++)
        if (job->stages[i].ended > 0)
            metrics_stage_done(job->context->metrics, stages[i], 0, ns(job->stages[i].spent));
}

static void count_success(inspyr_context *c, const inspyr_job *job, metrics_source from)
{
    double pass = forecast_pass(&c->forecast, estimate_pixels(c, &job->parts[0].recipe), 1);

    if (!c->answered)
        metrics_first_result(c->metrics, ns(job->ended - c->opened));
    c->answered = true;
    if (from != METRICS_SOURCE_COMPUTE && pass > 0)
        metrics_saved(c->metrics, (int64_t)(pass * 1e9));
    if (job->level)
        metrics_degraded(c->metrics, METRICS_REASON_LOAD);
    if (c->life.degraded)
        metrics_degraded(c->metrics, METRICS_REASON_DEVICE);
}

/* Of this job's, an eighth counts. */
static void learn_rest(inspyr_context *c, const inspyr_job *job)
{
    double ms = 0;

    for (int i = 0; i < JOB_STAGES; i++)
        if (i != STAGE_QUEUE && i != STAGE_INFER)
            ms += job->stages[i].spent;
    c->rest += (ms * 1e-3 - c->rest) / 8;
}

void telemetry_job(const inspyr_job *job)
{
    inspyr_context *c = job->context;
    const metrics_request_done done = { .result = result_of(job->failure.status),
                                        .source = source_of(job),
                                        .cold = job->cold,
                                        .ns = ns(job->ended - job->entered),
                                        .end_unix_ns = c->unix_ns + ns(job->ended),
                                        .trace_id = job->trace.trace_id[0] ? job->trace.trace_id : NULL,
                                        .client = job->request.client_class,
                                        .effects = job->request.effect_text };

    metrics_request(c->metrics, &done);
    count_stages(job);
    if (job->failure.status)
        return;
    count_success(c, job, done.source);
    if (done.source == METRICS_SOURCE_COMPUTE)
        learn_rest(c, job);
}

/* Where a span lies. */
static void emit(inspyr_context *c, inspyr_span *span, const char *trace_id, const char *parent, double began,
                 double ended)
{
    char id[TRACE_SPAN];

    if (!span->span_id) {
        trace_new_span(id, &c->ids);
        span->span_id = id;
    }
    span->struct_size = sizeof *span;
    span->trace_id = trace_id;
    span->parent_id = parent;
    span->start_ns = ns(began);
    span->end_ns = ns(ended);
    span->start_unix_ns = c->unix_ns + span->start_ns;
    span->end_unix_ns = c->unix_ns + span->end_ns;
    c->options.span(c->options.span_user, span);
}

static const char *thread_name(char name[24], int32_t worker)
{
    snprintf(name, 24, "worker %d", (int)worker);
    return worker ? name : "";
}

static void emit_stages(const inspyr_job *job, const char *trace_id, const char *parent)
{
    static const char *const names[JOB_STAGES] = {
        "queue", "decode", "infer", "postprocess", "effect", "encode"
    };
    char thread[24];

    for (int i = 0; i < JOB_STAGES; i++) {
        const stage_time *t = &job->stages[i];
        inspyr_span span = { .name = names[i],
                             .thread = thread_name(thread, t->worker),
                             .batch = i == STAGE_INFER ? job->batch : 0 };

        if (t->ended > 0)
            emit(job->context, &span, trace_id, parent, t->began, t->ended);
    }
}

void telemetry_spans(const inspyr_job *job)
{
    inspyr_context *c = job->context;
    const char *attributes[] = {
        "status", inspyr_status_name(job->failure.status), "client", "", "effects", ""
    };
    inspyr_span span = {
        .name = "request", .thread = "", .attributes = attributes, .attribute_count = 3, .batch = job->batch
    };
    char trace_id[TRACE_ID], id[TRACE_SPAN];

    if (!c->options.span)
        return;
    memcpy(trace_id, job->trace.trace_id, sizeof trace_id);
    if (!trace_id[0])
        trace_new(trace_id, &c->ids);
    trace_new_span(id, &c->ids);
    if (job->request.client_class)
        attributes[3] = job->request.client_class;
    if (job->request.effect_text)
        attributes[5] = job->request.effect_text;
    emit_stages(job, trace_id, id);
    span.span_id = id;
    emit(c, &span, trace_id, job->trace.span_id, job->entered, job->ended);
}

void telemetry_pass(inspyr_context *c, int32_t pictures, double began, int32_t worker, uint64_t number,
                    inspyr_status status)
{
    char trace_id[TRACE_ID], thread[24], count[16];
    const char *attributes[] = { "pictures", count, "status", inspyr_status_name(status) };
    inspyr_span span = { .flags = INSPYR_SPAN_BATCH,
                         .name = "batch",
                         .thread = thread_name(thread, worker),
                         .attributes = attributes,
                         .attribute_count = 2,
                         .batch = number };
    double ended = context_now(c);

    if (!status)
        metrics_batch(c->metrics, 0, pictures, ns(ended - began));
    else if (wants_memory(status))
        metrics_device_error(c->metrics, 0, METRICS_ERROR_MEMORY);
    else if (status == INSPYR_ERR_DEVICE)
        metrics_device_error(c->metrics, 0, METRICS_ERROR_OTHER);
    if (!c->options.span)
        return;
    snprintf(count, sizeof count, "%d", (int)pictures);
    trace_new(trace_id, &c->ids);
    emit(c, &span, trace_id, "", began, ended);
}

void telemetry_lookup(inspyr_context *c, metrics_pool pool, cache_tier tier)
{
    metrics_cache(c->metrics, METRICS_TIER_L1, pool,
                  tier == CACHE_MEMORY ? METRICS_LOOKUP_HIT : METRICS_LOOKUP_MISS);
    if (tier == CACHE_STORE)
        metrics_cache(c->metrics, METRICS_TIER_L2, pool, METRICS_LOOKUP_HIT);
}

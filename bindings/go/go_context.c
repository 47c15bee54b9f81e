#include "go_context.h"

/* Written in Go: job.go, calls.go and spans.go. */
extern void inspyrGoJobResult(uintptr_t job, inspyr_job_result *result);
extern void inspyrGoJobDone(uintptr_t job);
extern void inspyrGoLog(uintptr_t log, int32_t level, char *line);
extern void inspyrGoSpan(uintptr_t token, inspyr_span *span);

static void on_log(void *user, inspyr_log_level level, const char *line)
{
    inspyrGoLog((uintptr_t)user, level, (char *)line);
}

static void on_span(void *user, const inspyr_span *span)
{
    inspyrGoSpan((uintptr_t)user, (inspyr_span *)span);
}

static void on_result(void *user, const inspyr_job_result *result)
{
    inspyrGoJobResult((uintptr_t)user, (inspyr_job_result *)result);
}

static void on_done(void *user, inspyr_job *job, inspyr_status status)
{
    (void)job, (void)status;
    inspyrGoJobDone((uintptr_t)user);
}

inspyr_status go_context_open(inspyr_context **out, inspyr_context_options *options, inspyr_load_options *load,
                              const go_levels *levels, go_listeners listeners, inspyr_error *error)
{
    inspyr_context_options whole = *options;
    const inspyr_level *each[GO_LEVELS];

    for (size_t i = 0; i < levels->count; i++)
        each[i] = &levels->levels[i];
    whole.load = load;
    whole.levels = levels->count ? each : NULL;
    whole.level_count = levels->count;
    whole.log = listeners.log ? on_log : NULL;
    whole.log_user = (void *)listeners.log;
    whole.span = listeners.trace ? inspyr_trace_span : listeners.span ? on_span : NULL;
    whole.span_user = listeners.trace ? (void *)listeners.trace : (void *)listeners.span;
    return inspyr_context_open(out, &whole, error);
}

inspyr_status go_context_warmup(inspyr_context *context, inspyr_warmup_options *options, size_t n,
                                int64_t timeout_ms, uintptr_t progress, inspyr_error *error)
{
    const inspyr_warmup_options *each[64];
    size_t count = n < sizeof each / sizeof *each ? n : sizeof each / sizeof *each;

    for (size_t i = 0; i < count; i++) {
        options[i].progress = progress ? go_on_progress : NULL;
        options[i].progress_user = (void *)progress;
        each[i] = &options[i];
    }
    return inspyr_context_warmup(context, each, count, timeout_ms, error);
}

/* The parts of a request that lie on the stack of the call. */
typedef struct whole {
    inspyr_request request;
    inspyr_cutout_options cutout;
    inspyr_encode_options encode;
    inspyr_bytes profile, encode_profile;
} whole;

static inspyr_bytes lent(go_bytes bytes)
{
    return (inspyr_bytes){ (void *)bytes.data, bytes.size, NULL, NULL };
}

static void put_together(whole *w, const go_request *parts)
{
    w->request = *parts->request;
    w->request.decode = parts->decode;
    w->request.effect = parts->effect;
    w->request.sizes = parts->sizes;
    w->profile = lent(parts->profile);
    w->encode_profile = lent(parts->encode_profile);
    if (parts->cutout) {
        w->cutout = *parts->cutout;
        w->cutout.profile = w->profile.size ? &w->profile : NULL;
        w->cutout.background = parts->background.data ? &parts->background : NULL;
        w->request.cutout = &w->cutout;
    }
    if (parts->encode) {
        w->encode = *parts->encode;
        w->encode.profile = w->encode_profile.size ? &w->encode_profile : NULL;
        w->request.encode = &w->encode;
    }
    w->request.result = parts->listens ? on_result : NULL;
    w->request.done = parts->job ? on_done : NULL;
    w->request.user = (void *)parts->job;
}

inspyr_status go_submit(inspyr_job **out, inspyr_context *context, go_bytes file, inspyr_view picture,
                        go_request parts, inspyr_error *error)
{
    whole w;

    put_together(&w, &parts);
    if (picture.data)
        return inspyr_context_submit_view(out, context, &picture, &w.request, error);
    return inspyr_context_submit(out, context, file.size ? file.data : "", file.size, &w.request, error);
}

inspyr_status go_estimate(uint64_t *bytes, const inspyr_context *context, int32_t width, int32_t height,
                          go_request parts, inspyr_error *error)
{
    whole w;

    put_together(&w, &parts);
    return inspyr_context_estimate(bytes, context, width, height, &w.request, error);
}

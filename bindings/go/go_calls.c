#include "go_calls.h"

/* Written in Go: calls.go. */
extern int inspyrGoProgress(uintptr_t call, int32_t state, int32_t stage, float fraction);
extern void inspyrGoLog(uintptr_t log, int32_t level, char *line);
extern int inspyrGoResult(uintptr_t call, inspyr_effect_result *result);

int go_on_progress(void *user, const inspyr_progress *progress)
{
    return inspyrGoProgress((uintptr_t)user, progress->state, progress->stage, progress->fraction);
}

static void on_log(void *user, inspyr_log_level level, const char *line)
{
    inspyrGoLog((uintptr_t)user, level, (char *)line);
}

static int on_result(void *user, const inspyr_effect_result *result)
{
    return inspyrGoResult((uintptr_t)user, (inspyr_effect_result *)result);
}

/* Any of the options that report progress. */
#define REPORT_TO(options, call)                                                                               \
    do {                                                                                                       \
        (options)->progress = (call) ? go_on_progress : NULL;                                                  \
        (options)->progress_user = (void *)(call);                                                             \
    } while (0)

/* The library only reads it. */
static inspyr_bytes borrowed(go_bytes profile)
{
    return (inspyr_bytes){ (void *)profile.data, profile.size, NULL, NULL };
}

inspyr_status go_load(inspyr_model **out, const char *source, inspyr_load_options *options, go_bytes file,
                      uintptr_t progress, uintptr_t log, inspyr_error *error)
{
    inspyr_load_options whole = *options;

    whole.bytes = file.size ? file.data : NULL;
    whole.bytes_size = file.size;
    REPORT_TO(&whole, progress);
    whole.log = log ? on_log : NULL;
    whole.log_user = (void *)log;
    return inspyr_model_load(out, source, &whole, error);
}

inspyr_status go_warmup(inspyr_model *model, inspyr_warmup_options *options, uintptr_t progress,
                        inspyr_error *error)
{
    inspyr_warmup_options whole = *options;

    REPORT_TO(&whole, progress);
    return inspyr_model_warmup(model, &whole, error);
}

inspyr_status go_decode(inspyr_image **out, const void *bytes, size_t size, inspyr_decode_options *options,
                        inspyr_decode_report *report, inspyr_error *error)
{
    inspyr_decode_options whole = *options;

    whole.report = report;
    return inspyr_image_decode(out, size ? bytes : "", size, &whole, error);
}

inspyr_status go_probe(inspyr_probe *out, const void *bytes, size_t size, inspyr_error *error)
{
    inspyr_probe_init(out);
    return inspyr_image_probe(out, size ? bytes : "", size, error);
}

void go_spread(uint8_t *rgba, const inspyr_view *view)
{
    int samples = view->format == INSPYR_GREY8 ? 1 : view->format == INSPYR_RGB8 ? 3 : 4;

    for (int32_t y = 0; y < view->height; y++) {
        const uint8_t *px = (const uint8_t *)view->data + y * view->stride;

        for (int32_t x = 0; x < view->width; x++, px += samples, rgba += 4) {
            rgba[0] = px[0];
            rgba[1] = px[samples > 1 ? 1 : 0];
            rgba[2] = px[samples > 1 ? 2 : 0];
            rgba[3] = samples > 3 ? px[3] : 255;
        }
    }
}

inspyr_status go_matte(inspyr_model *model, inspyr_view picture, inspyr_view alpha,
                       inspyr_matte_options *options, inspyr_report *report, go_bytes profile,
                       uintptr_t progress, inspyr_error *error)
{
    inspyr_matte_options whole = *options;
    inspyr_bytes bytes = borrowed(profile);

    whole.reports = &report;
    whole.profiles = &bytes;
    REPORT_TO(&whole, progress);
    return inspyr_matte(model, &picture, &alpha, 1, &whole, error);
}

inspyr_status go_mattes(inspyr_model *model, const inspyr_view *pictures, const inspyr_view *alphas, size_t n,
                        inspyr_matte_options *options, inspyr_report *reports, uintptr_t progress,
                        inspyr_error *error)
{
    inspyr_matte_options whole = *options;
    inspyr_report *each[64]; /* more pictures are refused by the library, which looks at n first */

    for (size_t i = 0; reports && i < n && i < sizeof each / sizeof *each; i++)
        each[i] = &reports[i];
    whole.reports = reports ? each : NULL;
    REPORT_TO(&whole, progress);
    return inspyr_matte(model, pictures, alphas, n, &whole, error);
}

inspyr_status go_cutout(inspyr_image **out, inspyr_model *model, inspyr_view picture, inspyr_view background,
                        inspyr_cutout_options *options, inspyr_report *report, go_bytes profile,
                        uintptr_t progress, inspyr_error *error)
{
    inspyr_cutout_options whole = *options;
    inspyr_bytes bytes = borrowed(profile);

    whole.report = report;
    whole.profile = &bytes;
    whole.background = background.data ? &background : NULL;
    REPORT_TO(&whole, progress);
    return inspyr_remove_background(out, model, &picture, &whole, error);
}

inspyr_status go_effects(inspyr_image **outs, inspyr_status *statuses, inspyr_view picture, inspyr_view alpha,
                         const char *const *effects, size_t n, inspyr_effect_options *options,
                         uintptr_t progress, uintptr_t result, inspyr_error *error)
{
    inspyr_effect_options whole = *options;

    REPORT_TO(&whole, progress);
    whole.result = on_result;
    whole.result_user = (void *)result;
    return inspyr_apply_effects(outs, statuses, &picture, alpha.data ? &alpha : NULL, effects, n, &whole,
                                error);
}

inspyr_status go_encode(inspyr_bytes *out, inspyr_view view, inspyr_encode_options *options, go_bytes profile,
                        inspyr_error *error)
{
    inspyr_encode_options whole = *options;
    inspyr_bytes bytes = borrowed(profile);

    whole.profile = bytes.size ? &bytes : NULL;
    return inspyr_image_encode(out, &view, &whole, error);
}

#include "run/context/backend.h"

#include "net/model.h"
#include "run/sizes.h"

static inspyr_status load(void *user, void **handle, const char *source, const inspyr_load_options *options,
                          backend_times *times, inspyr_error *error)
{
    inspyr_model *model;
    inspyr_status status = inspyr_model_load(&model, source, options, error);

    (void)user;
    *handle = model;
    if (!status)
        *times =
            (backend_times){ model->load_ms - model->read_ms - model->pack_ms, model->read_ms, model->pack_ms };
    return status;
}

static inspyr_status warm(void *handle, const inspyr_warmup_options *options, inspyr_error *error)
{
    return inspyr_model_warmup(handle, options, error);
}

static inspyr_status size(const void *handle, const pass_recipe *r, int32_t width, int32_t height,
                          int32_t *network_width, int32_t *network_height, inspyr_error *error)
{
    const inspyr_model *model = handle;
    const size_request request = { r->flags, r->width, r->height, r->resize, r->short_side };
    pass_size chosen;
    inspyr_status status = sizes_choose(&chosen, &request, &model->config, width, height, error);

    *network_width = chosen.width ? chosen.width : model->config.base_w;
    *network_height = chosen.height ? chosen.height : model->config.base_h;
    return status;
}

static void note(backend_found *found, const inspyr_report *r)
{
    *found = (backend_found){ { r->subject_x, r->subject_y, r->subject_width, r->subject_height, r->coverage,
                                r->no_subject },
                              r->network_width,
                              r->network_height,
                              r->workspace_bytes,
                              r->network_ms };
}

static inspyr_status matte(void *handle, const backend_pass *pass, inspyr_error *error)
{
    inspyr_report reports[MODEL_BATCH_MAX], *each[MODEL_BATCH_MAX];
    inspyr_matte_options options;
    inspyr_status status;

    inspyr_matte_options_init(&options);
    options.flags = pass->recipe->flags;
    options.network_width = pass->recipe->width;
    options.network_height = pass->recipe->height;
    options.resize = pass->recipe->resize;
    options.short_side = pass->recipe->short_side;
    options.progress = pass->progress;
    options.progress_user = pass->progress_user;
    options.profiles = pass->profiles;
    options.reports = each;
    for (int32_t i = 0; i < pass->n; i++) {
        inspyr_report_init(&reports[i]);
        each[i] = &reports[i];
    }
    status = inspyr_matte(handle, pass->pictures, pass->alphas, (size_t)pass->n, &options, error);
    for (int32_t i = 0; !status && i < pass->n; i++)
        note(&pass->found[i], &reports[i]);
    for (int32_t i = 0; !status && i < pass->n; i++)
        pass->found[i].pass_bytes /= (uint64_t)pass->n;
    return status;
}

static inspyr_status cutout(void *handle, inspyr_image **out, const inspyr_view *picture,
                            const inspyr_cutout_options *options, inspyr_error *error)
{
    return inspyr_remove_background(out, handle, picture, options, error);
}

static inspyr_state state(const void *handle)
{
    return inspyr_model_state(handle);
}

static inspyr_status info(const void *handle, inspyr_info *out, inspyr_error *error)
{
    return inspyr_model_info(handle, out, error);
}

static inspyr_model *model_of(void *handle)
{
    return handle;
}

static void drop_idle(void *handle)
{
    model_pass_drop_idle(handle);
}

static void release(void *handle)
{
    inspyr_model_free(handle);
}

const backend backend_model = { load, warm, size, matte, cutout, state, info, model_of, drop_idle, release };

#include "bare.h"

inspyr_status bare_open(bare *b, inspyr_error *error)
{
    inspyr_context_options options;
    inspyr_status status = inspyr_image_decode(&b->picture, b->file, b->size, NULL, error);

    inspyr_context_options_init(&options);
    if (!status)
        status = inspyr_model_load(&b->model, NULL, NULL, error);
    if (!status)
        status = inspyr_cache_open(&b->cache, NULL, error);
    options.cache = b->cache;
    if (!status)
        status = inspyr_context_open(&b->context, &options, error);
    return status ? status : bare_hits(b, 1, error); /* the first one is none */
}

void bare_close(bare *b)
{
    inspyr_context_free(b->context);
    inspyr_cache_free(b->cache);
    inspyr_model_free(b->model);
    inspyr_image_free(b->picture);
}

void bare_states(const bare *b, int n)
{
    for (int i = 0; i < n; i++)
        (void)inspyr_model_state(b->model);
}

static void small(inspyr_cutout_options *options, const bare *b)
{
    inspyr_cutout_options_init(options);
    options->network_width = options->network_height = b->side;
}

static inspyr_status cutouts(bare *b, int n, const inspyr_cutout_options *options, inspyr_status expected,
                             inspyr_error *error)
{
    inspyr_image *out;
    inspyr_view view;
    inspyr_status status = expected;

    inspyr_image_view(b->picture, &view);
    for (int i = 0; status == expected && i < n; i++) {
        status = inspyr_remove_background(&out, b->model, &view, options, error);
        inspyr_image_free(out);
    }
    return status;
}

inspyr_status bare_cutouts(bare *b, int n, inspyr_error *error)
{
    inspyr_cutout_options options;

    small(&options, b);
    return cutouts(b, n, &options, INSPYR_OK, error);
}

inspyr_status bare_refusals(bare *b, int n, inspyr_error *error)
{
    inspyr_cutout_options options;

    small(&options, b);
    options.network_width = options.network_height = b->side + 1;
    return cutouts(b, n, &options, INSPYR_ERR_ARGUMENT, error) == INSPYR_ERR_ARGUMENT ? INSPYR_OK
                                                                                      : INSPYR_ERR_INTERNAL;
}

static inspyr_status hit(bare *b, const inspyr_request *request, inspyr_error *error)
{
    inspyr_job_result result;
    inspyr_job *job;
    inspyr_status status = inspyr_context_submit(&job, b->context, b->file, b->size, request, error);

    inspyr_job_result_init(&result);
    if (!status)
        status = inspyr_job_wait(job, -1, error);
    if (!status)
        status = inspyr_job_result_get(job, 0, &result, error);
    inspyr_job_free(job);
    return status;
}

inspyr_status bare_hits(bare *b, int n, inspyr_error *error)
{
    inspyr_cutout_options cutout;
    inspyr_encode_options encode;
    inspyr_request request;
    inspyr_status status = INSPYR_OK;

    small(&cutout, b);
    inspyr_encode_options_init(&encode);
    inspyr_request_init(&request);
    request.cutout = &cutout;
    request.encode = &encode;
    for (int i = 0; !status && i < n; i++)
        status = hit(b, &request, error);
    return status;
}

/* quantise_pictures.c - the calibration's pictures as the network gets them. */
#include "base/file.h"
#include "base/memory.h"
#include "base/status.h"
#include "net/prepare.h"
#include "run/quantise/quantise.h"

#define FILE_MAX ((size_t)32 << 20) /* inspyr_decode_options.max_bytes */

static inspyr_status read_one(quantise_job *job, model_pass *pass, const char *path, unsigned char *out,
                              inspyr_error *error)
{
    const inspyr_decode_options options = { .struct_size = sizeof options, .allocator = &job->allocator };
    inspyr_error why = { INSPYR_OK, "" };
    inspyr_image *image = NULL;
    mapped_file file = { 0 };
    inspyr_view view;
    inspyr_status status = file_map(&file, path, FILE_MAX, error);

    if (status)
        return status;
    status = inspyr_image_decode(&image, file.bytes, file.size, &options, &why);
    file_unmap(&file);
    if (status)
        return failed(error, status, "%.100s: %.140s", path, why.message);
    inspyr_image_view(image, &view);
    status = prepare_picture(job->model, pass, 0, &view, NULL, 0, error);
    if (!status)
        memcpy(out, pass->picture, job->pixels * 3);
    inspyr_image_free(image);
    return status;
}

inspyr_status quantise_read(quantise_job *job, const char *const *paths, inspyr_error *error)
{
    model_pass *pass = NULL;
    inspyr_status status = model_pass_take(&pass, job->model, 1, (pass_size){ .width = 0 }, error);

    if (status)
        return status;
    job->pixels = (size_t)pass->w * (size_t)pass->h;
    job->logits = (size_t)pass->out_w * (size_t)pass->out_h;
    job->input = memory_array(&job->allocator, job->pictures, job->pixels * 3);
    job->exact = memory_array(&job->allocator, job->pictures, job->logits * sizeof *job->exact);
    job->alpha = memory_array(&job->allocator, job->logits, sizeof *job->alpha);
    job->errors = memory_zeroed(&job->allocator, job->pictures * sizeof *job->errors);
    job->worst = memory_zeroed(&job->allocator, job->pictures * sizeof *job->worst);
    if (!job->errors || !job->worst || !job->input || !job->exact || !job->alpha)
        status = failed(error, INSPYR_ERR_MEMORY, "no room for %zu pictures", job->pictures);
    for (size_t i = 0; i < job->pictures && !status; i++) {
        status = paths[i] ? read_one(job, pass, paths[i], job->input + i * job->pixels * 3, error)
                          : failed(error, INSPYR_ERR_ARGUMENT, "picture %zu is NULL", i);
        if (!status)
            status = call_tell(&job->progress, INSPYR_STAGE_PREPARE,
                               0.05f * (float)(i + 1) / (float)job->pictures, error);
    }
    model_pass_give(pass);
    model_pass_drop_idle(job->model);
    return status;
}

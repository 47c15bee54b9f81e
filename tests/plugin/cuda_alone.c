/* cuda_alone.c - a plug-in "cuda" whose device is the CPU: pictures lie in the C library's memory, and one
 * thread plays the blocks. INSPYR_CUDA_FAILS names the function of its table that fails. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/net_alone_table.h"
#include "support/block_alone.h"

#include "kernels/effect_blocks.h"
#include "kernels/effect_device.h"
#include "kernels/effect_schedule.h"

#define PADDING 12 /* bytes after each row */

struct effect_device {
    int pictures;
};

static inspyr_status answer(const char *function, inspyr_error *error)
{
    const char *fails = getenv("INSPYR_CUDA_FAILS");

    if (!fails || strcmp(fails, function) != 0)
        return INSPYR_OK;
    error->status = INSPYR_ERR_DEVICE;
    snprintf(error->message, sizeof error->message, "%s fails", function);
    return INSPYR_ERR_DEVICE;
}

static inspyr_status open_device(effect_device **out, int32_t ordinal, const inspyr_allocator *allocator,
                                 char text[EFFECT_DEVICE_TEXT], inspyr_error *error)
{
    inspyr_status status = answer(ordinal ? "other" : "open", error);

    (void)allocator;
    strcpy(text, "one thread");
    *out = status ? NULL : calloc(1, sizeof **out);
    return status;
}

static void close_device(effect_device *d)
{
    if (d && d->pictures)
        abort();
    free(d);
}

static inspyr_status create(device_picture **out, effect_device *d, int32_t width, int32_t height,
                            inspyr_error *error)
{
    int64_t pitch = 4 * (int64_t)width + PADDING;
    inspyr_status status = answer(d->pictures ? "create" : "source", error);

    *out = NULL;
    if (status)
        return status;
    *out = malloc(sizeof **out);
    **out = (device_picture){ d, malloc((size_t)(pitch * height)), pitch, width, height };
    d->pictures++;
    return INSPYR_OK;
}

static void free_picture(device_picture *p)
{
    if (!p)
        return;
    p->device->pictures--;
    free(p->data);
    free(p);
}

static inspyr_status upload(device_picture *to, const inspyr_view *from, inspyr_error *error)
{
    for (int32_t y = 0; y < to->height; y++)
        memcpy(to->data + y * to->pitch, (unsigned char *)from->data + y * from->stride, 4 * (size_t)to->width);
    return answer("upload", error);
}

static inspyr_status download(const inspyr_view *to, const device_picture *from, inspyr_error *error)
{
    for (int32_t y = 0; y < from->height; y++)
        memcpy((unsigned char *)to->data + y * to->stride, from->data + y * from->pitch,
               4 * (size_t)from->width);
    return answer("download", error);
}

static int32_t has(int32_t effect, const float *values)
{
    return schedule_has(effect, values);
}

static inspyr_status apply(effect_device *d, const device_job *jobs, size_t n, inspyr_error *error)
{
    effect_shared *shared = malloc(sizeof *shared);

    (void)d;
    for (size_t i = 0; i < n; i++) {
        const device_job *j = &jobs[i];
        effect_job job = { j->src->data,   j->src->pitch, j->dst->data, j->dst->pitch, j->src->width,
                           j->src->height, j->values,     j->seed,      NULL };

        job.state = malloc(schedule_bytes(j->effect, &job) + 1);
        for (int32_t launch = 0; launch < EFFECT_LAUNCHES; launch++) {
            effect_works all;

            schedule_fill(&all, &j->effect, &job, 1, launch);
            for (uint32_t block = 0; block < all.first[all.count]; block++)
                effect_block(&all, shared, block);
        }
        free(job.state);
    }
    free(shared);
    return answer("apply", error);
}

static inspyr_status wait_device(effect_device *d, inspyr_error *error)
{
    (void)d;
    return answer("wait", error);
}

static inspyr_status elapsed(float *milliseconds, effect_device *d, inspyr_error *error)
{
    (void)d;
    *milliseconds = 0;
    return answer("elapsed", error);
}

static void *stream(effect_device *d)
{
    (void)d;
    return NULL;
}

extern const effect_device_table inspyr_plugin_cuda;
__attribute__((visibility("default"))) const effect_device_table inspyr_plugin_cuda = {
    EFFECT_DEVICE_ABI,
    sizeof(effect_device_table),
    open_device,
    close_device,
    create,
    free_picture,
    upload,
    download,
    has,
    apply,
    wait_device,
    elapsed,
    stream,
    &net_alone_table,
};

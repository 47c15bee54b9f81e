/* apply.c - jobs as launches of the one kernel, up to EFFECT_WORKS jobs at a time. */
#include "kernels/effect_schedule.h"
#include "shim/cuda/device.h"

/* A picture of 2^30 pixels has 2^20 tiles, so that 8 of them are far from 2^31 blocks; narrow ones have more.
 * The smaller pictures of retro8bit take at most four blocks for a tile (the finer one half of the least
 * factor, 2, with 8 lanes). */
#define BLOCKS_MOST (0x7fffffffu / 4)

static effect_job job_of(const device_job *j, void *state)
{
    return (effect_job){ .src = j->src->data,
                         .src_stride = j->src->pitch,
                         .dst = j->dst->data,
                         .dst_stride = j->dst->pitch,
                         .width = j->src->width,
                         .height = j->src->height,
                         .values = j->values,
                         .seed = j->seed,
                         .state = state };
}

static inspyr_status check(const effect_device *d, const device_job *j, inspyr_error *error)
{
    if (!j->values || !j->src || !j->dst || j->src == j->dst || j->src->device != d || j->dst->device != d ||
        j->src->width != j->dst->width || j->src->height != j->dst->height)
        return device_failed(error, INSPYR_ERR_ARGUMENT,
                             "a job has values and two pictures of one size and this device");
    if (!schedule_has(j->effect, j->values))
        return device_failed(error, INSPYR_ERR_UNSUPPORTED,
                             "effect number %d has no twin for this device with these values", (int)j->effect);
    return INSPYR_OK;
}

/* What is there is given back only after the stream has done what it was asked for. */
static inspyr_status reserve(effect_device *d, size_t bytes, inspyr_error *error)
{
    inspyr_status status;

    if (bytes <= d->state_bytes)
        return INSPYR_OK;
    status = device_result(cudaStreamSynchronize(d->stream), "waiting for the device", error);
    if (!status)
        status = device_result(cudaFree(d->state), "giving back memory", error);
    d->state = NULL;
    d->state_bytes = 0;
    if (!status)
        status = device_result(cudaMalloc((void **)&d->state, bytes), "memory for effects", error);
    if (!status)
        d->state_bytes = bytes;
    return status;
}

static inspyr_status launch(const effect_device *d, effect_works *all, inspyr_error *error)
{
    void *arguments[] = { all };
    dim3 blocks = { all->first[all->count], 1, 1 }, threads = { BLOCK_THREADS, 1, 1 };

    if (!all->first[all->count])
        return INSPYR_OK;
    return device_result(
        cudaLaunchKernel(effect_kernel_entry, blocks, threads, arguments, effect_shared_bytes, d->stream),
        "starting effects", error);
}

static inspyr_status apply_some(effect_device *d, const device_job *jobs, size_t n, inspyr_error *error)
{
    int32_t which[EFFECT_WORKS];
    effect_job ours[EFFECT_WORKS];
    size_t state[EFFECT_WORKS], bytes = 0;
    uint64_t blocks = 0;
    inspyr_status status = INSPYR_OK;

    for (size_t i = 0; !status && i < n; i++) {
        status = check(d, &jobs[i], error);
        if (status)
            return status;
        which[i] = jobs[i].effect;
        ours[i] = job_of(&jobs[i], NULL);
        state[i] = bytes;
        bytes += (schedule_bytes(which[i], &ours[i]) + 255) / 256 * 256;
        blocks += (uint64_t)px_ceil_div(ours[i].width, BLOCK_TILE) *
                  (uint64_t)px_ceil_div(ours[i].height, BLOCK_TILE);
    }
    if (blocks > BLOCKS_MOST)
        return device_failed(error, INSPYR_ERR_LIMIT, "more tiles than a launch can have");
    status = reserve(d, bytes, error);
    for (int32_t step = 0; !status && step < EFFECT_LAUNCHES; step++) {
        effect_works all;

        for (size_t i = 0; i < n; i++)
            ours[i].state = d->state + state[i];
        schedule_fill(&all, which, ours, n, step);
        status = launch(d, &all, error);
    }
    return status;
}

inspyr_status device_apply(effect_device *d, const device_job *jobs, size_t n, inspyr_error *error)
{
    int before;
    inspyr_status status = device_enter(d, &before, error);

    if (status)
        return status;
    status = device_result(cudaEventRecord(d->begin, d->stream), "noting the time", error);
    for (size_t i = 0; !status && i < n; i += EFFECT_WORKS)
        status = apply_some(d, jobs + i, n - i < EFFECT_WORKS ? n - i : EFFECT_WORKS, error);
    if (!status)
        status = device_result(cudaEventRecord(d->end, d->stream), "noting the time", error);
    device_leave(before);
    return status;
}

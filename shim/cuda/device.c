/* device.c - the plug-in's table, and devices. Nothing is asked of CUDA before open(). */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernels/effect_schedule.h"
#include "shim/cuda/net_launch.h"
#include "shim/cuda/picture.h"

inspyr_status device_failed(inspyr_error *error, inspyr_status status, const char *format, ...)
{
    va_list arguments;

    if (error) {
        error->status = status;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
    }
    return status;
}

inspyr_status device_result(cudaError_t result, const char *what, inspyr_error *error)
{
    inspyr_status status = result == cudaErrorMemoryAllocation ? INSPYR_ERR_MEMORY : INSPYR_ERR_DEVICE;

    if (result == cudaSuccess)
        return INSPYR_OK;
    (void)cudaGetLastError(); /* or the program's next own question for it would have this answer */
    return device_failed(error, status, "CUDA, %s: %.180s", what, cudaGetErrorString(result));
}

inspyr_status device_enter(const effect_device *d, int *before, inspyr_error *error)
{
    inspyr_status status;

    if (d->process != getpid())
        return device_failed(error, INSPYR_ERR_FORKED, "the device belongs to the parent process");
    status = device_result(cudaGetDevice(before), "which device is in use", error);
    if (!status && *before != d->ordinal)
        status = device_result(cudaSetDevice(d->ordinal), "choosing the device", error);
    return status;
}

void device_leave(int before)
{
    int now;

    if (cudaGetDevice(&now) == cudaSuccess && now != before)
        (void)cudaSetDevice(before);
}

static inspyr_status describe(effect_device *d, char text[EFFECT_DEVICE_TEXT], inspyr_error *error)
{
    struct cudaDeviceProp properties;
    int driver = 0, shared = 0;
    inspyr_status status = device_result(cudaGetDeviceProperties(&properties, d->ordinal), "the device", error);

    if (!status)
        status = device_result(cudaDriverGetVersion(&driver), "the driver's version", error);
    if (!status)
        status =
            device_result(cudaDeviceGetAttribute(&shared, cudaDevAttrMaxSharedMemoryPerBlockOptin, d->ordinal),
                          "a block's memory", error);
    if (status)
        return status;
    if (shared < (int)effect_shared_bytes)
        return device_failed(error, INSPYR_ERR_DEVICE, "%.100s has %d bytes of memory for a block, not %d",
                             properties.name, shared, (int)effect_shared_bytes);
    snprintf(text, EFFECT_DEVICE_TEXT, "%.64s, driver %d.%d", properties.name, driver / 1000,
             driver % 1000 / 10);
    return device_result(cudaFuncSetAttribute(effect_kernel_entry, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                              (int)effect_shared_bytes),
                         "the code for this device", error);
}

static inspyr_status fill(effect_device *d, char text[EFFECT_DEVICE_TEXT], inspyr_error *error)
{
    inspyr_status status = describe(d, text, error);

    if (!status)
        status = device_result(cudaStreamCreateWithFlags(&d->stream, cudaStreamNonBlocking), "a stream", error);
    if (!status)
        status = device_result(cudaEventCreate(&d->begin), "an event", error);
    if (!status)
        status = device_result(cudaEventCreate(&d->end), "an event", error);
    return status;
}

static void device_close(effect_device *d)
{
    int before;

    if (!d)
        return;
    if (!device_enter(d, &before, NULL)) {
        if (d->stream)
            (void)cudaStreamSynchronize(d->stream);
        (void)cudaFree(d->state);
        if (d->end)
            (void)cudaEventDestroy(d->end);
        if (d->begin)
            (void)cudaEventDestroy(d->begin);
        if (d->stream)
            (void)cudaStreamDestroy(d->stream);
        device_leave(before);
    }
    d->allocator.release(d->allocator.user, d);
}

static inspyr_status device_open(effect_device **out, int32_t ordinal, const inspyr_allocator *allocator,
                                 char text[EFFECT_DEVICE_TEXT], inspyr_error *error)
{
    effect_device *d;
    int count = 0, before;
    inspyr_status status = device_result(cudaGetDeviceCount(&count), "looking for devices", error);

    *out = NULL;
    if (status)
        return status;
    if (ordinal < 0 || ordinal >= count)
        return device_failed(error, INSPYR_ERR_DEVICE, "CUDA has %d devices, and no number %d", count,
                             (int)ordinal);
    d = allocator->allocate(allocator->user, sizeof *d, 64);
    if (!d)
        return device_failed(error, INSPYR_ERR_MEMORY, "no room for a device");
    *d = (effect_device){ .allocator = *allocator, .process = getpid(), .ordinal = ordinal };
    status = device_enter(d, &before, error);
    if (!status) {
        status = fill(d, text, error);
        device_leave(before);
    }
    if (status)
        device_close(d);
    else
        *out = d;
    return status;
}

static int32_t device_has(int32_t effect, const float *values)
{
    return schedule_has(effect, values);
}

static inspyr_status device_wait(effect_device *d, inspyr_error *error)
{
    int before;
    inspyr_status status = device_enter(d, &before, error);

    if (status)
        return status;
    status = device_result(cudaStreamSynchronize(d->stream), "drawing effects", error);
    device_leave(before);
    return status;
}

static inspyr_status device_elapsed(float *milliseconds, effect_device *d, inspyr_error *error)
{
    int before;
    inspyr_status status = device_enter(d, &before, error);

    if (status)
        return status;
    status = device_result(cudaEventElapsedTime(milliseconds, d->begin, d->end), "the time", error);
    device_leave(before);
    return status;
}

static void *device_stream(effect_device *d)
{
    return d->stream;
}

extern const effect_device_table inspyr_plugin_cuda;
__attribute__((visibility("default"))) const effect_device_table inspyr_plugin_cuda = {
    EFFECT_DEVICE_ABI, sizeof(effect_device_table),
    device_open,       device_close,
    picture_create,    picture_free,
    picture_upload,    picture_download,
    device_has,        device_apply,
    device_wait,       device_elapsed,
    device_stream,     &net_table,
};

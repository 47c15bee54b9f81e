/* picture.c - pictures in a device's memory, and copies of them. */
#include "shim/cuda/picture.h"

static inspyr_status check(const inspyr_view *view, const device_picture *p, inspyr_error *error)
{
    if (view && view->data && view->format == INSPYR_RGBA8 && view->width == p->width &&
        view->height == p->height)
        return INSPYR_OK;
    return device_failed(error, INSPYR_ERR_ARGUMENT, "a view of %d x %d pixels of RGBA8 is wanted",
                         (int)p->width, (int)p->height);
}

inspyr_status picture_create(device_picture **out, effect_device *d, int32_t width, int32_t height,
                             inspyr_error *error)
{
    device_picture *p;
    size_t pitch = 0;
    void *data = NULL;
    int before;
    inspyr_status status;

    *out = NULL;
    if (width < 1 || height < 1 || width > EFFECT_DEVICE_SIDE || height > EFFECT_DEVICE_SIDE)
        return device_failed(error, INSPYR_ERR_LIMIT, "%d x %d pixels: a side has 1 to %d on this device",
                             (int)width, (int)height, EFFECT_DEVICE_SIDE);
    status = device_enter(d, &before, error);
    if (status)
        return status;
    status = device_result(cudaMallocPitch(&data, &pitch, 4 * (size_t)width, (size_t)height),
                           "memory for a picture", error);
    p = status ? NULL : d->allocator.allocate(d->allocator.user, sizeof *p, 64);
    if (p) {
        *p = (device_picture){ d, data, (int64_t)pitch, width, height };
        *out = p;
    } else if (!status) {
        cudaFree(data);
        status = device_failed(error, INSPYR_ERR_MEMORY, "no room for a picture");
    }
    device_leave(before);
    return status;
}

void picture_free(device_picture *p)
{
    effect_device *d;
    int before;

    if (!p)
        return;
    d = p->device;
    if (!device_enter(d, &before, NULL)) {
        cudaFree(p->data);
        device_leave(before);
    }
    d->allocator.release(d->allocator.user, p);
}

/* Row by row where a view's rows go upwards; CUDA knows of distances that are positive. */
static cudaError_t copy(unsigned char *to, int64_t to_pitch, const unsigned char *from, int64_t from_pitch,
                        const device_picture *p, enum cudaMemcpyKind kind)
{
    size_t row = 4 * (size_t)p->width;
    cudaError_t result = cudaSuccess;

    if (to_pitch >= (int64_t)row && from_pitch >= (int64_t)row)
        return cudaMemcpy2DAsync(to, (size_t)to_pitch, from, (size_t)from_pitch, row, (size_t)p->height, kind,
                                 p->device->stream);
    for (int32_t y = 0; !result && y < p->height; y++)
        result = cudaMemcpyAsync(to + y * to_pitch, from + y * from_pitch, row, kind, p->device->stream);
    return result;
}

inspyr_status picture_upload(device_picture *to, const inspyr_view *from, inspyr_error *error)
{
    int before;
    inspyr_status status = check(from, to, error);

    if (!status)
        status = device_enter(to->device, &before, error);
    if (status)
        return status;
    status = device_result(copy(to->data, to->pitch, from->data, from->stride, to, cudaMemcpyHostToDevice),
                           "an upload", error);
    device_leave(before);
    return status;
}

inspyr_status picture_download(const inspyr_view *to, const device_picture *from, inspyr_error *error)
{
    int before;
    inspyr_status status = check(to, from, error);

    if (!status)
        status = device_enter(from->device, &before, error);
    if (status)
        return status;
    status = device_result(copy(to->data, to->stride, from->data, from->pitch, from, cudaMemcpyDeviceToHost),
                           "a download", error);
    device_leave(before);
    return status;
}

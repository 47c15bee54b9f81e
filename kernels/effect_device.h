/* effect_device.h - the table of the plug-in for devices of CUDA: effects, and by way of `net` the network.
 *
 * The plug-in makes no call to CUDA before open(). A device is one stream: what is asked of it happens in that
 * order, and wait() is when it has happened. In a forked child everything but close() and free() returns
 * INSPYR_ERR_FORKED, and those touch nothing of the device. Errors have CUDA's text. The table is private:
 * number and size must match exactly. Leaf (kernels). Threads: a device and its pictures are single. */
#ifndef INSPYR_KERNELS_EFFECT_DEVICE_H
#define INSPYR_KERNELS_EFFECT_DEVICE_H

#include "kernels/net_device.h"

#define EFFECT_DEVICE_ABI 3
#define EFFECT_DEVICE_TEXT 96

/* As CUDA itself: sides of more pixels are refused. */
#define EFFECT_DEVICE_SIDE (1 << 30)

typedef struct effect_device effect_device;

/* RGBA8 in the memory of a device. */
typedef struct device_picture {
    effect_device *device;
    unsigned char *data;
    int64_t pitch; /* bytes from one row to the next */
    int32_t width, height;
} device_picture;

/* An effect on a picture; both have one size and one device. values: as in effect_job, read during the call. */
typedef struct device_job {
    int32_t effect;
    const float *values;
    uint64_t seed;
    const device_picture *src;
    device_picture *dst;
} device_job;

typedef struct effect_device_table {
    uint32_t abi, size; /* EFFECT_DEVICE_ABI and sizeof(effect_device_table) */

    /* allocator: copied. text: "NVIDIA H100, driver 13.0". INSPYR_ERR_DEVICE where there is no such device. */
    inspyr_status (*open)(effect_device **out, int32_t ordinal, const inspyr_allocator *allocator,
                          char text[EFFECT_DEVICE_TEXT], inspyr_error *error);
    void (*close)(effect_device *device); /* accepts NULL; its pictures must be freed before */

    inspyr_status (*create)(device_picture **out, effect_device *device, int32_t width, int32_t height,
                            inspyr_error *error);
    void (*free)(device_picture *picture); /* accepts NULL */

    /* Views are RGBA8 of the picture's size, and stay as they are until wait(). */
    inspyr_status (*upload)(device_picture *to, const inspyr_view *from, inspyr_error *error);
    inspyr_status (*download)(const inspyr_view *to, const device_picture *from, inspyr_error *error);

    /* INSPYR_ERR_UNSUPPORTED for an effect without a twin here: has() says which have one, with these values.
     */
    int32_t (*has)(int32_t effect, const float *values);
    inspyr_status (*apply)(effect_device *device, const device_job *jobs, size_t n, inspyr_error *error);
    inspyr_status (*wait)(effect_device *device, inspyr_error *error);
    /* Of the last apply(), once it has been waited for. */
    inspyr_status (*elapsed)(float *milliseconds, effect_device *device, inspyr_error *error);

    void *(*stream)(effect_device *device); /* the cudaStream_t of a device */
    const net_device_table *net;            /* the network's operations; NULL: it has none */
} effect_device_table;

#endif

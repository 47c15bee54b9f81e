/* device.h - a device of CUDA as the plug-in's files see it. Layer plug-in (shim/cuda). Threads: single. */
#ifndef INSPYR_SHIM_CUDA_DEVICE_H
#define INSPYR_SHIM_CUDA_DEVICE_H

#include <cuda_runtime_api.h>
#include <sys/types.h>

#include "kernels/effect_device.h"

/* Of kernels/effect_blocks.cu: the kernel, whose one parameter is effect_works, and its blocks' memory. */
extern const void *const effect_kernel_entry;
extern const size_t effect_shared_bytes;

struct effect_device {
    inspyr_allocator allocator;
    pid_t process; /* that opened it */
    int ordinal;
    cudaStream_t stream;
    cudaEvent_t begin, end; /* of the last apply() */
    unsigned char *state;   /* of jobs between their launches */
    size_t state_bytes;
};

inspyr_status device_failed(inspyr_error *error, inspyr_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* INSPYR_OK for cudaSuccess; else "what: CUDA's text". */
inspyr_status device_result(cudaError_t result, const char *what, inspyr_error *error);

/* Before anything is asked of the device: the calling thread's device becomes this one. */
inspyr_status device_enter(const effect_device *device, int *before, inspyr_error *error);
/* It becomes what it was. */
void device_leave(int before);

inspyr_status device_apply(effect_device *device, const device_job *jobs, size_t n, inspyr_error *error);

#endif

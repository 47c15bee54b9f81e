/* net_launch.c - jobs of the network as launches into a stream: nothing is allocated, and nothing waited for.
 */
#include "shim/cuda/net_launch.h"

#include "kernels/net_kernels.h"
#include "shim/cuda/device.h"
#include "shim/cuda/net_check.h"

/* Of kernels/net_blocks.cu, in the order of enum net_kernel. */
extern const void *const net_kernel_entries[];

/* Products of bf16 came with compute capability 8. */
static int32_t has(int32_t type)
{
    int device, major = 0;

    if (type != NET_HALF && type != NET_BF16)
        return 0;
    if (cudaGetDevice(&device) != cudaSuccess ||
        cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) != cudaSuccess) {
        (void)cudaGetLastError();
        return 0;
    }
    return type == NET_HALF || major >= 8;
}

static inspyr_status unfit(const char *what, inspyr_error *error)
{
    return device_failed(error, INSPYR_ERR_ARGUMENT, "%s: these maps do not fit each other or a launch", what);
}

static inspyr_status start(net_launch l, const void *job, void *stream, inspyr_error *error)
{
    void *arguments[] = { (void *)(uintptr_t)job };
    dim3 blocks = { (unsigned)l.blocks, 1, 1 }, threads = { (unsigned)l.threads, 1, 1 };

    if (l.blocks > INT32_MAX)
        return device_failed(error, INSPYR_ERR_LIMIT, "more blocks than a launch can have");
    return device_result(
        cudaLaunchKernel(net_kernel_entries[l.kernel], blocks, threads, arguments, 0, (cudaStream_t)stream),
        "starting a part of the network", error);
}

#define ONE_LAUNCH(name, job_type)                                                                             \
    static inspyr_status launch_##name(const job_type *job, void *stream, inspyr_error *error)                 \
    {                                                                                                          \
        return check_##name(job) ? start(net_##name##_launch(job), job, stream, error) : unfit(#name, error);  \
    }
NET_STREAM_KERNELS(ONE_LAUNCH)
ONE_LAUNCH(norm, net_norm)
ONE_LAUNCH(attend, net_attend)

#define SEVERAL_LAUNCHES(name, job_type, steps)                                                                \
    static inspyr_status launch_##name(const job_type *job, void *stream, inspyr_error *error)                 \
    {                                                                                                          \
        inspyr_status status = check_##name(job) ? INSPYR_OK : unfit(#name, error);                            \
                                                                                                               \
        for (int32_t step = 0; !status && step < (steps); step++)                                              \
            status = start(net_##name##_launch(job, step), job, stream, error);                                \
        return status;                                                                                         \
    }
SEVERAL_LAUNCHES(context, net_context, NET_CONTEXT_STEPS)
SEVERAL_LAUNCHES(mean, net_simple, NET_MEAN_STEPS)
SEVERAL_LAUNCHES(extremes, net_extremes, NET_EXTREMES_STEPS)

static inspyr_status no_bf16(inspyr_error *error)
{
    return device_failed(error, INSPYR_ERR_UNSUPPORTED, "this device multiplies no matrices of bf16");
}

static inspyr_status launch_window(const net_window *job, void *stream, inspyr_error *error)
{
    net_launch l;

    if (!check_window(job))
        return unfit("window", error);
    l = net_window_launch(job);
    if (l.kernel == NET_KERNEL_window_bf16 && !has(NET_BF16))
        return no_bf16(error);
    return start(l, job, stream, error);
}

static inspyr_status launch_axial(const net_axial *job, void *stream, inspyr_error *error)
{
    net_axial axis = *job;
    inspyr_status status = check_axial(job) ? INSPYR_OK : unfit("axial", error);

    if (!status && job->stacked.type == NET_BF16 && !has(NET_BF16))
        status = no_bf16(error);
    for (int32_t step = 0; !status && step < NET_AXIAL_STEPS; step++) {
        axis.axis = step / 3;
        status = start(net_axial_launch(&axis, step), &axis, stream, error);
    }
    return status;
}

const net_device_table net_table = {
    .abi = NET_DEVICE_ABI,
    .size = sizeof(net_device_table),
    .has = has,
    .context_bytes = net_context_bytes,
    .axial_bytes = net_axial_bytes,
    .mean_bytes = net_mean_bytes,
    .extremes_bytes = net_extremes_bytes,
    .picture = launch_picture,
    .resize = launch_resize,
    .norm = launch_norm,
    .window = launch_window,
    .sica_maps = launch_sica_maps,
    .context = launch_context,
    .attend = launch_attend,
    .axial = launch_axial,
    .expand = launch_expand,
    .pool = launch_pool,
    .pair = launch_pair,
    .merge = launch_merge,
    .mean = launch_mean,
    .softmax = launch_softmax,
    .transition = launch_transition,
    .extremes = launch_extremes,
    .matte = launch_matte,
};

#include "plugin/net_alone_table.h"

#include "support/net_played.h"

static int32_t has(int32_t type)
{
    return type == NET_HALF || type == NET_BF16;
}

#define ONE_LAUNCH(name, job_type)                                                                             \
    static inspyr_status play_##name(const job_type *job, void *stream, inspyr_error *error)                   \
    {                                                                                                          \
        (void)stream;                                                                                          \
        (void)error;                                                                                           \
        net_play(net_##name##_launch(job), job);                                                               \
        return INSPYR_OK;                                                                                      \
    }
NET_STREAM_KERNELS(ONE_LAUNCH)
ONE_LAUNCH(norm, net_norm)
ONE_LAUNCH(window, net_window)
ONE_LAUNCH(attend, net_attend)

#define SEVERAL_LAUNCHES(name, job_type, steps)                                                                \
    static inspyr_status play_##name(const job_type *job, void *stream, inspyr_error *error)                   \
    {                                                                                                          \
        (void)stream;                                                                                          \
        (void)error;                                                                                           \
        for (int32_t step = 0; step < (steps); step++)                                                         \
            net_play(net_##name##_launch(job, step), job);                                                     \
        return INSPYR_OK;                                                                                      \
    }
SEVERAL_LAUNCHES(context, net_context, NET_CONTEXT_STEPS)
SEVERAL_LAUNCHES(mean, net_simple, NET_MEAN_STEPS)
SEVERAL_LAUNCHES(extremes, net_extremes, NET_EXTREMES_STEPS)

static inspyr_status play_axial(const net_axial *job, void *stream, inspyr_error *error)
{
    net_axial axis = *job;

    (void)stream;
    (void)error;
    for (int32_t step = 0; step < NET_AXIAL_STEPS; step++) {
        axis.axis = step / 3;
        net_play(net_axial_launch(&axis, step), &axis);
    }
    return INSPYR_OK;
}

const net_device_table net_alone_table = {
    .abi = NET_DEVICE_ABI,
    .size = sizeof(net_device_table),
    .has = has,
    .context_bytes = net_context_bytes,
    .axial_bytes = net_axial_bytes,
    .mean_bytes = net_mean_bytes,
    .extremes_bytes = net_extremes_bytes,
    .picture = play_picture,
    .resize = play_resize,
    .norm = play_norm,
    .window = play_window,
    .sica_maps = play_sica_maps,
    .context = play_context,
    .attend = play_attend,
    .axial = play_axial,
    .expand = play_expand,
    .pool = play_pool,
    .pair = play_pair,
    .merge = play_merge,
    .mean = play_mean,
    .softmax = play_softmax,
    .transition = play_transition,
    .extremes = play_extremes,
    .matte = play_matte,
};

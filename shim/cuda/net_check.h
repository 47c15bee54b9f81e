/* net_check.h - are the maps of a job of the network such as its kernels take them? Layer plug-in (shim/cuda).
 * Threads: any. */
#ifndef INSPYR_SHIM_CUDA_NET_CHECK_H
#define INSPYR_SHIM_CUDA_NET_CHECK_H

#include <stdbool.h>

#include "kernels/net_shape.h"

bool check_picture(const net_picture *job);
bool check_resize(const net_resize *job);
bool check_norm(const net_norm *job);
bool check_window(const net_window *job);
bool check_sica_maps(const net_sica_maps *job);
bool check_context(const net_context *job);
bool check_attend(const net_attend *job);
bool check_axial(const net_axial *job);
bool check_expand(const net_expand *job);
bool check_pool(const net_pool *job);
bool check_pair(const net_pair *job);
bool check_merge(const net_simple *job);
bool check_mean(const net_simple *job);
bool check_softmax(const net_simple *job);
bool check_transition(const net_simple *job);
bool check_extremes(const net_extremes *job);
bool check_matte(const net_matte *job);

#endif

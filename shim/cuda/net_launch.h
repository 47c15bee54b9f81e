/* net_launch.h - the network's part of the plug-in's table. Layer plug-in (shim/cuda). Threads: any. */
#ifndef INSPYR_SHIM_CUDA_NET_LAUNCH_H
#define INSPYR_SHIM_CUDA_NET_LAUNCH_H

#include "kernels/net_device.h"

extern const net_device_table net_table;

#endif

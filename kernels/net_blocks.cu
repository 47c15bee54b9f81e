/* net_blocks.cu - the network's kernels, and a list of them for C code.
 *
 * Compiled without fused multiply-adds, as the effects' kernel is: what is not a tensor core's product rounds as
 * its twin on the CPU does. Only exp() differs, by 2 units in the last place of a float.
 */
#include "kernels/net_blocks.h"

#define NET_STREAM_ENTRY(name, job_type)                                                                       \
    static __global__ void __launch_bounds__(NET_STREAM_THREADS, 4)                                            \
        net_##name##_kernel(const __grid_constant__ job_type job)                                              \
    {                                                                                                          \
        net_##name##_block(&job, blockIdx.x);                                                                  \
    }
NET_STREAM_KERNELS(NET_STREAM_ENTRY)

#define NET_NORM_ENTRY(name, span, kept)                                                                       \
    static __global__ void __launch_bounds__(NET_NORM_WARPS *NET_WARP_THREADS)                                 \
        net_##name##_kernel(const __grid_constant__ net_norm job)                                              \
    {                                                                                                          \
        net_norm_block(&job, blockIdx.x, span, kept);                                                          \
    }
NET_NORM_KERNELS(NET_NORM_ENTRY)

#define NET_BLOCK_ENTRY(name, job_type, shared_type, threads, fit, call)                                       \
    static __global__ void __launch_bounds__(threads, fit)                                                     \
        net_##name##_kernel(const __grid_constant__ job_type job)                                              \
    {                                                                                                          \
        __shared__ shared_type memory;                                                                         \
                                                                                                               \
        net_##name##_run(&job, &memory, blockIdx.x);                                                           \
    }
NET_BLOCK_KERNELS(NET_BLOCK_ENTRY)

#define NET_WARP_ENTRY(name, job_type)                                                                         \
    static __global__ void __launch_bounds__(NET_NORM_WARPS *NET_WARP_THREADS)                                 \
        net_##name##_kernel(const __grid_constant__ job_type job)                                              \
    {                                                                                                          \
        net_##name##_block(&job, blockIdx.x);                                                                  \
    }
NET_WARP_KERNELS(NET_WARP_ENTRY)

/* As C code has them, in the order of enum net_kernel. */
#define NET_ADDRESS(name, ...) reinterpret_cast<const void *>(net_##name##_kernel),
extern "C" {
extern const void *const net_kernel_entries[] = { NET_STREAM_KERNELS(NET_ADDRESS) NET_NORM_KERNELS(NET_ADDRESS)
                                                      NET_BLOCK_KERNELS(NET_ADDRESS) NET_WARP_KERNELS(NET_ADDRESS) };
}

/* effect_blocks.cu - the one kernel that draws effects on a device.
 *
 * Compiled without fused multiply-adds, with IEEE division and roots: the bytes are the CPU's. One kernel and
 * not one for each effect, so that the diffusion of dithering, which is one block, and the tiles of the other
 * effects run beside each other. The block's memory is given at the launch: it is more than a kernel may have
 * by itself.
 */
#include "kernels/effect_blocks.h"

extern "C" __global__ void __launch_bounds__(BLOCK_THREADS)
    effect_kernel(const __grid_constant__ effect_works works)
{
    extern __shared__ double memory[];

    effect_block(&works, reinterpret_cast<effect_shared *>(memory), blockIdx.x);
}

/* As C code has them. */
extern "C" {
extern const void *const effect_kernel_entry = reinterpret_cast<const void *>(effect_kernel);
extern const size_t effect_shared_bytes = sizeof(effect_shared);
}

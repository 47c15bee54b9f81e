#include "effect/effect_select.h"

extern const effect_kernels effect_kernels_baseline;
#if defined(__x86_64__)
extern const effect_kernels effect_kernels_avx2, effect_kernels_avx512;
#endif

const effect_kernels *effect_kernels_select(unsigned allowed)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (allowed & EFFECT_AVX512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        return &effect_kernels_avx512;
    if (allowed & EFFECT_AVX2 && __builtin_cpu_supports("avx2"))
        return &effect_kernels_avx2;
#endif
    (void)allowed;
    return &effect_kernels_baseline;
}

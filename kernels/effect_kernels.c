/* effect_kernels.c - all effects of one instruction set. */
#include "kernels/effect_kernels.h"

#define NAME_OF_(x) #x
#define NAME_OF(x) NAME_OF_(x)

#define EFFECT_STEPS(name, ...) &KERNEL(name##_steps),

extern const effect_kernels KERNEL(effect_kernels);
const effect_kernels KERNEL(effect_kernels) = { NAME_OF(KERNELS_SUFFIX), { EFFECT_ROWS(EFFECT_STEPS) } };

/* effect_select.h - the effects' kernels for this processor. Layer 3 (effect). Threads: any. */
#ifndef INSPYR_EFFECT_EFFECT_SELECT_H
#define INSPYR_EFFECT_EFFECT_SELECT_H

#include "kernels/effect_kernels.h"

/* Bits of `allowed`. Without any of them, the baseline. */
#define EFFECT_AVX2 1u
#define EFFECT_AVX512 2u
#define EFFECT_ALL (EFFECT_AVX2 | EFFECT_AVX512)

/* The best set that the processor has and that is allowed. */
const effect_kernels *effect_kernels_select(unsigned allowed);

#endif

/* kernel_table.c - all kernels of one instruction set. */
#include "net/plain/kernels.h"

#define NAME_OF_(x) #x
#define NAME_OF(x) NAME_OF_(x)

const plain_kernels KERNEL(plain_kernels);
const plain_kernels KERNEL(plain_kernels) = {
    .name = NAME_OF(KERNELS_SUFFIX),
    .picture = KERNEL(rows_picture),
    .input = KERNEL(rows_input),
    .conv = KERNEL(rows_conv),
#ifdef __AVX512BF16__
    .conv_bf16 = KERNEL(rows_conv_bf16),
    .conv_int8 = KERNEL(rows_conv_int8),
    .winograd_bf16 = KERNEL(rows_winograd_bf16),
    .raw_scores_bf16 = KERNEL(raw_scores_bf16),
    .raw_values_bf16 = KERNEL(raw_values_bf16),
#endif
    .winograd = KERNEL(rows_winograd),
    .depthwise = KERNEL(rows_depthwise),
    .softmax = KERNEL(rows_softmax),
    .resize = KERNEL(rows_resize),
    .maps = KERNEL(rows_maps),
    .context = KERNEL(rows_context),
    .attend = KERNEL(rows_attend),
    .fold = KERNEL(rows_fold),
    .folded_conv = KERNEL(rows_folded_conv),
    .expand = KERNEL(rows_expand),
    .mean = KERNEL(rows_mean),
    .output = KERNEL(rows_output),
    .norm = KERNEL(rows_norm),
    .merge = KERNEL(rows_merge),
    .pool = KERNEL(rows_pool),
    .add = KERNEL(rows_add),
    .multiply = KERNEL(rows_multiply),
    .transition = KERNEL(rows_transition),
    .axial = KERNEL(rows_axial),
    .window_bias = KERNEL(window_bias),
    .window = KERNEL(window),
    .raw_gather = KERNEL(raw_gather),
    .raw_scores = KERNEL(raw_scores),
    .raw_values = KERNEL(raw_values),
    .peak = KERNEL(rows_peak),
};

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
    .depthwise = KERNEL(rows_depthwise),
    .softmax = KERNEL(rows_softmax),
    .resize = KERNEL(rows_resize),
    .maps = KERNEL(rows_maps),
    .context = KERNEL(rows_context),
    .attend = KERNEL(rows_attend),
    .expand = KERNEL(rows_expand),
    .mean = KERNEL(rows_mean),
    .output = KERNEL(rows_output),
    .axial = KERNEL(rows_axial),
};

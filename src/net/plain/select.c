/* select.c - the kernels for this processor, and how much scratch they need. */
#include "net/plain/kernels.h"

extern const plain_kernels plain_kernels_baseline;
#if defined(__x86_64__)
extern const plain_kernels plain_kernels_avx2, plain_kernels_avx512, plain_kernels_avx512_bf16;
#endif

const plain_kernels *plain_kernels_select(int allowed)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (allowed >= 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        return allowed >= 3 && __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512vnni")
                   ? &plain_kernels_avx512_bf16
                   : &plain_kernels_avx512;
    if (allowed >= 1 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &plain_kernels_avx2;
#endif
    (void)allowed;
    return &plain_kernels_baseline;
}

/* As rows_window.c lays it out, for the largest tile. */
static size_t window_floats(int32_t tokens, int32_t channels)
{
    size_t count = (size_t)tokens, wide = whole_blocks(count), deep = whole_blocks((size_t)channels);

    return (count + 5 + (size_t)channels + 12) * wide + (2 * wide + 8) * deep;
}

/* Bytes of quantised pixels that a chunk of 1 x 1 products has at most: half of a second-level cache. */
#define DESK_BYTES (512 * 1024)

bytes_desk bytes_desk_of(const plan *p, const plan_node *n)
{
    bytes_desk d = { .results = 8 };
    int32_t reach = (p->values[n->out].w - 1) * n->stride + (n->kernel_w - 1) * n->dilation + 1;

    for (int32_t k = 0; k < n->inputs; k++)
        d.pixel += (size_t)n->in[k].channels;
    d.columns = n->pad_w + n->w > reach ? n->pad_w + n->w : reach;
    d.pitch = (size_t)d.columns * d.pixel;
    if (n->kernel_h == 1)
        d.results = d.pitch >= DESK_BYTES ? 1 : (int32_t)(DESK_BYTES / d.pitch);
    if (d.results > n->h)
        d.results = n->h;
    d.rows = (d.results - 1) * n->stride + (n->kernel_h - 1) * n->dilation + 1;
    d.words = whole_blocks(((size_t)d.rows * d.pitch + 3) / 4 + KERNELS_BLOCK);
    for (int32_t k = 0; k < n->inputs; k++) { /* pixels may have a block more: see compile.c */
        size_t pixel = words_of(ROWS_U8, whole_blocks((size_t)p->values[n->in[k].value].c)) + KERNELS_BLOCK;

        d.outside = pixel * (size_t)d.columns > d.outside ? pixel * (size_t)d.columns : d.outside;
    }
    d.floats = d.words + 2 * (size_t)d.rows * (size_t)d.columns;
    d.floats = d.outside > d.floats ? d.outside : d.floats;
    return d;
}

size_t plain_scratch(const plan *p, inspyr_precision precision)
{
    size_t most = 0;

    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];
        const plan_value *out = &p->values[n->out];
        size_t floats = 0;

        switch (n->op) {
        case PLAN_OP_CONV:
            floats = precision == INSPYR_PRECISION_INT8 && n->groups == 1 ? bytes_desk_of(p, n).floats : 0;
            for (rows_type seen = ROWS_F32; n->flags & PLAN_WINOGRAD && seen <= ROWS_BF16; seen++) {
                size_t desk = winograd_desk_of(p->weights[n->weights].in, seen).floats;

                floats = desk > floats ? desk : floats;
            }
            break;
        case PLAN_OP_AXIAL: {
            size_t length = whole_blocks((size_t)(n->h > n->w ? n->h : n->w));

            floats = ((size_t)n->qk + 1 + whole_blocks((size_t)out->c)) * length;
            break;
        }
        case PLAN_OP_WINDOW:
            floats = window_floats(n->window * n->window, out->c / n->heads);
            break;
        case PLAN_OP_SICA_CONTEXT:
            floats = (size_t)out->w * even_pitch(out->c);
            break;
        case PLAN_OP_TRANSITION: /* extremes, and a row with both ends repeated */
            floats = 3 * whole_blocks((size_t)out->w) + (size_t)n->window;
            break;
        case PLAN_OP_SICA_ATTEND: /* logits and keys of five maps */
            floats = 5 * (whole_blocks((size_t)out->w) + whole_blocks((size_t)n->in[0].channels));
            break;
        case PLAN_OP_FOLDED_CONV: /* the kernel as convolutions want it */
            floats = (size_t)p->values[n->in[1].value].w * whole_blocks((size_t)out->c);
            break;
        case PLAN_OP_SICA_MAPS:
            floats = (size_t)out->w;
            break;
        case PLAN_OP_SOFTMAX:
            floats = (size_t)out->c;
            break;
        case PLAN_OP_EXPAND_ADD:
            floats = (size_t)n->w;
            break;
        default:
            break;
        }
        most = floats > most ? floats : most;
    }
    return most + 16;
}

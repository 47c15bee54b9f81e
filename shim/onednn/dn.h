/* dn.h - what differs between the generations of oneDNN's C interface: descriptors, and how attributes are set.
 *
 * dn2.c is for 2.x, dn3.c for 3.x; one of them is built. Outside the layers, in a plug-in. Threads: any, for
 * what is not being made. */
#ifndef INSPYR_ONEDNN_DN_H
#define INSPYR_ONEDNN_DN_H

#include <oneapi/dnnl/dnnl.h>

#include "net/tile_products.h"

typedef enum dn_part { DN_SOURCE, DN_WEIGHTS, DN_BIAS, DN_RESULT, DN_SCRATCH, DN_PARTS } dn_part;

typedef struct dn_conv {
    dnnl_engine_t engine;
    dnnl_primitive_desc_t description;
    const products_shape *shape;
} dn_conv;

/* Fills conv->description. like: whose weights' order is to be read; NULL: the fastest. Attributes that a
 * process may set for all (the mathematics of float32) are set here, so that they do not matter. */
dnnl_status_t dn_describe(dn_conv *conv, const dn_conv *like);

/* Bytes of a part. */
size_t dn_bytes(const dn_conv *conv, dn_part part);

/* Numbers of the weights with what fills them up. */
size_t dn_filled_weights(const dn_conv *conv);

/* A memory object for a part, over bytes of the caller's (DNNL_MEMORY_NONE: later). */
dnnl_status_t dn_memory(dnnl_memory_t *out, const dn_conv *conv, dn_part part, void *bytes);

/* One for weights in the order of the file, float32. */
dnnl_status_t dn_plain_weights(dnnl_memory_t *out, const dn_conv *conv, void *bytes);

/* From the order of the file to that of the convolution. */
dnnl_status_t dn_reorder(dnnl_primitive_t *out, const dn_conv *conv);

/* Goes on with a checksum of the order in which packed weights lie. */
uint64_t dn_order(const dn_conv *conv, uint64_t sum);

/* FNV-1a */
static inline uint64_t dn_sum(uint64_t sum, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return sum;
}

static inline dnnl_data_type_t dn_type(products_type type)
{
    return type == PRODUCTS_BF16 ? dnnl_bf16 : dnnl_f32;
}

static inline dnnl_data_type_t dn_type_of(const products_shape *s, dn_part part)
{
    if (s->type != PRODUCTS_INT8)
        return part == DN_BIAS ? dnnl_f32 : dn_type(part == DN_RESULT ? s->result : s->type);
    return part == DN_SOURCE ? dnnl_u8 : part == DN_WEIGHTS ? dnnl_s8 : dnnl_s32;
}

/* Extents of a part, as oneDNN orders them: of the picture, or of the kernel. */
static inline int dn_extents(dnnl_dims_t out, const products_shape *s, dn_part part)
{
    const dnnl_dims_t extents[4] = {
        [DN_SOURCE] = { 1, s->in, (dnnl_dim_t)(s->rows - 1) * s->stride + (s->kernel_h - 1) * s->dilation + 1,
                        (dnnl_dim_t)(s->columns - 1) * s->stride + (s->kernel_w - 1) * s->dilation + 1 },
        [DN_WEIGHTS] = { s->out, s->in, s->kernel_h, s->kernel_w },
        [DN_BIAS] = { s->out },
        [DN_RESULT] = { 1, s->out, s->rows, s->columns },
    };

    for (int i = 0; i < 4; i++)
        out[i] = extents[part][i];
    return part == DN_BIAS ? 1 : 4;
}

/* What the activation is called there. 0: linear. */
static inline dnnl_alg_kind_t dn_activation(plan_activation activation)
{
    switch (activation) {
    case PLAN_RELU:
        return dnnl_eltwise_relu;
    case PLAN_RELU6:
        return dnnl_eltwise_clip; /* from alpha to beta */
    case PLAN_GELU:
        return dnnl_eltwise_gelu_erf;
    default:
        return dnnl_alg_kind_undef;
    }
}

#endif

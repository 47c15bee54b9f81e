/* dn3.c - oneDNN 3.x: descriptors are opaque, and primitives are described in one call. */
#include "shim/onednn/dn.h"

static dnnl_status_t describe_memory(dnnl_memory_desc_t *out, const products_shape *s, dn_part part,
                                     dnnl_data_type_t type, dnnl_format_tag_t order)
{
    dnnl_dims_t extents;
    int count = dn_extents(extents, s, part);

    return dnnl_memory_desc_create_with_tag(out, count, extents, type, order);
}

static dnnl_status_t set_attributes(dnnl_primitive_attr_t attributes, const products_shape *s)
{
    dnnl_alg_kind_t activation = dn_activation(s->activation);
    dnnl_post_ops_t after = NULL;
    dnnl_status_t status = dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);

    if (!status)
        status = dnnl_primitive_attr_set_fpmath_mode(attributes, dnnl_fpmath_mode_strict);
    if (!status)
        status = dnnl_post_ops_create(&after);
    if (!status && s->adds)
        status = dnnl_post_ops_append_sum(after, 1, 0, dnnl_data_type_undef);
    if (!status && activation != dnnl_alg_kind_undef)
        status = dnnl_post_ops_append_eltwise(after, activation, 0, s->activation == PLAN_RELU6 ? 6 : 0);
    if (!status)
        status = dnnl_primitive_attr_set_post_ops(attributes, after);
    dnnl_post_ops_destroy(after);
    return status;
}

static const_dnnl_memory_desc_t part_of(const dn_conv *conv, dn_part part)
{
    switch (part) {
    case DN_SOURCE:
        return dnnl_primitive_desc_query_md(conv->description, dnnl_query_src_md, 0);
    case DN_WEIGHTS:
        return dnnl_primitive_desc_query_md(conv->description, dnnl_query_weights_md, 0);
    case DN_BIAS:
        return dnnl_primitive_desc_query_md(conv->description, dnnl_query_weights_md, 1);
    case DN_RESULT:
        return dnnl_primitive_desc_query_md(conv->description, dnnl_query_dst_md, 0);
    default:
        return dnnl_primitive_desc_query_md(conv->description, dnnl_query_scratchpad_md, 0);
    }
}

dnnl_status_t dn_describe(dn_conv *conv, const dn_conv *like)
{
    const products_shape *s = conv->shape;
    const dnnl_dims_t stride = { s->stride, s->stride }, dilation = { s->dilation - 1, s->dilation - 1 },
                      none = { 0, 0 };
    dnnl_memory_desc_t parts[4] = { NULL, NULL, NULL, NULL };
    const_dnnl_memory_desc_t weights;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_status_t status = dnnl_success;

    for (dn_part part = DN_SOURCE; !status && part <= DN_RESULT; part++)
        status = describe_memory(&parts[part], s, part, dn_type_of(s, part),
                                 part == DN_WEIGHTS ? dnnl_format_tag_any
                                 : part == DN_BIAS  ? dnnl_x
                                                    : dnnl_nhwc);
    weights = like ? part_of(like, DN_WEIGHTS) : parts[DN_WEIGHTS];
    if (!status)
        status = dnnl_primitive_attr_create(&attributes);
    if (!status)
        status = set_attributes(attributes, s);
    if (!status)
        status = dnnl_convolution_forward_primitive_desc_create(
            &conv->description, conv->engine, dnnl_forward_inference, dnnl_convolution_direct, parts[DN_SOURCE],
            weights, s->type == PRODUCTS_INT8 ? NULL : parts[DN_BIAS], parts[DN_RESULT], stride, dilation, none,
            none, attributes);
    dnnl_primitive_attr_destroy(attributes);
    for (int i = 0; i < 4; i++)
        dnnl_memory_desc_destroy(parts[i]);
    return status;
}

size_t dn_bytes(const dn_conv *conv, dn_part part)
{
    return dnnl_memory_desc_get_size(part_of(conv, part));
}

static const dnnl_dims_t *extents_of(const_dnnl_memory_desc_t d, dnnl_query_t what, int *count)
{
    dnnl_dims_t *extents = NULL;

    *count = 0;
    if (dnnl_memory_desc_query(d, dnnl_query_ndims_s32, count) || dnnl_memory_desc_query(d, what, &extents))
        *count = 0;
    return (const dnnl_dims_t *)extents;
}

size_t dn_filled_weights(const dn_conv *conv)
{
    int dimensions;
    const dnnl_dims_t *filled = extents_of(part_of(conv, DN_WEIGHTS), dnnl_query_padded_dims, &dimensions);
    size_t count = 1;

    for (int i = 0; i < dimensions; i++)
        count *= (size_t)(*filled)[i];
    return count;
}

dnnl_status_t dn_memory(dnnl_memory_t *out, const dn_conv *conv, dn_part part, void *bytes)
{
    return dnnl_memory_create(out, part_of(conv, part), conv->engine, bytes);
}

dnnl_status_t dn_plain_weights(dnnl_memory_t *out, const dn_conv *conv, void *bytes)
{
    dnnl_memory_desc_t from = NULL;
    dnnl_status_t status = describe_memory(&from, conv->shape, DN_WEIGHTS, dnnl_f32, dnnl_oihw);

    if (!status)
        status = dnnl_memory_create(out, from, conv->engine, bytes);
    dnnl_memory_desc_destroy(from);
    return status;
}

dnnl_status_t dn_reorder(dnnl_primitive_t *out, const dn_conv *conv)
{
    dnnl_memory_desc_t from = NULL;
    dnnl_primitive_desc_t description = NULL;
    dnnl_status_t status = describe_memory(&from, conv->shape, DN_WEIGHTS, dnnl_f32, dnnl_oihw);

    if (!status)
        status = dnnl_reorder_primitive_desc_create(&description, from, conv->engine, part_of(conv, DN_WEIGHTS),
                                                    conv->engine, NULL);
    dnnl_memory_desc_destroy(from);
    if (status)
        return status;
    status = dnnl_primitive_create(out, description);
    dnnl_primitive_desc_destroy(description);
    return status;
}

uint64_t dn_order(const dn_conv *conv, uint64_t sum)
{
    static const dnnl_query_t dimensions[] = { dnnl_query_padded_dims, dnnl_query_strides },
                              inner[] = { dnnl_query_inner_blks, dnnl_query_inner_idxs };
    const_dnnl_memory_desc_t weights = part_of(conv, DN_WEIGHTS);
    dnnl_format_kind_t kind = dnnl_format_kind_undef;
    int blocks = 0, count;

    dnnl_memory_desc_query(weights, dnnl_query_format_kind, &kind);
    dnnl_memory_desc_query(weights, dnnl_query_inner_nblks_s32, &blocks);
    sum = dn_sum(sum, &kind, sizeof kind);
    for (int i = 0; i < 2; i++) {
        const dnnl_dims_t *numbers = extents_of(weights, dimensions[i], &count);

        sum = dn_sum(sum, numbers, (size_t)count * sizeof **numbers);
        numbers = extents_of(weights, inner[i], &count);
        sum = dn_sum(sum, numbers, count ? (size_t)blocks * sizeof **numbers : 0);
    }
    return sum;
}

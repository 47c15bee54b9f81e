/* dn2.c - oneDNN 2.x: descriptors are structs, operations have descriptors of their own. */
#include "shim/onednn/dn.h"

static dnnl_status_t describe_memory(dnnl_memory_desc_t *out, const products_shape *s, dn_part part,
                                     dnnl_data_type_t type, dnnl_format_tag_t order)
{
    dnnl_dims_t extents;
    int count = dn_extents(extents, s, part);

    return dnnl_memory_desc_init_by_tag(out, count, extents, type, order);
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
        status = dnnl_post_ops_append_sum(after, 1);
    if (!status && activation != dnnl_alg_kind_undef)
        status = dnnl_post_ops_append_eltwise(after, 1, activation, 0, s->activation == PLAN_RELU6 ? 6 : 0);
    if (!status)
        status = dnnl_primitive_attr_set_post_ops(attributes, after);
    dnnl_post_ops_destroy(after);
    return status;
}

dnnl_status_t dn_describe(dn_conv *conv, const dn_conv *like)
{
    const products_shape *s = conv->shape;
    const dnnl_dims_t stride = { s->stride, s->stride }, dilation = { s->dilation - 1, s->dilation - 1 },
                      none = { 0, 0 };
    dnnl_memory_desc_t parts[4];
    dnnl_convolution_desc_t operation;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_status_t status = dnnl_success;

    for (dn_part part = DN_SOURCE; !status && part <= DN_RESULT; part++)
        status = describe_memory(&parts[part], s, part, dn_type_of(s, part),
                                 part == DN_WEIGHTS ? dnnl_format_tag_any
                                 : part == DN_BIAS  ? dnnl_x
                                                    : dnnl_nhwc);
    if (!status && like)
        parts[DN_WEIGHTS] = *dnnl_primitive_desc_query_md(like->description, dnnl_query_weights_md, 0);
    if (!status)
        status = dnnl_dilated_convolution_forward_desc_init(
            &operation, dnnl_forward_inference, dnnl_convolution_direct, &parts[DN_SOURCE], &parts[DN_WEIGHTS],
            s->type == PRODUCTS_INT8 ? NULL : &parts[DN_BIAS], &parts[DN_RESULT], stride, dilation, none, none);
    if (!status)
        status = dnnl_primitive_attr_create(&attributes);
    if (!status)
        status = set_attributes(attributes, s);
    if (!status)
        status = dnnl_primitive_desc_create(&conv->description, &operation, attributes, conv->engine, NULL);
    dnnl_primitive_attr_destroy(attributes);
    return status;
}

static const dnnl_memory_desc_t *part_of(const dn_conv *conv, dn_part part)
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

size_t dn_bytes(const dn_conv *conv, dn_part part)
{
    return dnnl_memory_desc_get_size(part_of(conv, part));
}

size_t dn_filled_weights(const dn_conv *conv)
{
    const dnnl_memory_desc_t *weights = part_of(conv, DN_WEIGHTS);
    size_t count = 1;

    for (int i = 0; i < weights->ndims; i++)
        count *= (size_t)weights->padded_dims[i];
    return count;
}

dnnl_status_t dn_memory(dnnl_memory_t *out, const dn_conv *conv, dn_part part, void *bytes)
{
    return dnnl_memory_create(out, part_of(conv, part), conv->engine, bytes);
}

dnnl_status_t dn_plain_weights(dnnl_memory_t *out, const dn_conv *conv, void *bytes)
{
    dnnl_memory_desc_t from;
    dnnl_status_t status = describe_memory(&from, conv->shape, DN_WEIGHTS, dnnl_f32, dnnl_oihw);

    return status ? status : dnnl_memory_create(out, &from, conv->engine, bytes);
}

dnnl_status_t dn_reorder(dnnl_primitive_t *out, const dn_conv *conv)
{
    dnnl_memory_desc_t from;
    dnnl_primitive_desc_t description;
    dnnl_status_t status = describe_memory(&from, conv->shape, DN_WEIGHTS, dnnl_f32, dnnl_oihw);

    if (!status)
        status = dnnl_reorder_primitive_desc_create(&description, &from, conv->engine,
                                                    part_of(conv, DN_WEIGHTS), conv->engine, NULL);
    if (status)
        return status;
    status = dnnl_primitive_create(out, description);
    dnnl_primitive_desc_destroy(description);
    return status;
}

uint64_t dn_order(const dn_conv *conv, uint64_t sum)
{
    const dnnl_memory_desc_t *weights = part_of(conv, DN_WEIGHTS);
    const dnnl_blocking_desc_t *blocks = &weights->format_desc.blocking;
    size_t inner = (size_t)blocks->inner_nblks;

    sum = dn_sum(sum, &weights->format_kind, sizeof weights->format_kind);
    sum = dn_sum(sum, weights->padded_dims, (size_t)weights->ndims * sizeof *weights->padded_dims);
    sum = dn_sum(sum, blocks->strides, (size_t)weights->ndims * sizeof *blocks->strides);
    sum = dn_sum(sum, blocks->inner_blks, inner * sizeof *blocks->inner_blks);
    sum = dn_sum(sum, blocks->inner_idxs, inner * sizeof *blocks->inner_idxs);
    return dn_sum(sum, &weights->extra.flags, sizeof weights->extra.flags);
}

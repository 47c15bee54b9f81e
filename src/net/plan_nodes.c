#include "net/plan_record.h"

plan_node plan_new_node(const plan *p, plan_op op, plan_id grid)
{
    plan_node node = { .op = op, .weights = -1, .residual = { .value = -1 } };

    if (!p->status && grid >= 0 && grid < p->value_count) {
        node.h = p->values[grid].h;
        node.w = p->values[grid].w;
    }
    return node;
}

int32_t plan_batch(const plan *p, const plan_node *node)
{
    return node->inputs ? p->values[node->in[0].value].n : 0;
}

plan_id plan_add_same(plan *p, const plan_node *node, int32_t channels, const char *name)
{
    plan_role role = p->values[node->in[0].value].role == PLAN_LOGIT ? PLAN_LOGIT : PLAN_FEATURE;

    return plan_add_node(
        p, node,
        (plan_value){
            .n = plan_batch(p, node), .h = node->h, .w = node->w, .c = channels, .role = role, .name = name });
}

bool plan_add_scalars(plan *p, plan_node *node, const plan_part *first, const plan_part *second)
{
    plan_weights w = { .count = second ? 2 : 1, .style = PLAN_STYLE_SCALARS, .out = 1, .parts = { *first } };

    if (second)
        w.parts[1] = *second;
    node->weights = plan_add_weights(p, &w);
    return node->weights >= 0;
}

plan_id plan_picture(plan *p, int32_t n, int32_t h, int32_t w, const float mean[3], const float scale[3])
{
    plan_node node = plan_new_node(p, PLAN_OP_PICTURE, -1);

    node.h = h;
    node.w = w;
    memcpy(node.mean, mean, sizeof node.mean);
    memcpy(node.scale, scale, sizeof node.scale);
    return plan_add_node(p, &node,
                         (plan_value){ .n = n, .h = h, .w = w, .c = 3, .role = PLAN_PICTURE, .name = "input" });
}

plan_id plan_numbers(plan *p, int32_t n, int32_t h, int32_t w, int32_t c, plan_role role, const char *name)
{
    plan_node node = plan_new_node(p, PLAN_OP_INPUT, -1);

    node.h = h;
    node.w = w;
    return plan_add_node(p, &node, (plan_value){ .n = n, .h = h, .w = w, .c = c, .role = role, .name = name });
}

static int32_t or_one(int32_t x)
{
    return x ? x : 1;
}

plan_id plan_conv(plan *p, const plan_input *inputs, int32_t count, const plan_part *parts, int32_t part_count,
                  const plan_conv_options *options)
{
    static const plan_conv_options defaults = { 0 };
    const plan_conv_options *o = options ? options : &defaults;
    plan_node node = plan_new_node(p, PLAN_OP_CONV, inputs[0].value);
    plan_weights w = { .count = part_count, .style = o->style, .bias = !o->no_bias, .norm = o->norm };
    plan_value out = { .role = o->role ? o->role : PLAN_FEATURE, .name = o->name };
    int32_t channels = 0;

    if (part_count < 1 || part_count > PLAN_PARTS) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "%d parts of weights", (int)part_count);
        return -1;
    }
    if (o->h) {
        node.h = o->h;
        node.w = o->w;
    }
    node.kernel_h = or_one(o->kernel_h);
    node.kernel_w = or_one(o->kernel_w);
    node.stride = or_one(o->stride);
    node.dilation = or_one(o->dilation);
    node.groups = or_one(o->groups);
    node.activation = o->activation;
    node.flags = o->float32 ? PLAN_FLOAT32 : 0;
    node.pad_h = o->no_pad ? 0 : node.dilation * (node.kernel_h - 1) / 2;
    node.pad_w = o->no_pad ? 0 : node.dilation * (node.kernel_w - 1) / 2;
    for (int32_t i = 0; i < count; i++) {
        if (!plan_enter_next(p, &node, inputs[i]))
            return -1;
        channels += node.in[i].channels;
    }
    for (int32_t i = 0; i < part_count; i++) {
        w.parts[i] = parts[i];
        w.out += parts[i].channels;
    }
    if (channels % node.groups || w.out % node.groups) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "%s: %d groups of %d channels", parts[0].name, (int)node.groups,
                     (int)channels);
        return -1;
    }
    w.in = channels / node.groups;
    w.groups = node.groups;
    w.kernel_h = node.kernel_h;
    w.kernel_w = node.kernel_w;
    out.n = plan_batch(p, &node);
    out.h = (node.h + 2 * node.pad_h - node.dilation * (node.kernel_h - 1) - 1) / node.stride + 1;
    out.w = (node.w + 2 * node.pad_w - node.dilation * (node.kernel_w - 1) - 1) / node.stride + 1;
    out.c = w.out;
    if (o->residual) {
        plan_node after = { .h = out.h, .w = out.w };

        if (!plan_enter(p, &after, &node.residual, *o->residual))
            return -1;
        if (node.residual.channels != out.c) {
            plan_mistake(p, INSPYR_ERR_INTERNAL, "%s: residual of %d channels", parts[0].name,
                         (int)node.residual.channels);
            return -1;
        }
    }
    node.weights = plan_add_weights(p, &w);
    return plan_add_node(p, &node, out);
}

plan_id plan_mean(plan *p, plan_id in)
{
    plan_node node = plan_new_node(p, PLAN_OP_MEAN, in);

    if (!plan_enter_next(p, &node, plan_whole(in)))
        return -1;
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = plan_batch(p, &node), .h = 1, .w = 1, .c = node.in[0].channels, .role = PLAN_VECTOR });
}

plan_id plan_softmax(plan *p, plan_id in, float scale)
{
    plan_node node = plan_new_node(p, PLAN_OP_SOFTMAX, in);

    node.scale[0] = scale;
    if (!plan_enter_next(p, &node, plan_whole(in)))
        return -1;
    return plan_add_node(p, &node,
                         (plan_value){ .n = plan_batch(p, &node),
                                       .h = node.h,
                                       .w = node.w,
                                       .c = node.in[0].channels,
                                       .role = PLAN_FEATURE });
}

plan_id plan_axial(plan *p, plan_input t, plan_input stacked, int32_t qk, const plan_part *gamma_h,
                   const plan_part *gamma_w, uint32_t flags)
{
    plan_node node = plan_new_node(p, PLAN_OP_AXIAL, t.value);

    node.qk = qk;
    node.flags = flags;
    if (!plan_enter_next(p, &node, t) || !plan_enter_next(p, &node, stacked))
        return -1;
    if (qk < 1 || node.in[1].channels != 2 * (2 * qk + node.in[0].channels)) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "%s: %d stacked channels", gamma_h->name,
                     (int)node.in[1].channels);
        return -1;
    }
    if (!plan_add_scalars(p, &node, gamma_h, gamma_w))
        return -1;
    return plan_add_node(p, &node,
                         (plan_value){ .n = plan_batch(p, &node),
                                       .h = node.h,
                                       .w = node.w,
                                       .c = node.in[0].channels,
                                       .role = PLAN_FEATURE });
}

#include "net/plan_record.h"

static plan_node new_node(const plan *p, plan_op op, plan_id grid)
{
    plan_node node = { .op = op, .weights = -1, .residual = { .value = -1 } };

    if (!p->status && grid >= 0 && grid < p->value_count) {
        node.h = p->values[grid].h;
        node.w = p->values[grid].w;
    }
    return node;
}

static int32_t batch(const plan *p, const plan_node *node)
{
    return node->inputs ? p->values[node->in[0].value].n : 0;
}

static bool add_scalars(plan *p, plan_node *node, const plan_part *first, const plan_part *second)
{
    plan_weights w = { .count = second ? 2 : 1, .out = 1, .parts = { *first } };

    if (second)
        w.parts[1] = *second;
    node->weights = plan_add_weights(p, &w);
    return node->weights >= 0;
}

plan_id plan_picture(plan *p, int32_t n, int32_t h, int32_t w, const float mean[3], const float scale[3])
{
    plan_node node = new_node(p, PLAN_OP_PICTURE, -1);

    node.h = h;
    node.w = w;
    memcpy(node.mean, mean, sizeof node.mean);
    memcpy(node.scale, scale, sizeof node.scale);
    return plan_add_node(p, &node,
                         (plan_value){ .n = n, .h = h, .w = w, .c = 3, .role = PLAN_PICTURE, .name = "input" });
}

plan_id plan_numbers(plan *p, int32_t n, int32_t h, int32_t w, int32_t c, plan_role role, const char *name)
{
    plan_node node = new_node(p, PLAN_OP_INPUT, -1);

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
    plan_node node = new_node(p, PLAN_OP_CONV, inputs[0].value);
    plan_weights w = { .count = part_count, .bias = !o->no_bias, .norm = o->norm };
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
    node.pad_h = node.dilation * (node.kernel_h - 1) / 2;
    node.pad_w = node.dilation * (node.kernel_w - 1) / 2;
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
    out.n = batch(p, &node);
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
    plan_node node = new_node(p, PLAN_OP_MEAN, in);

    if (!plan_enter_next(p, &node, plan_whole(in)))
        return -1;
    return plan_add_node(
        p, &node,
        (plan_value){ .n = batch(p, &node), .h = 1, .w = 1, .c = node.in[0].channels, .role = PLAN_VECTOR });
}

plan_id plan_softmax(plan *p, plan_id in, float scale)
{
    plan_node node = new_node(p, PLAN_OP_SOFTMAX, in);

    node.scale[0] = scale;
    if (!plan_enter_next(p, &node, plan_whole(in)))
        return -1;
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = batch(p, &node), .h = node.h, .w = node.w, .c = node.in[0].channels, .role = PLAN_FEATURE });
}

plan_id plan_axial(plan *p, plan_input t, plan_input stacked, int32_t qk, const plan_part *gamma_h,
                   const plan_part *gamma_w, uint32_t flags)
{
    plan_node node = new_node(p, PLAN_OP_AXIAL, t.value);

    node.qk = qk;
    node.flags = flags;
    if (!plan_enter_next(p, &node, t) || !plan_enter_next(p, &node, stacked))
        return -1;
    if (qk < 1 || node.in[1].channels != 2 * (2 * qk + node.in[0].channels)) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "%s: %d stacked channels", gamma_h->name,
                     (int)node.in[1].channels);
        return -1;
    }
    if (!add_scalars(p, &node, gamma_h, gamma_w))
        return -1;
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = batch(p, &node), .h = node.h, .w = node.w, .c = node.in[0].channels, .role = PLAN_FEATURE });
}

plan_id plan_sica_maps(plan *p, plan_id saliency, plan_id laplacian, const plan_part *thresholds, int32_t h,
                       int32_t w)
{
    plan_node node = new_node(p, PLAN_OP_SICA_MAPS, -1);

    node.h = h;
    node.w = w;
    if (!plan_enter_next(p, &node, plan_sampled(saliency, PLAN_HALF_PIXEL)) ||
        (laplacian >= 0 && !plan_enter_next(p, &node, plan_sampled(laplacian, PLAN_HALF_PIXEL))) ||
        !add_scalars(p, &node, &thresholds[0], laplacian >= 0 ? &thresholds[1] : NULL))
        return -1;
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = batch(p, &node), .h = h, .w = w, .c = laplacian >= 0 ? 5 : 3, .role = PLAN_FEATURE });
}

plan_id plan_sica_context(plan *p, plan_input maps, const plan_input *features, int32_t count, int32_t h,
                          int32_t w, uint32_t flags)
{
    plan_node node = new_node(p, PLAN_OP_SICA_CONTEXT, -1);
    plan_value out = { .h = 1, .role = PLAN_VECTOR };

    node.flags = flags;
    node.h = h;
    node.w = w;
    if (!plan_enter_next(p, &node, maps))
        return -1;
    for (int32_t i = 0; i < count; i++) {
        if (!plan_enter_next(p, &node, features[i]))
            return -1;
        out.c += node.in[i + 1].channels;
    }
    out.n = batch(p, &node);
    out.w = node.in[0].channels;
    return plan_add_node(p, &node, out);
}

plan_id plan_sica_attend(plan *p, plan_id query, plan_input keys, plan_input values, float scale)
{
    plan_node node = new_node(p, PLAN_OP_SICA_ATTEND, query);
    plan_node vectors = new_node(p, PLAN_OP_SICA_ATTEND, keys.value);

    node.scale[0] = scale;
    if (!plan_enter_next(p, &node, plan_whole(query)) || !plan_enter(p, &vectors, &node.in[1], keys) ||
        !plan_enter(p, &vectors, &node.in[2], values))
        return -1;
    node.inputs = 3;
    if (vectors.h != 1 || node.in[1].channels != node.in[0].channels) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "queries of %d channels, keys of %d", (int)node.in[0].channels,
                     (int)node.in[1].channels);
        return -1;
    }
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = batch(p, &node), .h = node.h, .w = node.w, .c = node.in[2].channels, .role = PLAN_FEATURE });
}

plan_id plan_expand_add(plan *p, plan_id coarse, plan_id residual, const char *name)
{
    plan_node node = new_node(p, PLAN_OP_EXPAND_ADD, coarse);
    plan_node after = new_node(p, PLAN_OP_EXPAND_ADD, -1);

    after.h = 2 * node.h;
    after.w = 2 * node.w;
    if (!plan_enter_next(p, &node, plan_whole(coarse)) ||
        !plan_enter(p, &after, &node.in[1], plan_sampled(residual, PLAN_CORNERS)))
        return -1;
    node.inputs = 2;
    if (node.in[0].channels != 1 || node.in[1].channels != 1) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "%s: a pyramid of more than one channel", name);
        return -1;
    }
    if (node.h < 2 || node.w < 2) { /* the reflection reaches 3 pixels into the doubled grid */
        plan_mistake(p, INSPYR_ERR_ARGUMENT, "the network needs a larger input");
        return -1;
    }
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = batch(p, &node), .h = after.h, .w = after.w, .c = 1, .role = PLAN_LOGIT, .name = name });
}

void plan_output(plan *p, plan_id logit)
{
    plan_node node = new_node(p, PLAN_OP_OUTPUT, logit);

    if (plan_enter_next(p, &node, plan_whole(logit)))
        plan_add_node(p, &node,
                      (plan_value){ .n = batch(p, &node), .h = 1, .w = 1, .c = 2, .role = PLAN_VECTOR });
}

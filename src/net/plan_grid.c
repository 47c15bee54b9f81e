/* plan_grid.c - nodes that work on tokens and on whole maps: norms, windows, pooling, sums, resizes. */
#include "net/plan_record.h"

plan_id plan_norm(plan *p, plan_input in, const plan_part *part, const char *name)
{
    plan_node node = plan_new_node(p, PLAN_OP_NORM, in.value);
    plan_weights w = { .count = 1,
                       .style = PLAN_STYLE_VECTORS,
                       .in = 1,
                       .kernel_h = 1,
                       .kernel_w = 1,
                       .out = part->channels,
                       .bias = true,
                       .parts = { *part } };

    if (!plan_enter_next(p, &node, in))
        return -1;
    if (node.in[0].channels != part->channels) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "%s: a norm of %d channels", part->name, (int)node.in[0].channels);
        return -1;
    }
    node.weights = plan_add_weights(p, &w);
    return plan_add_same(p, &node, part->channels, name);
}

plan_id plan_window(plan *p, plan_input in, const plan_part *part, int32_t heads, int32_t window, int32_t shift)
{
    plan_node node = plan_new_node(p, PLAN_OP_WINDOW, in.value);
    plan_weights w = { .count = 1,
                       .style = PLAN_STYLE_WINDOW,
                       .in = heads,
                       .kernel_h = 2 * window - 1,
                       .kernel_w = 2 * window - 1,
                       .out = part->channels,
                       .bias = true,
                       .parts = { *part } };

    node.heads = heads;
    node.window = window;
    node.shift = shift;
    if (!plan_enter_next(p, &node, in))
        return -1;
    if (node.in[0].channels != part->channels || heads < 1 || part->channels % (3 * heads) || window < 1 ||
        shift < 0 || shift >= window) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "%s: %d heads of %d channels, windows of %d moved by %d",
                     part->name, (int)heads, (int)part->channels, (int)window, (int)shift);
        return -1;
    }
    node.weights = plan_add_weights(p, &w);
    return plan_add_same(p, &node, part->channels / 3, NULL);
}

plan_id plan_merge(plan *p, plan_id in)
{
    plan_node node = plan_new_node(p, PLAN_OP_MERGE, in);

    if (!plan_enter_next(p, &node, plan_whole(in)))
        return -1;
    return plan_add_node(p, &node,
                         (plan_value){ .n = p->values[in].n,
                                       .h = (node.h + 1) / 2,
                                       .w = (node.w + 1) / 2,
                                       .c = 4 * node.in[0].channels,
                                       .role = PLAN_FEATURE });
}

plan_id plan_pool(plan *p, plan_input in, int32_t kernel, int32_t stride, int32_t pad, int32_t h, int32_t w,
                  uint32_t flags)
{
    plan_node node = plan_new_node(p, PLAN_OP_POOL, in.value);

    node.kernel_h = node.kernel_w = kernel;
    node.stride = stride;
    node.dilation = 1;
    node.pad_h = node.pad_w = pad;
    node.flags = flags;
    if (!plan_enter_next(p, &node, in))
        return -1;
    if (kernel < 1 || stride < 1 || pad < 0 || pad >= kernel || (int64_t)(h - 1) * stride - pad >= node.h ||
        (int64_t)(w - 1) * stride - pad >= node.w) { /* every window holds a pixel */
        plan_mistake(p, INSPYR_ERR_INTERNAL, "pooling of %d x %d to %d x %d", (int)node.w, (int)node.h, (int)w,
                     (int)h);
        return -1;
    }
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = p->values[in.value].n, .h = h, .w = w, .c = node.in[0].channels, .role = PLAN_FEATURE });
}

static plan_id of_two(plan *p, plan_op op, plan_input a, plan_input b)
{
    plan_node node = plan_new_node(p, op, a.value);

    if (!plan_enter_next(p, &node, a) || !plan_enter_next(p, &node, b))
        return -1;
    if (node.in[0].channels != node.in[1].channels) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "node %d: %d and %d channels", (int)p->node_count,
                     (int)node.in[0].channels, (int)node.in[1].channels);
        return -1;
    }
    return plan_add_same(p, &node, node.in[0].channels, NULL);
}

plan_id plan_add(plan *p, plan_input a, plan_input b)
{
    return of_two(p, PLAN_OP_ADD, a, b);
}

plan_id plan_multiply(plan *p, plan_input a, plan_input b)
{
    return of_two(p, PLAN_OP_MULTIPLY, a, b);
}

plan_id plan_transition(plan *p, plan_id logit, int32_t window)
{
    plan_node node = plan_new_node(p, PLAN_OP_TRANSITION, logit);

    node.window = window;
    if (!plan_enter_next(p, &node, plan_whole(logit)))
        return -1;
    if (node.in[0].channels != 1 || window % 2 != 1) {
        plan_mistake(p, INSPYR_ERR_INTERNAL, "a transition of %d channels within %d", (int)node.in[0].channels,
                     (int)window);
        return -1;
    }
    return plan_add_same(p, &node, 1, NULL);
}

plan_id plan_resize(plan *p, plan_input in, int32_t h, int32_t w)
{
    plan_node node = plan_new_node(p, PLAN_OP_RESIZE, -1);

    node.h = h;
    node.w = w;
    if (!plan_enter_next(p, &node, in))
        return -1;
    if (!node.in[0].sampling && node.in[0].channels == p->values[in.value].c)
        return in.value;
    return plan_add_same(p, &node, node.in[0].channels, NULL);
}

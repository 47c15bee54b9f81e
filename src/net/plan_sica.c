/* plan_sica.c - the nodes of SICA and of the image pyramid. */
#include "net/plan_record.h"

plan_id plan_sica_maps(plan *p, plan_id saliency, plan_id laplacian, const plan_part *thresholds, int32_t h,
                       int32_t w)
{
    plan_node node = plan_new_node(p, PLAN_OP_SICA_MAPS, -1);

    node.h = h;
    node.w = w;
    if (!plan_enter_next(p, &node, plan_sampled(saliency, PLAN_HALF_PIXEL)) ||
        (laplacian >= 0 && !plan_enter_next(p, &node, plan_sampled(laplacian, PLAN_HALF_PIXEL))) ||
        !plan_add_scalars(p, &node, &thresholds[0], laplacian >= 0 ? &thresholds[1] : NULL))
        return -1;
    return plan_add_node(
        p, &node,
        (plan_value){
            .n = plan_batch(p, &node), .h = h, .w = w, .c = laplacian >= 0 ? 5 : 3, .role = PLAN_FEATURE });
}

plan_id plan_sica_context(plan *p, plan_input maps, const plan_input *features, int32_t count, int32_t h,
                          int32_t w, uint32_t flags)
{
    plan_node node = plan_new_node(p, PLAN_OP_SICA_CONTEXT, -1);
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
    out.n = plan_batch(p, &node);
    out.w = node.in[0].channels;
    return plan_add_node(p, &node, out);
}

plan_id plan_sica_attend(plan *p, plan_id query, plan_input keys, plan_input values, float scale)
{
    plan_node node = plan_new_node(p, PLAN_OP_SICA_ATTEND, query);
    plan_node vectors = plan_new_node(p, PLAN_OP_SICA_ATTEND, keys.value);

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
    return plan_add_node(p, &node,
                         (plan_value){ .n = plan_batch(p, &node),
                                       .h = node.h,
                                       .w = node.w,
                                       .c = node.in[2].channels,
                                       .role = PLAN_FEATURE });
}

plan_id plan_expand_add(plan *p, plan_id coarse, plan_id residual, const char *name)
{
    plan_node node = plan_new_node(p, PLAN_OP_EXPAND_ADD, coarse);
    plan_node after = plan_new_node(p, PLAN_OP_EXPAND_ADD, -1);

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
            .n = plan_batch(p, &node), .h = after.h, .w = after.w, .c = 1, .role = PLAN_LOGIT, .name = name });
}

void plan_output(plan *p, plan_id logit)
{
    plan_node node = plan_new_node(p, PLAN_OP_OUTPUT, logit);

    if (plan_enter_next(p, &node, plan_whole(logit)))
        plan_add_node(p, &node,
                      (plan_value){ .n = plan_batch(p, &node), .h = 1, .w = 1, .c = 2, .role = PLAN_VECTOR });
}

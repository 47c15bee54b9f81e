#include "net/lower_fold.h"

#include "net/plan_record.h"

/* The only node that reads the value; NULL: none or several. */
static const plan_node *only_reader(const plan *p, plan_id value)
{
    const plan_node *reader = NULL;

    for (int32_t j = 0; j < p->node_count; j++)
        for (int32_t k = -1; k < p->nodes[j].inputs; k++) {
            const plan_node *n = &p->nodes[j];

            if ((k < 0 ? n->residual.value : n->in[k].value) != value)
                continue;
            if (reader)
                return NULL;
            reader = n;
        }
    return reader;
}

const plan_node *lower_folded(const plan *p, const plan_node *conv, const engine_kind *engine)
{
    const plan_value *in;
    const plan_node *attend;

    if (conv->op != PLAN_OP_CONV || conv->inputs != 1 || conv->groups != 1 || conv->residual.value >= 0)
        return NULL;
    in = &p->values[conv->in[0].value];
    attend = &p->nodes[in->node];
    if (attend->op != PLAN_OP_SICA_ATTEND || attend->inputs != 3 || conv->in[0].sampling != PLAN_AS_IS ||
        conv->in[0].channels != in->c || only_reader(p, conv->in[0].value) != conv)
        return NULL;
    return engine->wants_fold && engine->wants_fold(p, conv) ? attend : NULL;
}

bool lower_is_folded(const plan *p, const plan_node *attend, const engine_kind *engine)
{
    const plan_node *reader = attend->op == PLAN_OP_SICA_ATTEND ? only_reader(p, attend->out) : NULL;

    return reader && lower_folded(p, reader, engine) == attend;
}

plan_id lower_shares(plan *p, const plan_node *attend, const plan_value *out)
{
    plan_node node = *attend;
    plan_value shares = *out;

    if (p->status)
        return -1;
    node.inputs = 2;
    shares.c = p->values[node.in[1].value].w;
    shares.name = NULL;
    return plan_add_node(p, &node, shares);
}

plan_id lower_fold(plan *p, const plan_node *conv, plan_input values, const plan_weights *whole,
                   const plan_value *out)
{
    plan_node fold = plan_new_node(p, PLAN_OP_FOLD, values.value), node = *conv, vectors;
    plan_id kernel;

    fold.weights = plan_add_weights(p, whole);
    if (!plan_enter_next(p, &fold, values))
        return -1;
    kernel = plan_add_node(p, &fold,
                           (plan_value){ .n = out->n,
                                         .h = 1,
                                         .w = conv->kernel_h * conv->kernel_w * fold.w + 1,
                                         .c = out->c,
                                         .role = PLAN_VECTOR });
    vectors = plan_new_node(p, PLAN_OP_FOLDED_CONV, kernel);
    node.op = PLAN_OP_FOLDED_CONV;
    node.weights = -1;
    node.inputs = 2;
    if (!plan_enter(p, conv, &node.in[0], plan_whole(conv->in[0].value)) ||
        !plan_enter(p, &vectors, &node.in[1], plan_whole(kernel)))
        return -1;
    return plan_add_node(p, &node, *out);
}

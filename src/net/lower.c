#include "net/lower.h"

#include "base/memory.h"
#include "base/status.h"
#include "net/lower_fold.h"
#include "net/plan_record.h"

/* A value already brought to a grid. Forgotten at a barrier: what runs after one computes the resize again,
 * row by row, because keeping the large map across it costs more memory traffic than the arithmetic. */
typedef struct resized {
    plan_input in;
    int32_t h, w;
    plan_id id;
} resized;

typedef struct lowering {
    plan *p;
    plan_id *renamed; /* value of the old plan -> of the new one */
    resized cache[16];
    int32_t cached;
} lowering;

static plan_id resize(lowering *l, const plan_input *in, int32_t h, int32_t w)
{
    plan_node node = { .op = PLAN_OP_RESIZE, .weights = -1, .residual = { .value = -1 }, .h = h, .w = w };
    const plan_value *from;

    for (int32_t i = 0; i < l->cached; i++) {
        const resized *r = &l->cache[i];

        if (r->in.value == in->value && r->in.first == in->first && r->in.channels == in->channels &&
            r->in.sampling == in->sampling && r->h == h && r->w == w)
            return r->id;
    }
    if (!plan_enter_next(l->p, &node, *in))
        return -1;
    from = &l->p->values[in->value];
    plan_id id = plan_add_node(
        l->p, &node, (plan_value){ .n = from->n, .h = h, .w = w, .c = in->channels, .role = from->role });
    if (l->cached < (int32_t)(sizeof l->cache / sizeof *l->cache))
        l->cache[l->cached++] = (resized){ *in, h, w, id };
    return id;
}

static plan_input renamed(const lowering *l, plan_input in)
{
    if (in.value >= 0)
        in.value = l->renamed[in.value];
    return in;
}

static void lower_node(lowering *l, const plan *p, const plan_node *old, const engine_kind *engine,
                       const engine_host *host)
{
    plan_node node = *old;
    bool native = engine->native(p, old);
    const plan_value *out = &p->values[old->out];
    const plan_node *attend = lower_folded(p, old, engine);

    for (int32_t i = 0; i < node.inputs; i++) {
        node.in[i] = renamed(l, node.in[i]);
        if (!native && node.in[i].sampling != PLAN_AS_IS) {
            bool doubled = node.op == PLAN_OP_EXPAND_ADD && i == 1; /* seen at the grid of the result */

            node.in[i] = (plan_input){ .value = resize(l, &node.in[i], doubled ? out->h : node.h,
                                                       doubled ? out->w : node.w),
                                       .channels = node.in[i].channels };
        }
    }
    node.residual = renamed(l, node.residual);
    if (node.residual.value >= 0 && !native && node.residual.sampling != PLAN_AS_IS)
        node.residual = (plan_input){ .value = resize(l, &node.residual, out->h, out->w),
                                      .channels = node.residual.channels };
    if (!attend && node.op == PLAN_OP_CONV && engine->wants_winograd && engine->wants_winograd(p, old, host))
        node.flags |= PLAN_WINOGRAD;
    if (attend)
        l->renamed[old->out] =
            lower_fold(l->p, &node, renamed(l, attend->in[2]), &p->weights[old->weights], out);
    else if (lower_is_folded(p, old, engine))
        l->renamed[old->out] = lower_shares(l->p, &node, out);
    else
        l->renamed[old->out] = plan_add_node(l->p, &node, *out);
    if (node.op == PLAN_OP_SICA_CONTEXT)
        l->cached = 0;
}

inspyr_status plan_lower(plan **out, const plan *p, const engine_kind *engine, const engine_host *host,
                         inspyr_error *error)
{
    const inspyr_allocator *allocator = &host->allocator;
    lowering l = { 0 };
    inspyr_status status = plan_create(&l.p, allocator, error);

    *out = NULL;
    if (status)
        return status;
    l.renamed = memory_array(allocator, (size_t)p->value_count, sizeof *l.renamed);
    if (!l.renamed)
        status = failed(error, INSPYR_ERR_MEMORY, "no room for a plan");
    for (int32_t i = 0; !status && i < p->weights_count; i++)
        plan_add_weights(l.p, &p->weights[i]);
    for (int32_t i = 0; !status && !l.p->status && i < p->node_count; i++)
        lower_node(&l, p, &p->nodes[i], engine, host);
    if (!status)
        status = plan_status(l.p, error);
    memory_give(allocator, l.renamed);
    if (status)
        plan_free(l.p);
    else
        *out = l.p;
    return status;
}

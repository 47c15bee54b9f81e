/* types.c - in which type products are made, and so in which type values are stored. */
#include "net/plain/plain.h"

/* Fewer inputs than these are a picture's channels or SICA's maps: nothing to gain, and all to lose. */
#define INPUTS_LEAST 16

/* Words hold two channels of bf16 or four bytes: no slice may begin or end within one. */
static bool fits_words(const plan *p, const plan_node *n)
{
    for (int32_t k = 0; k < n->inputs; k++) {
        const plan_value *v = &p->values[n->in[k].value];

        if (n->in[k].first % 4 || n->in[k].channels % 4 || v->role == PLAN_VECTOR ||
            region_of(p->nodes[v->node].op) == REGION_REDUCE)
            return false;
    }
    return true;
}

plain_product plain_product_of(const plan *p, const plan_node *n, inspyr_precision precision)
{
    if (precision <= INSPYR_PRECISION_EXACT || n->op != PLAN_OP_CONV || n->groups > 1 || n->weights < 0 ||
        p->weights[n->weights].in < INPUTS_LEAST || !fits_words(p, n))
        return PRODUCT_F32;
    return PRODUCT_BF16;
}

/* Lone channels, pictures and maps are written number by number. */
static bool in_words(const plan *p, plan_id id)
{
    plan_op op = p->nodes[p->values[id].node].op;

    return p->values[id].c > 1 && op != PLAN_OP_PICTURE && op != PLAN_OP_SICA_MAPS;
}

void plain_type_values(engine_run *run)
{
    const plan *p = run->p;
    bool narrow = run->host.precision != INSPYR_PRECISION_EXACT && run->host.precision != INSPYR_PRECISION_AUTO;

    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];

        if (plain_product_of(p, n, run->host.precision) == PRODUCT_F32 &&
            !(narrow && (n->op == PLAN_OP_WINDOW || n->op == PLAN_OP_AXIAL)))
            continue;
        for (int32_t k = 0; k < n->inputs; k++)
            if (in_words(p, n->in[k].value))
                run->values[n->in[k].value].type = ROWS_BF16;
    }
}

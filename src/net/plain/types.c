/* types.c - in which type products are made, and so in which type values are stored. */
#include "net/plain/plain.h"
#include "net/quantised.h"

plain_product plain_product_of(const plan *p, const plan_node *n, inspyr_precision precision)
{
    return precision > INSPYR_PRECISION_EXACT && quantised_in_words(p, n) ? PRODUCT_BF16 : PRODUCT_F32;
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
    bool narrow = run->host.precision > INSPYR_PRECISION_EXACT;

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

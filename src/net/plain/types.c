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

/* Does a convolution of bytes with a range for all its inputs read the value? */
static bool reads_bytes(const engine_run *run, const plan_node *n)
{
    return n->op == PLAN_OP_CONV && n->weights >= 0 && run->packed->units[n->weights].product == PRODUCT_INT8 &&
           !run->packed->units[n->weights].made && plain_bytes(run->packed, run->p, n->weights).scale > 0;
}

/* Kernels that can round to bytes what they make, in whole blocks. */
static bool makes_bytes(const engine_run *run, const plan_node *n)
{
    int32_t channels = run->p->values[n->out].c;
    bool product = reads_bytes(run, n) && n->residual.value < 0 &&
                   (n->activation == PLAN_LINEAR || n->activation == PLAN_RELU || n->activation == PLAN_GELU);

    if (n->op == PLAN_OP_WINDOW)
        return channels / n->heads % KERNELS_BLOCK == 0;
    return channels % KERNELS_BLOCK == 0 &&
           (product || n->op == PLAN_OP_NORM || (n->op == PLAN_OP_FOLDED_CONV && n->residual.value < 0));
}

/* A node reads the value: as bytes of that range, or, where scale is 0, otherwise. A scale that is not a number
 * stands for readers that do not agree. */
static void note_range(plain_value *v, unit_int8 bytes)
{
    if (bytes.scale > 0 && (v->scale == 0 || (v->scale == bytes.scale && v->low == bytes.low))) {
        v->scale = bytes.scale;
        v->low = bytes.low;
    } else {
        v->scale = NAN;
    }
}

/* Values that convolutions of bytes alone read, all in the same range, are rounded where they are made: once,
 * and not again for every row that reads them, and from float32. */
static void type_bytes(engine_run *run)
{
    const plan *p = run->p;

    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];
        unit_int8 bytes = { 0 };

        if (reads_bytes(run, n))
            bytes = plain_bytes(run->packed, p, n->weights);
        for (int32_t k = 0; k < n->inputs; k++)
            note_range(&run->values[n->in[k].value], bytes);
        if (n->residual.value >= 0)
            note_range(&run->values[n->residual.value], (unit_int8){ 0 });
    }
    for (int32_t j = 0; j < p->node_count; j++) {
        plain_value *v = &run->values[p->nodes[j].out];

        if (!(v->scale > 0) || !makes_bytes(run, &p->nodes[j]))
            continue;
        v->type = ROWS_U8;
        v->zero = zero_byte(v->scale, v->low);
    }
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
    if (run->host.precision == INSPYR_PRECISION_INT8)
        type_bytes(run);
}

bool plain_keeps(const engine_run *run, const plan_node *n)
{
    bool rounds = false;

    for (int32_t k = 0; k < n->inputs; k++)
        rounds = rounds || run->values[n->in[k].value].type != ROWS_U8;
    return rounds && n->kernel_h > 1 && reads_bytes(run, n);
}

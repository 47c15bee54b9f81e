#include "net/region.h"

#include "net/sampling.h"

region_kind region_of(plan_op op)
{
    switch (op) {
    case PLAN_OP_MEAN:
    case PLAN_OP_SICA_CONTEXT:
    case PLAN_OP_OUTPUT:
        return REGION_REDUCE;
    case PLAN_OP_AXIAL:
    case PLAN_OP_WINDOW:
        return REGION_WHOLE;
    default:
        return REGION_ROWS;
    }
}

int32_t region_height(const plan *p, const plan_node *node)
{
    return region_of(node->op) == REGION_REDUCE ? node->h : p->values[node->out].h;
}

static region clipped(int32_t first, int32_t end, int32_t height)
{
    region r = { first < 0 ? 0 : first, end > height ? height : end };

    return r;
}

region region_needed(const plan *p, const plan_node *node, int32_t input, region rows)
{
    const plan_input *in = input < 0 ? &node->residual : &node->in[input];
    int32_t h = p->values[in->value].h;
    region whole = { 0, h };

    switch (node->op) {
    case PLAN_OP_FOLDED_CONV:
        if (input == 1)
            return whole;
        /* fall through */
    case PLAN_OP_CONV:
        if (input < 0)
            break;
        return clipped(rows.first * node->stride - node->pad_h,
                       (rows.end - 1) * node->stride - node->pad_h + (node->kernel_h - 1) * node->dilation + 1,
                       h);
    case PLAN_OP_RESIZE:
        return clipped(sample_at(rows.first, h, node->h, in->sampling).low,
                       sample_at(rows.end - 1, h, node->h, in->sampling).high + 1, h);
    case PLAN_OP_EXPAND_ADD: /* seven rows of the doubled grid, of which every second one is zero */
        if (input == 1)
            break;
        return clipped((rows.first - 3) >> 1, ((rows.end + 2) >> 1) + 1, h);
    case PLAN_OP_SICA_ATTEND:
        if (input > 0)
            return whole;
        break;
    case PLAN_OP_SICA_CONTEXT: /* the reinterpretation reads a map anywhere */
        if (input == 0 && node->flags & PLAN_RAW_VIEW)
            return whole;
        break;
    case PLAN_OP_POOL:
        return clipped(rows.first * node->stride - node->pad_h,
                       (rows.end - 1) * node->stride - node->pad_h + node->kernel_h, h);
    case PLAN_OP_MERGE:
        return clipped(2 * rows.first, 2 * rows.end, h);
    case PLAN_OP_TRANSITION:
        return clipped(rows.first - node->window / 2, rows.end + node->window / 2, h);
    case PLAN_OP_AXIAL:
    case PLAN_OP_WINDOW:
        return whole;
    default:
        break;
    }
    return clipped(rows.first, rows.end, h);
}

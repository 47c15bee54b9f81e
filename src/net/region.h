/* region.h - which rows of its inputs a node needs for some rows of its result.
 *
 * What lets an engine run several nodes in stripes. For lowered plans. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_REGION_H
#define INSPYR_NET_REGION_H

#include "net/plan.h"

typedef struct region {
    int32_t first, end; /* rows first <= y < end */
} region;

typedef enum region_kind {
    REGION_ROWS,   /* rows of the result from nearby rows of the inputs */
    REGION_REDUCE, /* reads rows, gives something that is known after the last one */
    REGION_WHOLE   /* nothing before all of the input is there */
} region_kind;

region_kind region_of(plan_op op);

/* Rows that the node works through: of its result, or of the input it reduces. */
int32_t region_height(const plan *p, const plan_node *node);

/* Rows of in[input] (input -1: of the residual) that are read for `rows`, clipped to what exists. */
region region_needed(const plan *p, const plan_node *node, int32_t input, region rows);

#endif

/* lower.h - rewriting what an engine cannot run as it is into operations that it has.
 *
 * Today: inputs sampled to another grid become resize nodes. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_LOWER_H
#define INSPYR_NET_LOWER_H

#include "net/engine.h"

/* A new plan with the same names, weights and arithmetic, in which every node is native to the engine. */
inspyr_status plan_lower(plan **out, const plan *p, const engine_kind *engine,
                         const inspyr_allocator *allocator, inspyr_error *error);

#endif

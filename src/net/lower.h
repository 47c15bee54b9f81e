/* lower.h - rewriting what an engine cannot run as it is into operations that it has.
 *
 * Inputs sampled to another grid become resize nodes; what the engine wants rewritten for fewer multiplications
 * is, or is marked. The new plan has all weights of the old one in their order. Layer 3 (net). Threads: any. */
#ifndef INSPYR_NET_LOWER_H
#define INSPYR_NET_LOWER_H

#include "net/engine.h"

/* A new plan with the same names and results, in which every node is native to the engine. */
inspyr_status plan_lower(plan **out, const plan *p, const engine_kind *engine, const engine_host *host,
                         inspyr_error *error);

#endif

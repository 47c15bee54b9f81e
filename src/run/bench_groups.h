/* bench_groups.h - parts of a network, as people who make it faster think of them.
 *
 * Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_BENCH_GROUPS_H
#define INSPYR_RUN_BENCH_GROUPS_H

#include "inspyr_experimental.h"
#include "net/plan.h"

/* Fills groups, group, group_ms and group_operations from the milliseconds of each node. Of more groups than
 * there is room for, the last takes the rest. */
void bench_groups(inspyr_bench_result *result, const plan *p, const double *milliseconds);

#endif

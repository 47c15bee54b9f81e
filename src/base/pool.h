/* pool.h - running the tasks of one job on the threads of a pool.
 *
 * Several threads may run jobs on one pool at the same time; each works on its own job too, so a job always
 * ends. Layer 1 (base). Threads: shared. */
#ifndef INSPYR_BASE_POOL_H
#define INSPYR_BASE_POOL_H

#include <stdbool.h>

#include "inspyr.h"

/* task: 0..count-1. lane: 0..width-1, no two tasks of one job run on the same lane at once. */
typedef void pool_task(void *user, int32_t task, int32_t lane);

/* Runs tasks 0..count-1, each exactly once, and returns when all have ended. NULL pool: in order, here. */
void pool_run(inspyr_pool *pool, int32_t count, pool_task *task, void *user);

/* Was the pool made by another process? Then its threads are gone and pool_run() must not be called. */
bool pool_forked(const inspyr_pool *pool);

/* What inspyr_pool_open() does first: clears *out, and reads the options. */
inspyr_status pool_begin(inspyr_pool **out, inspyr_allocator *allocator, const inspyr_pool_options *options,
                         inspyr_error *error);

#endif

/* oracle_run.h - what the oracle keeps between calls. Nobody outside tests/oracle includes it.
 *
 * Threads: as engine.h. */
#ifndef INSPYR_ORACLE_RUN_H
#define INSPYR_ORACLE_RUN_H

#include "net/engine.h"
#include "oracle/oracle_ops.h"

typedef struct oracle_unit {
    float *kernel, *bias; /* as weights_unit() gives them */
} oracle_unit;

struct engine_packed {
    inspyr_allocator allocator;
    oracle_unit *units; /* one for each of plan.weights */
    int32_t count;
    size_t bytes;
};

struct engine_run {
    engine_host host;
    const plan *p;
    const engine_packed *packed;
    tensor *values;
    float *const *given;  /* NULL, or what nodes compute from */
    double *milliseconds; /* of each node */
    size_t bytes;
};

inspyr_status oracle_run(engine_run *run, const engine_io *io, inspyr_error *error);

#endif

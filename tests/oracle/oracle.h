/* oracle.h - the engine that says what is right: every operation by its definition, sums in double.
 *
 * Slow, and allocates while it runs; values are float32 between nodes, as in the other engines. Every node is
 * native, and every value can be read after a run, whatever the flags. Tests only. Threads: as engine.h. */
#ifndef INSPYR_ORACLE_H
#define INSPYR_ORACLE_H

#include "net/engine.h"

extern const engine_kind engine_oracle;

/* From now on nodes compute from these values, one for each of the plan and borrowed, instead of from those
 * that the nodes before them made: what another engine made, so that each of its nodes is judged by itself. */
void oracle_follow(engine_run *run, float *const *given);

#endif

/* oracle.h - the engine that says what is right: every operation by its definition, sums in double.
 *
 * Slow, and allocates while it runs; values are float32 between nodes, as in the other engines. Every node is
 * native, and every value can be read after a run, whatever the flags. Tests only. Threads: as engine.h. */
#ifndef INSPYR_ORACLE_H
#define INSPYR_ORACLE_H

#include "net/engine.h"

extern const engine_kind engine_oracle;

#endif

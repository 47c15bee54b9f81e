/* gather.h - whose turn it is, and who goes with them. Layer 4 (run). Threads: the context's mutex is held. */
#ifndef INSPYR_RUN_GATHER_H
#define INSPYR_RUN_GATHER_H

#include "run/context/worker.h"

/* Ends jobs that could not be done in time as long as others wait. Callbacks run meanwhile. */
void gather_forgo(inspyr_context *c);

/* The first flight and those that share its pass, lower priorities at the end: as many as are worth a pass, and
 * of those as many as make the most pictures a second that are done in time. None: there is nothing to do, or
 * no room for it yet. */
void gather_batch(inspyr_context *c, batch *b);

#endif

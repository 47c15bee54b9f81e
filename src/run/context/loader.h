/* loader.h - loading the model on a thread of its own, which ends with the load. Layer 4 (run). Threads: the
 * context's mutex is held. */
#ifndef INSPYR_RUN_LOADER_H
#define INSPYR_RUN_LOADER_H

#include "run/context/context.h"

/* c->reason says why it fails. */
inspyr_status loader_start(inspyr_context *c);

#endif

/* context_options.h - a context's options, checked and copied. Layer 4 (run). Threads: single. */
#ifndef INSPYR_RUN_CONTEXT_OPTIONS_H
#define INSPYR_RUN_CONTEXT_OPTIONS_H

#include "run/context/context.h"

/* c->options: as the caller gave them. Fills in defaults, and load, levels, texts and log. */
inspyr_status context_options_read(inspyr_context *c, inspyr_error *error);

#endif

/* admission.h - the door of a context: a job is held against its bounds, and joined to flights. Layer 4 (run).
 * Threads: any; the mutex is not held. */
#ifndef INSPYR_RUN_ADMISSION_H
#define INSPYR_RUN_ADMISSION_H

#include "run/context/context.h"

/* The job is the caller's, in *out, before its callbacks run. spare: flights for its parts, of which those that
 * are taken become NULL. hits: results that the cache had. On failure nothing has happened. */
inspyr_status admission(inspyr_job **out, inspyr_job *job, source *s, flight **spare, size_t hits,
                        inspyr_error *error);

#endif

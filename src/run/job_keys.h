/* job_keys.h - by what a job's flights and results are known. Layer 4 (run). Threads: any; the job is not
 * shared yet. */
#ifndef INSPYR_RUN_JOB_KEYS_H
#define INSPYR_RUN_JOB_KEYS_H

#include "run/context.h"

/* Fills the keys of parts and slots. */
inspyr_status job_keys(inspyr_job *job, const source *s, inspyr_error *error);

#endif

/* job_keys.h - by what a job's flights and results are known, among flights and in a cache.
 *
 * Flights of one context have one model, which need not be loaded yet: their keys name none, those of the cache
 * do. Layer 4 (run). Threads: any; jobs and sources are only read, but by job_keys(). */
#ifndef INSPYR_RUN_JOB_KEYS_H
#define INSPYR_RUN_JOB_KEYS_H

#include "run/context/context.h"

/* Fills the keys and recipes of parts and slots; the job is not shared yet. */
inspyr_status job_keys(inspyr_job *job, source *s, inspyr_error *error);

/* Of result i, in a cache. Fails where nothing must be cached. */
inspyr_status job_result_key(cache_key *out, const inspyr_job *job, const source *s, size_t i,
                             inspyr_model *model);

/* Of the matte of a part. */
inspyr_status job_matte_key(cache_key *out, const part *p, const source *s, inspyr_model *model);

#endif

/* telemetry.h - what metrics and spans hear of a context: at the end of a job and of a pass, and nowhere else.
 *
 * Stages note when they began and ended; what came of it is told once, when the job is over, so that counts and
 * times are about the same jobs. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_TELEMETRY_H
#define INSPYR_RUN_TELEMETRY_H

#include "run/context/context.h"

inspyr_status telemetry_begin(inspyr_context *c, inspyr_error *error);

/* Work on a stage of a job or flight ends now. */
void telemetry_stage(stage_time *t, const inspyr_context *c, double began, int32_t worker);

/* A job that was refused. */
void telemetry_refused(inspyr_context *c, inspyr_status status);

/* The mutex is held: the job is over. */
void telemetry_job(const inspyr_job *job);

/* The mutex is not held, and nothing changes the job any more. */
void telemetry_spans(const inspyr_job *job);

/* A pass of so many pictures is over; the mutex is not held. */
void telemetry_pass(inspyr_context *c, int32_t pictures, double began, int32_t worker, uint64_t number,
                    inspyr_status status);

/* One look into the cache. */
void telemetry_lookup(inspyr_context *c, metrics_pool pool, cache_tier tier);

#endif

/* deliver.h - results on their way to jobs: each exactly once, in the order in which they are ready, and one
 * end.
 *
 * Callbacks run here and nowhere else, without the mutex, and never two of one job at a time: a thread that has
 * news for a job whose callback is at work leaves them to that thread. Layer 4 (run). Threads: the context's
 * mutex is held, but for job_destroy(). */
#ifndef INSPYR_RUN_DELIVER_H
#define INSPYR_RUN_DELIVER_H

#include "run/context/context.h"

/* Result i is there, or has failed. Returns with the mutex held, which is given back during callbacks. */
void job_deliver(inspyr_job *job, size_t i, product *made, inspyr_origin origin);

/* Whatever is not there yet has failed. Nothing happens to a job that is over. */
void job_end(inspyr_job *job, inspyr_status status, const char *message);

/* All jobs. */
void jobs_end(inspyr_context *c, inspyr_status status, const char *message);

/* Those whose deadline has passed. */
void jobs_expire(inspyr_context *c);

/* Work on it begins: it does not wait any more. */
void job_starts(inspyr_job *job, bool waited);

/* To be given back when the mutex is. */
void job_drop(inspyr_job *job);

void job_destroy(inspyr_job *job, const inspyr_allocator *allocator);

/* What result i looks like from outside. */
void job_result(const inspyr_job *job, size_t i, inspyr_job_result *out);

/* 0..1, never going back. */
float job_progress(inspyr_job *job);

#endif

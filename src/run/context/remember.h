/* remember.h - what a cache has for jobs and flights, and what it learns from them.
 *
 * On the submitter's thread only memory is looked at; workers look into the store, too, which may take a
 * moment. Layer 4 (run). Threads: any; the mutex is not held. */
#ifndef INSPYR_RUN_REMEMBER_H
#define INSPYR_RUN_REMEMBER_H

#include "run/context/context.h"

/* Results of a job that is not shared yet: into its slots, undelivered. Returns how many. */
size_t remember_job(inspyr_job *job, const source *s, inspyr_model *model);

/* Results that the flight's jobs wait for, delivered at once, and then the matte, if anybody still waits. */
void remember_flight(inspyr_context *c, flight *f, inspyr_model *model);

/* The key of a matte that was computed, while somebody waits for it; false: it is not to be kept. */
bool remember_key(cache_key *out, inspyr_context *c, const flight *f, inspyr_model *model);
void remember_matte(inspyr_context *c, const flight *f, const cache_key *key);

/* Result i of a job that somebody refers to. */
void remember_result(const inspyr_job *job, const flight *f, size_t i, const product *made,
                     inspyr_model *model);

#endif

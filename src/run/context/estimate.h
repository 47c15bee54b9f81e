/* estimate.h - what a job will take: memory, and time until its turn. Layer 4 (run). Threads: the context's
 * mutex is held, but for estimate_memory(). */
#ifndef INSPYR_RUN_ESTIMATE_H
#define INSPYR_RUN_ESTIMATE_H

#include "run/context/context.h"

/* Bytes of a picture of this size, at most; file_bytes 0: it is given as pixels. */
uint64_t estimate_memory(const job_request *r, int32_t width, int32_t height, size_t file_bytes,
                         uint64_t pass_bytes);

/* Pixels of the network's input, for forecasts: exact for static sizes, about right for dynamic ones. */
uint64_t estimate_pixels(const inspyr_context *c, const pass_recipe *r);

/* Milliseconds until the turn of a job that is handed in now: of the load that is running, of the passes before
 * it. -1: unknown. */
double estimate_delay(const inspyr_context *c, uint64_t pixels, inspyr_priority priority);

/* Seconds of loading that are left; -1: unknown. */
double estimate_load(const inspyr_context *c);

#endif

/* worker.h - the threads that take flights from the queue. Layer 4 (run). */
#ifndef INSPYR_RUN_WORKER_H
#define INSPYR_RUN_WORKER_H

#include "run/context/context.h"

/* Flights that go through the pipeline together. */
typedef struct batch {
    inspyr_context *context;
    void *handle;
    flight *flights[CONTEXT_BATCH];
    int32_t n, worker; /* worker: its number, from 1 on */
} batch;

/* Runs until the context is closing. user: the context. */
void *worker_run(void *user);

/* From bytes to results. The mutex is held when it is called and when it returns. */
void batch_run(batch *b);

#endif

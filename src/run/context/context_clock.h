/* context_clock.h - the time of a context, behind a seam, so that tests need not sleep. Layer 4 (run). Threads:
 * any. */
#ifndef INSPYR_RUN_CONTEXT_CLOCK_H
#define INSPYR_RUN_CONTEXT_CLOCK_H

#include <pthread.h>

typedef struct context_clock {
    double (*now)(void *user); /* milliseconds; never goes back */
    /* Waits until the condition is signalled or the clock reads `until` (INFINITY: for the signal alone), or
     * less: callers look again. */
    void (*wait)(void *user, pthread_cond_t *condition, pthread_mutex_t *mutex, double until);
    void *user;
} context_clock;

extern const context_clock context_clock_real;

/* A condition on which any clock can wait. */
void context_condition(pthread_cond_t *condition);

#endif

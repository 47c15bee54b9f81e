/* context_clock.c - the time as a context usually has it. */
#include <math.h>
#include <time.h>

#include "base/clock.h"
#include "run/context/context_clock.h"

static double now(void *user)
{
    (void)user;
    return clock_ms();
}

static void wait(void *user, pthread_cond_t *condition, pthread_mutex_t *mutex, double until)
{
    struct timespec end;

    (void)user;
    if (!(until < 1e15)) { /* 30 000 years, and INFINITY */
        pthread_cond_wait(condition, mutex);
        return;
    }
    end.tv_sec = (time_t)(until * 1e-3);
    end.tv_nsec = (long)(fmod(until, 1e3) * 1e6);
    pthread_cond_timedwait(condition, mutex, &end);
}

const context_clock context_clock_real = { now, wait, NULL };

void context_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

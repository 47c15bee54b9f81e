/* ticks.h - milliseconds that never jump. */
#ifndef INSPYR_CLI_TICKS_H
#define INSPYR_CLI_TICKS_H

#include <time.h>

static inline double ticks_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

#endif

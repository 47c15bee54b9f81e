/* clock.h - a clock that never goes back. Layer 1 (base). Threads: any. */
#ifndef INSPYR_BASE_CLOCK_H
#define INSPYR_BASE_CLOCK_H

/* Milliseconds since some fixed moment. */
double clock_ms(void);

#endif

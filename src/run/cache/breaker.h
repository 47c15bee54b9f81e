/* breaker.h - leaving alone what fails, and trying it again after a while.
 *
 * So many failures one after the other open it. After a pause one call may try: its success closes the breaker,
 * its failure begins another pause. Layer 4 (run). Threads: single. */
#ifndef INSPYR_RUN_BREAKER_H
#define INSPYR_RUN_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct breaker {
    int32_t most;     /* failures in a row */
    int64_t pause_ns; /* between two tries */
    int32_t failures;
    bool open, trying;
    int64_t since; /* when it opened, or when a try failed */
} breaker;

void breaker_begin(breaker *b, int32_t most, int64_t pause_ns);

/* May the caller go on? Then breaker_result() has to follow. */
bool breaker_allows(breaker *b, int64_t now);

/* true: that opened or closed it. */
bool breaker_result(breaker *b, bool good, int64_t now);

#endif

/* adaptive.h - which level of quality jobs get while others wait: from how long they wait, with hysteresis.
 *
 * Level 0 is what requests ask for; level k has a delay of its own, longer than that of level k - 1. The time
 * is the caller's. Layer 4 (run). Threads: single. */
#ifndef INSPYR_RUN_ADAPTIVE_H
#define INSPYR_RUN_ADAPTIVE_H

#include "inspyr.h"

#define ADAPTIVE_LEVELS 4

/* A level is entered when delays have been over its own for so long without a break, and left when they have
 * been below half of it for so long: CoDel's interval (Nichols & Jacobson 2012, 100 ms) for passes that take
 * seconds, and ten times that, so that one quiet moment under load does not switch back and forth. */
#define ADAPTIVE_ENTER_MS 500
#define ADAPTIVE_LEAVE_MS 5000

typedef struct adaptive {
    int32_t delay_ms[ADAPTIVE_LEVELS]; /* of levels 1 to count */
    int32_t count;                     /* 0: level 0 for ever */
    int32_t level;
    int64_t over_since_ms, below_since_ms; /* -1: it is not */
} adaptive;

/* INSPYR_ERR_ARGUMENT unless delays are positive and rise. */
inspyr_status adaptive_begin(adaptive *a, const int32_t *delay_ms, size_t count, inspyr_error *error);

/* A job that is taken from the queue at now_ms (which never goes back) waited for delay_ms. Returns the level
 * in effect from now on, one step from the last at most. */
int32_t adaptive_saw(adaptive *a, int64_t delay_ms, int64_t now_ms);

#endif

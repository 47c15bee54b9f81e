/* life.h - where a context stands, and what has to happen next: transitions without threads, locks or time.
 *
 * A context asks life_step() about every event, under its mutex, and does what it answers. Layer 4 (run).
 * Threads: single. */
#ifndef INSPYR_RUN_LIFE_H
#define INSPYR_RUN_LIFE_H

#include <stdbool.h>

#include "inspyr.h"

typedef enum life_phase {
    LIFE_COLD,
    LIFE_LOADING,
    LIFE_SERVING,
    LIFE_FAILED, /* to load; whoever wants the model next starts one more attempt */
    LIFE_LOST    /* a device that will not come back in this process */
} life_phase;

typedef enum life_event {
    LIFE_WANTED, /* somebody needs the model */
    LIFE_LOADED,
    LIFE_LOADED_OTHERWISE, /* on another device or precision than was asked for */
    LIFE_LOAD_FAILED,      /* for a reason that may pass */
    LIFE_LOAD_REFUSED,     /* for one that will not */
    LIFE_LOAD_CANCELLED,
    LIFE_WARM_BEGINS,
    LIFE_WARM_ENDS,
    LIFE_FELL_BACK, /* a pass went to another device than was asked for */
    LIFE_DEVICE_LOST,
    LIFE_IDLE, /* nobody has wanted anything for long enough */
    LIFE_DRAINED,
    LIFE_EVENTS
} life_event;

typedef enum life_action {
    LIFE_NOTHING,
    LIFE_LOAD,   /* start the one load */
    LIFE_RETRY,  /* the same load, after a pause */
    LIFE_SERVE,  /* what waits can be done now */
    LIFE_ANSWER, /* what waits ends with the reason of the failure */
    LIFE_RELEASE /* the model is to be freed */
} life_action;

typedef struct life {
    life_phase phase;
    bool draining, degraded;
    int32_t attempts; /* allowed for the load that is running, or ran last */
    int32_t attempt;  /* of these, from 1 on */
    int32_t attempts_first;
    int32_t warming;
    float progress; /* of loading; never goes back within one load */
} life;

void life_begin(life *l, int32_t attempts);
life_action life_step(life *l, life_event event);
void life_progress(life *l, float fraction);

/* What the world is told. Once a context drains, it says so for ever. */
inspyr_state life_state(const life *l);

#endif

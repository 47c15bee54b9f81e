/* played_backend.h - a model and a clock that do what a test says: loads that fail, passes that take so long,
 * run out of memory, hang, or lose their device.
 *
 * Alpha of a pixel is its first byte, so every result shows whose it is. The clock stands still but where a
 * test or a pass moves it. Threads: shared. */
#ifndef INSPYR_TESTS_PLAYED_BACKEND_H
#define INSPYR_TESTS_PLAYED_BACKEND_H

#include "run/context/context.h"

#define PLAYED_PASSES 4096
#define PLAYED_MODELS 64

/* What a load hands out. */
typedef struct played_model {
    struct playing *p;
    char source[32];
    atomic_int passes;
} played_model;

typedef struct playing {
    /* the script */
    int load_failures; /* the first loads fail */
    inspyr_status load_status;
    double load_ms;             /* on the clock */
    double pass_ms, picture_ms; /* of a pass of n: pass_ms + n * picture_ms */
    int memory_first;           /* the first so many passes fail for want of memory */
    int memory_over;            /* passes of more pictures do, too; 0: none */
    int device_at;              /* the pass, counted from 1 on, with which the device is lost; 0: none */
    bool degraded;
    bool deaf;      /* calls that hang tell no progress */
    double tick_ms; /* by which each look at the clock moves it, as it does with a real one */
    /* Runs the next thing that happens not later than `until`, moves the clock there, and returns true; where
     * there is none, moves the clock to `until`. In the thread of a pass, or of whoever waits. May be NULL. */
    bool (*event)(struct playing *p, double until);
    void *event_user;
    /* what happened */
    atomic_int loads, attempts, passes, pictures, warmups, releases, drops, cutouts;
    int sizes[PLAYED_PASSES];    /* of passes */
    atomic_int loading, passing; /* calls that are at work now */

    played_model models[PLAYED_MODELS]; /* in the order in which they were loaded */

    pthread_mutex_t mutex;
    double now;
    bool hold_loads, hold_passes; /* until played_release() */
} playing;

void playing_begin(playing *p);
void playing_end(playing *p);

/* With a backend and a clock of it. */
inspyr_context *playing_open(playing *p, const inspyr_context_options *options);

void playing_advance(playing *p, double ms);
void playing_hold(playing *p, bool loads, bool passes);

/* Until a load, or a pass or a warm-up, is at work. */
void playing_await_load(playing *p);
void playing_await_pass(playing *p);

extern const backend backend_played;

#endif

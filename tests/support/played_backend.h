/* played_backend.h - a model and a clock that do what a test says: loads that fail, passes that take so long,
 * run out of memory, hang, or lose their device.
 *
 * Alpha of a pixel is its first byte, so every result shows whose it is. The clock stands still but where a
 * test or a pass moves it. Threads: shared. */
#ifndef INSPYR_TESTS_PLAYED_BACKEND_H
#define INSPYR_TESTS_PLAYED_BACKEND_H

#include "run/context.h"

#define PLAYED_PASSES 4096

typedef struct played {
    /* the script */
    int load_failures; /* the first loads fail */
    inspyr_status load_status;
    double load_ms;             /* on the clock */
    double pass_ms, picture_ms; /* of a pass of n: pass_ms + n * picture_ms */
    int memory_at, device_at; /* number of the pass, from 1 on, that fails; 0: none. device_at: all after it */
    int memory_over;          /* passes of more pictures fail for want of memory; 0: none */
    bool degraded;
    void (*event)(struct played *, double until); /* runs what happens until then, in the thread of the pass or
                                                     of whoever waits; NULL: nothing. Moves the clock itself */
    void *event_user;
    /* what happened */
    atomic_int loads, attempts, passes, pictures, warmups, releases, drops, cutouts;
    int sizes[PLAYED_PASSES]; /* of passes */
    atomic_int inside;        /* calls that are at work now */

    pthread_mutex_t mutex;
    double now;
    bool hold_loads, hold_passes; /* until played_release() */
} played;

void played_begin(played *p);
void played_end(played *p);

/* With a backend and a clock of it. */
inspyr_context *played_open(played *p, const inspyr_context_options *options);

void played_advance(played *p, double ms);
void played_hold(played *p, bool loads, bool passes);

/* Until so many calls of the backend are at work. */
void played_await(played *p, int inside);

extern const backend backend_played;

#endif

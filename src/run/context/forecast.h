/* forecast.h - how long passes take, and what follows: how long a new job would wait, and how long a batch is
 * worth waiting for.
 *
 * A pass of n pictures takes about fixed + n * each seconds; both are fitted, per network size, to the passes
 * seen, of which older ones count less. The time is the caller's. Layer 4 (run). Threads: single. */
#ifndef INSPYR_RUN_FORECAST_H
#define INSPYR_RUN_FORECAST_H

#include "inspyr.h"

#define FORECAST_SIZES 16

/* Passes of one network on a busy machine differ by a tenth; under overload every job reaches its turn with
 * just the time that it was let in with. Whoever is promised to be done in time has this many times the
 * estimate. */
#define FORECAST_MARGIN 1.2

/* Sums of a weighted least-squares line through (pictures, seconds). */
typedef struct forecast_size {
    uint64_t pixels; /* of the network's input; 0: unused */
    uint64_t used;   /* turn of the last use: the size longest unused makes room */
    double w, n, nn, t, nt;
    double rest;      /* seconds of a picture outside the network; a moving average */
    double arrival_s; /* seconds between two jobs; a moving average, 0: unknown */
    double last_arrival_s;
    int32_t limit;       /* of pictures in a pass, for want of memory; 0: none */
    int32_t since_limit; /* passes */
} forecast_size;

typedef struct forecast {
    forecast_size sizes[FORECAST_SIZES];
    uint64_t turns; /* passes and jobs seen */
} forecast;

/* A pass is over: pictures in it, seconds of the network, and seconds that each picture took besides. */
void forecast_learn(forecast *f, uint64_t pixels, int32_t pictures, double seconds, double rest);

/* A pass of so many pictures found no memory: for the next hundred passes none has more than half as many. */
void forecast_full(forecast *f, uint64_t pixels, int32_t pictures);

/* A job of this size came at now_s, which never goes back. */
void forecast_arrival(forecast *f, uint64_t pixels, double now_s);

/* Seconds of a pass, the rest of its pictures included. Sizes not seen yet are taken to cost what the nearest
 * one seen costs per pixel; -1: nothing was seen yet. */
double forecast_pass(const forecast *f, uint64_t pixels, int32_t pictures);

/* Seconds until a job gets its turn that finds `ahead` pictures of its size in passes of up to max_batch before
 * it, and `workers` who take them. -1: unknown. */
double forecast_delay(const forecast *f, uint64_t pixels, int32_t ahead, int32_t max_batch, int32_t workers);

/* Pictures, at most max_batch, that are worth a pass: 1 before anything was seen, 2 while only passes of 1
 * were, and then as many as may, or 1 where passes of several bring less than a tenth. That is forgotten after
 * a hundred passes of one, and found out anew. */
int32_t forecast_batch(const forecast *f, uint64_t pixels, int32_t max_batch);

/* Seconds, at most max_wait_s, for which `waiting` pictures at now_s should wait for one more: as long as it is
 * expected within them and its joining saves more time of the machine than they lose together. 0 where a batch
 * is full, where passes of two bring less than a tenth, and where no job is expected. */
double forecast_wait(const forecast *f, uint64_t pixels, int32_t waiting, int32_t max_batch, double max_wait_s,
                     double now_s);

#endif

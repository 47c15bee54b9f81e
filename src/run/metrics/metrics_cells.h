/* metrics_cells.h - how the registry of metrics.h lies in memory.
 *
 * Only files whose names begin with metrics_ include it. Layer 4 (run). */
#ifndef INSPYR_RUN_METRICS_CELLS_H
#define INSPYR_RUN_METRICS_CELLS_H

#include <pthread.h>
#include <stdatomic.h>

#include "effect/effect_table.h"
#include "run/metrics/metrics.h"

#define METRICS_STRIPE_BITS 3 /* eight stripes */

typedef _Atomic uint64_t metrics_cell;

/* A histogram is bounds + 2 cells: a bucket for each bound, one for what lies above all, and the sum. */
#define METRICS_SECONDS 17 /* bounds; observed in nanoseconds */
#define METRICS_BATCHES 6
#define METRICS_PIXELS 11
#define METRICS_BYTES 11
#define METRICS_BOUNDS_MAX 17

typedef struct metrics_scale {
    int count;
    double unit; /* of a bound and of the sum, in what is written */
    struct {
        uint64_t most; /* that its bucket holds */
        const char *text;
    } bounds[METRICS_BOUNDS_MAX];
} metrics_scale;

extern const metrics_scale metrics_seconds, metrics_batches, metrics_pixels, metrics_bytes;

typedef struct metrics_device_cells {
    metrics_cell stages[METRICS_STAGE_COUNT][METRICS_SECONDS + 2];
    metrics_cell batches[METRICS_BATCHES + 2]; /* their number and sum are executions and inferences */
    metrics_cell busy_ns;
    metrics_cell errors[METRICS_ERROR_COUNT], retries[METRICS_RETRY_COUNT];
} metrics_device_cells;

/* All that is counted, once for each stripe. */
typedef struct metrics_cells {
    metrics_cell requests[METRICS_RESULT_COUNT][METRICS_SOURCE_COUNT];
    metrics_cell durations[METRICS_SOURCE_COUNT][2][METRICS_SECONDS + 2]; /* [1]: cold */
    metrics_cell effects[EFFECT_COUNT][METRICS_SECONDS + 2];
    metrics_cell lookups[METRICS_TIER_COUNT][METRICS_POOL_COUNT][METRICS_LOOKUP_COUNT];
    metrics_cell evictions[METRICS_POOL_COUNT], rejections[METRICS_POOL_COUNT];
    metrics_cell degraded[METRICS_REASON_COUNT];
    metrics_cell pixels[METRICS_FORMAT_COUNT][METRICS_PIXELS + 2];
    metrics_cell bytes[METRICS_FORMAT_COUNT][METRICS_BYTES + 2];
    metrics_cell clients[METRICS_NAMES + 1], sets[METRICS_NAMES + 1]; /* the last one: "other" */
    metrics_cell saved_ns;
    metrics_device_cells devices[];
} metrics_cells;

/* What is so now. */
typedef struct metrics_gauges {
    metrics_cell queue_items, queue_bytes, inflight;
    metrics_cell cache_bytes[METRICS_TIER_COUNT][METRICS_POOL_COUNT];
    metrics_cell cache_entries[METRICS_TIER_COUNT][METRICS_POOL_COUNT];
    metrics_cell cache_limits[METRICS_TIER_COUNT][METRICS_POOL_COUNT];
    metrics_cell load_ns[METRICS_PHASE_COUNT], first_result_ns;
    metrics_cell memory[METRICS_DEVICES][METRICS_MEMORY_COUNT];
    atomic_int state, model; /* model: a place among the names; -1: none */
} metrics_gauges;

/* Written under the lock, behind the count; read without. */
typedef struct metrics_names {
    atomic_int count;
    char names[METRICS_NAMES][METRICS_NAME_MAX];
} metrics_names;

/* The last request in a bucket that had a trace. turn: odd while one is being written; 0: there is none. */
typedef struct metrics_exemplar {
    metrics_cell turn, trace[4], ns, unix_ns; /* trace: 32 digits */
} metrics_exemplar;

struct metrics {
    inspyr_allocator allocator;
    pthread_mutex_t lock; /* of new names alone */
    int32_t device_count;
    double price;
    char *devices[METRICS_DEVICES], *torch, *cuda;
    metrics_names clients, sets, models;
    metrics_gauges gauges;
    metrics_exemplar exemplars[METRICS_SOURCE_COUNT][2][METRICS_SECONDS + 1];
    size_t stride; /* bytes of a stripe, in whole cache lines */
    unsigned char *stripes;
};

/* metrics_names.c: the place of a text made harmless, METRICS_NAMES for "other". */
int metrics_name(metrics *m, metrics_names *names, const char *text);

/* The same, of the names of effects in a text for inspyr_effect_parse(), without versions and parameters. */
int metrics_effect_names(metrics *m, metrics_names *names, const char *text);

/* metrics_sum.c: a cell of the first stripe, summed over all. */
uint64_t metrics_sum(const metrics *m, const metrics_cell *cell);
#define METRICS_FIRST(m) ((const metrics_cells *)(const void *)(m)->stripes)

/* Adds a histogram, or single cells, to `out`. */
void metrics_add(const metrics *m, const metrics_cell *cells, int count, uint64_t *out);

/* What a share of all observations is at most, in units of `scale`. buckets: without the sum. */
double metrics_quantile(const metrics_scale *scale, const uint64_t *buckets, double share);

#endif

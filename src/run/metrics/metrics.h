/* metrics.h - what a context counts and times.
 *
 * Of fixed size: nothing is allocated after creation. To record is a few relaxed additions in a stripe that the
 * calling thread shares with few others; to read adds the stripes up and holds nobody up. There is no clock in
 * it: times are passed in, in nanoseconds. Every function that records does nothing for NULL. docs/metrics.md
 * says what each number means. Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_METRICS_H
#define INSPYR_RUN_METRICS_H

#include <stdbool.h>

#include "inspyr_metrics.h"
#include "run/metrics/metrics_lists.h"

typedef struct metrics metrics;

#define METRICS_DEVICES 8
#define METRICS_NAMES 16    /* client classes, and sets of effects; all further ones are "other" */
#define METRICS_NAME_MAX 64 /* bytes of such a name, with the NUL */

/* Copied. Texts may be NULL for "". */
typedef struct metrics_options {
    const inspyr_allocator *allocator; /* NULL: the C library's */
    const char *const *devices;        /* "cpu", "cuda:0": `device` below is a place in this list */
    int32_t device_count;              /* 1..METRICS_DEVICES */
    double price_per_second;           /* of a busy device, any currency; 0: none */
    const char *torch, *cuda;          /* versions, for the build's labels */
} metrics_options;

inspyr_status metrics_create(metrics **out, const metrics_options *options, inspyr_error *error);

/* Accepts NULL. */
void metrics_free(metrics *m);

/* A request ended: called once for each, however it ended. */
typedef struct metrics_request_done {
    metrics_result result;
    metrics_source source; /* of its results, the one that took longest: compute, joined, l2, l1 */
    bool cold;             /* it waited for the model to be loaded or warmed; nothing to what a cache had */
    int64_t ns;            /* from being handed in to its last result */
    int64_t end_unix_ns;   /* for the exemplar */
    const char *trace_id;  /* 32 hexadecimal digits, for the exemplar; NULL: none */
    const char *client;    /* class of the caller; NULL: not counted */
    const char *effects;   /* as the request named them; NULL: not counted */
} metrics_request_done;

void metrics_request(metrics *m, const metrics_request_done *done);

/* The part of one request in a stage. */
void metrics_stage_done(metrics *m, metrics_stage stage, int32_t device, int64_t ns);

/* effect: its number in the library's table. */
void metrics_effect(metrics *m, int32_t effect, int64_t ns);

/* A pass of the network with so many pictures, which kept the device busy. */
void metrics_batch(metrics *m, int32_t device, int32_t pictures, int64_t busy_ns);

/* The device was busy with anything else: warm-ups, effects. */
void metrics_busy(metrics *m, int32_t device, int64_t ns);

/* Inference that a hit or joining another request spared, by estimate. */
void metrics_saved(metrics *m, int64_t ns);

void metrics_cache(metrics *m, metrics_tier tier, metrics_pool pool, metrics_lookup result);
void metrics_eviction(metrics *m, metrics_pool pool, uint64_t count);
void metrics_rejection(metrics *m, metrics_pool pool, uint64_t count);
void metrics_device_error(metrics *m, int32_t device, metrics_error kind);
void metrics_oom_retry(metrics *m, int32_t device, metrics_retry kind);
void metrics_degraded(metrics *m, metrics_reason reason);

/* bytes: of the file, or of a view's pixels. */
void metrics_input(metrics *m, metrics_format format, uint64_t pixels, uint64_t bytes);

/* What is so now: the last one says it. */
void metrics_queue(metrics *m, uint64_t items, uint64_t bytes, uint64_t inflight);
void metrics_cache_size(metrics *m, metrics_tier tier, metrics_pool pool, uint64_t bytes, uint64_t entries,
                        uint64_t limit_bytes);
void metrics_state(metrics *m, inspyr_state state);
void metrics_load(metrics *m, metrics_phase phase, int64_t ns);
void metrics_first_result(metrics *m, int64_t ns);
void metrics_device_memory(metrics *m, int32_t device, metrics_memory kind, uint64_t bytes);
void metrics_model(metrics *m, const char *name); /* up to METRICS_NAMES different ones */

/* The bodies of inspyr_context_metrics() and inspyr_context_metrics_text(). */
inspyr_status metrics_snapshot(const metrics *m, inspyr_metrics *out, inspyr_error *error);
inspyr_status metrics_text(inspyr_bytes *out, const metrics *m, inspyr_error *error);

#endif

/* inspyr_metrics.h - what a context counts and times: as numbers, as OpenMetrics text, and as spans.
 *
 *     inspyr_metrics now;
 *     inspyr_metrics_init(&now);
 *     if (!inspyr_context_metrics(context, &now, &error))
 *         printf("95 of 100 warm requests took at most %.3f s\n", now.warm_seconds[INSPYR_P95]);
 *
 * Conventions are those of inspyr.h. Since 0.2. */
#ifndef INSPYR_METRICS_H
#define INSPYR_METRICS_H

#include "inspyr.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef INSPYR_CONTEXT_TYPE /* C99 has no second typedef of the same type */
#define INSPYR_CONTEXT_TYPE
/* A model with a queue, batches and a cache before it: inspyr_context.h. Threads: shared. */
typedef struct inspyr_context inspyr_context;
#endif

/* ---- Numbers ------------------------------------------------------------------------------------------- */

/* Places in the arrays of percentiles. */
typedef enum inspyr_percentile {
    INSPYR_P50 = 0,
    INSPYR_P90 = 1,
    INSPYR_P95 = 2,
    INSPYR_P99 = 3,
    INSPYR_PERCENTILE_FORCE32 = 0x7fffffff
} inspyr_percentile;

#define INSPYR_PERCENTILES 4

/* All since the context was opened. Percentiles come from the histograms of inspyr_context_metrics_text():
 * within a bucket times are taken to be spread evenly, so a figure is off by less than its bucket is wide; over
 * 100 s it is 100; without a request it is 0. Refused requests (invalid, limit, overload) are not timed. Shares
 * of nothing are 0. */
typedef struct inspyr_metrics {
    size_t struct_size;     /* set by inspyr_metrics_init(); the library fills at most this much */
    uint64_t requests;      /* that ended, in any way: the sum of the next eight */
    uint64_t ok;            /* every result was delivered */
    uint64_t invalid;       /* refused: the picture or the request is damaged or unsupported */
    uint64_t limit;         /* refused: larger than the limits */
    uint64_t overload;      /* refused: no room in the queue or the budget */
    uint64_t deadline;      /* not done in time */
    uint64_t cancelled;     /* by the caller */
    uint64_t device;        /* the device failed */
    uint64_t internal;      /* anything else failed */
    uint64_t computed;      /* of ok: by the network */
    uint64_t from_memory;   /* of ok: by the first level of the cache */
    uint64_t from_store;    /* of ok: by the second level */
    uint64_t joined;        /* of ok: by the work of another request */
    uint64_t cold;          /* timed requests that waited until a model was loaded or warmed */
    uint64_t cached;        /* timed requests that the cache answered */
    uint64_t warm;          /* all other timed requests */
    uint64_t classes[4];    /* timed requests: up to 1 s, 5 s, 30 s, and longer */
    uint64_t inferences;    /* pictures that went through the network */
    uint64_t executions;    /* passes of the network: inferences / executions is the mean batch */
    uint64_t cache_hits;    /* of lookups in either level */
    uint64_t cache_lookups; /* hits, misses, and answers that could not be used */
    uint64_t cache_bytes;   /* in the first level */
    uint64_t evictions;     /* of the cache: entries that made room */
    uint64_t rejections;    /* entries that were not taken in */
    uint64_t degraded;      /* requests that were given less than they asked for */
    uint64_t device_errors;
    uint64_t oom_retries;       /* passes that were tried once more after memory ran out */
    uint64_t queue_items;       /* requests that wait now; as this, all up to resident_bytes */
    uint64_t queue_bytes;       /* of their pictures */
    uint64_t inflight;          /* requests at work */
    uint64_t device_used_bytes; /* of the devices, all together */
    uint64_t device_budget_bytes;
    uint64_t resident_bytes; /* of the process; 0: not known here */
    uint64_t major_faults;   /* pages the process waited for a disk for, since it began: swapping shows */
    double all_seconds[INSPYR_PERCENTILES]; /* timed requests; the next three have each of them once */
    double cold_seconds[INSPYR_PERCENTILES];
    double warm_seconds[INSPYR_PERCENTILES];
    double cache_seconds[INSPYR_PERCENTILES];
    double infer_seconds[INSPYR_PERCENTILES]; /* the network, as each picture of a batch saw it */
    double error_share;                       /* overload, deadline, device and internal, of requests */
    double cold_share;                        /* of timed requests */
    double hit_share;                         /* of ok: from_memory and from_store */
    double load_seconds;                      /* of the last load, all phases but the warm-up */
    double warmup_seconds;
    double first_result_seconds;    /* from opening to the first result; 0: there is none yet */
    double device_busy_seconds;     /* of all devices */
    double inference_seconds_saved; /* that cache and joining spared */
    double cost;                    /* device_busy_seconds at the price given; 0: none given */
    double cost_per_request;        /* cost / ok */
    inspyr_state state;
    uint32_t reserved;
} inspyr_metrics;
INSPYR_SIZED(inspyr_metrics)

/* Holds nobody up, as the next. Counts of one call may differ by requests that end meanwhile. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_metrics(const inspyr_context *context, inspyr_metrics *out,
                                                             inspyr_error *error);

/* The type of what inspyr_context_metrics_text() writes, for HTTP. */
#define INSPYR_METRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* OpenMetrics 1.0, UTF-8 without a NUL; docs/metrics.md has every name. *out: to be given back with
 * inspyr_bytes_free(). */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_metrics_text(inspyr_bytes *out,
                                                                  const inspyr_context *context,
                                                                  inspyr_error *error);

/* ---- Spans --------------------------------------------------------------------------------------------- */

/* inspyr_span.flags */
#define INSPYR_SPAN_BATCH UINT64_C(1) /* the pass itself, not one request's part in it */

/* A piece of work that has ended. Set by the library; all it points to is good during the call. */
typedef struct inspyr_span {
    size_t struct_size;
    uint64_t flags;                /* INSPYR_SPAN_* */
    const char *name;              /* "request", "queue", "decode", "infer", "batch", ... */
    const char *thread;            /* that did it: "worker 1"; "": several, as for a whole request */
    const char *trace_id;          /* 32 hexadecimal digits: the caller's traceparent's, or made here */
    const char *span_id;           /* 16 hexadecimal digits */
    const char *parent_id;         /* as many; "": none */
    const char *const *attributes; /* name, value, name, value, ... */
    size_t attribute_count;        /* pairs of them */
    uint64_t batch;                /* number of the batch that it is, or went through; 0: none */
    int64_t start_ns, end_ns;      /* of a clock that never goes back */
    int64_t start_unix_ns, end_unix_ns;
} inspyr_span;

/* Called on the thread that did the work; several at once. Must not wait for the context. */
typedef void inspyr_span_fn(void *user, const inspyr_span *span);

/* Collects spans in a ring, to be written as a Chrome trace. Threads: shared. */
typedef struct inspyr_trace inspyr_trace;

typedef struct inspyr_trace_options {
    size_t struct_size;                /* set by inspyr_trace_options_init() */
    uint64_t flags;                    /* zero; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
    uint64_t bytes;                    /* of the ring, 4 KiB to 1 GiB; 0: 4 MiB, good for 11 000 spans */
} inspyr_trace_options;
INSPYR_SIZED(inspyr_trace_options)

INSPYR_API INSPYR_CHECK inspyr_status inspyr_trace_create(inspyr_trace **out,
                                                          const inspyr_trace_options *options,
                                                          inspyr_error *error);

/* An inspyr_span_fn whose user is an inspyr_trace. Allocates nothing; the oldest span makes room. Names are cut
 * off at 31 bytes; of attributes, those are kept that fit 192 bytes together, each with two NULs. */
INSPYR_API void inspyr_trace_span(void *trace, const inspyr_span *span);

/* JSON that chrome://tracing and ui.perfetto.dev open: a row for each thread and each request, and arrows from
 * requests to their batches. What is in the ring stays there. Takes as much memory as the ring, and the text's.
 * *out: to be given back with inspyr_bytes_free(). */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_trace_json(inspyr_bytes *out, inspyr_trace *trace,
                                                        inspyr_error *error);

/* Nothing may hand it spans any more. */
INSPYR_API void inspyr_trace_free(inspyr_trace *trace);

#ifdef __cplusplus
}
#endif
#endif

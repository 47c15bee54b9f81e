/* inspyr_context.h - what a service needs between its sockets and the pipeline: a model that loads in the
 * background, a queue with deadlines and priorities, batches, a cache, metrics, and an orderly end.
 *
 *     inspyr_context_open(&context, NULL, &error);                        returns at once; the model loads
 *     inspyr_request request;
 *     inspyr_request_init(&request);
 *     request.effects = "classic";
 *     request.deadline_ms = 5000;
 *     if (!inspyr_context_submit(&job, context, file, size, &request, &error) &&
 *         !inspyr_job_wait(job, -1, &error) && !inspyr_job_result_get(job, 0, &result, &error))
 *         send(result.bytes, result.bytes_size);
 *     inspyr_job_free(job);
 *     inspyr_context_drain(context, 8000, &error);
 *     inspyr_context_free(context);
 *
 * Conventions are those of inspyr.h. Since 0.2. */
#ifndef INSPYR_CONTEXT_H
#define INSPYR_CONTEXT_H

#include "inspyr.h"
#include "inspyr_cache.h"
#include "inspyr_metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Context ------------------------------------------------------------------------------------------- */

#define INSPYR_PHASES 4 /* device, weights, build, warm-up */

/* What a context may do less of while jobs wait too long. Levels are numbered from 1 in the order of the array;
 * 0 is what the request asks for. */
typedef struct inspyr_level {
    size_t struct_size;                    /* set by inspyr_level_init() */
    int32_t network_width, network_height; /* at most; 0: as the request says */
    const char *source;                    /* another model, loaded with the context; NULL: the context's */
    inspyr_precision precision;            /* of its model; 0: as the context's load options say */
    int32_t delay_ms; /* 1 or more, rising: the level is entered when jobs have waited longer than this for
                         half a second, and left when they have waited less than half of it for five */
} inspyr_level;
INSPYR_SIZED(inspyr_level)

/* inspyr_context_options.flags. Those that switch something off can be set by an environment variable, too,
 * which is read once by inspyr_context_open(): INSPYR_NO_WARMUP=1 and so on. */
#define INSPYR_CONTEXT_WAIT UINT64_C(1)         /* open returns when the model is loaded, or failed to be */
#define INSPYR_CONTEXT_COLD UINT64_C(2)         /* nothing is loaded before the first job or warm-up */
#define INSPYR_CONTEXT_NO_WARMUP UINT64_C(4)    /* inspyr_context_warmup() loads, and no more */
#define INSPYR_CONTEXT_NO_BATCHING UINT64_C(8)  /* every picture in a pass of its own, duplicates too */
#define INSPYR_CONTEXT_NO_CACHE UINT64_C(16)    /* options.cache is neither read nor written */
#define INSPYR_CONTEXT_NO_ADAPTIVE UINT64_C(32) /* options.levels are never entered */
#define INSPYR_CONTEXT_EXACT UINT64_C(64)       /* precision EXACT, whatever load says: INSPYR_NO_PRECISION */
#define INSPYR_CONTEXT_PLAIN UINT64_C(128)      /* the plain engine, whatever load says: INSPYR_NO_KERNELS */

/* The options are copied, texts too; objects that they point to must outlive the context, and the allocator its
 * jobs. */
typedef struct inspyr_context_options {
    size_t struct_size;                /* set by inspyr_context_options_init() */
    uint64_t flags;                    /* INSPYR_CONTEXT_*; unknown bits are refused */
    const inspyr_allocator *allocator; /* copied; NULL: the C library's */
    const char *source;                /* as in inspyr_model_load() */
    const inspyr_load_options
        *load;               /* its pool serves every stage; its progress is not called; NULL: defaults */
    inspyr_cache *cache;     /* NULL: none. May be shared by contexts */
    int32_t workers;         /* threads that take batches through the pipeline, 1..16; 0: 1 */
    int32_t max_batch;       /* pictures of one network size in a pass, 1..64; 0: 8 */
    int32_t max_wait_ms;     /* that a batch waits for more, at most; 0: 50; -1: not at all. Less where
                                batches bring little, nothing while no other job is expected */
    int32_t queue_items;     /* jobs that wait, 1 or more; 0: 256 */
    uint64_t queue_bytes;    /* of their pictures; 0: 256 MiB */
    uint64_t memory_budget;  /* bytes that jobs at work may take, by estimate; 0: no limit */
    int32_t load_attempts;   /* 1..10; 0: 3 */
    int32_t retry_ms;        /* between them, doubled each time; 0: 500 */
    int64_t idle_release_ms; /* without jobs for that long, model and buffers are freed; 0: never */
    const inspyr_level *const *levels; /* NULL: none. Off by default */
    size_t level_count;                /* up to 4 */
    const char *history;   /* a file in which seconds of loading are kept for estimates; NULL: none */
    double price_per_hour; /* of the machine, any currency, for the cost in metrics; 0: none */
    inspyr_span_fn *span;  /* may be NULL; called on workers and callers' threads */
    void *span_user;
    inspyr_log_fn *log; /* may be NULL */
    void *log_user;
} inspyr_context_options;
INSPYR_SIZED(inspyr_context_options)

/* Returns as soon as options are checked and threads started. Loading runs no pass of the network. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_open(inspyr_context **out,
                                                          const inspyr_context_options *options,
                                                          inspyr_error *error);

/* Where a context stands. */
typedef struct inspyr_context_status {
    size_t struct_size; /* set by inspyr_context_status_init(); the library fills at most this much */
    inspyr_state state;
    inspyr_status reason_status; /* of the reason; INSPYR_OK while there is none */
    char reason[256];            /* why it is failed, degraded, or loading once more; else "" */
    float progress;   /* of loading, 0..1; never goes back within one load, however often it is tried */
    float estimate_s; /* seconds until ready, from this machine's history; -1: unknown */
    double elapsed_s; /* since the load that is running, or ran last, began */
    double phase_s[INSPYR_PHASES]; /* seconds of each phase so far */
    int32_t attempt;               /* of loading, from 1 on; 0: none yet */
    int32_t level;                 /* of quality in effect */
    int32_t queue_items, running;  /* jobs */
    uint64_t queue_bytes, memory_reserved;
    int64_t queue_delay_ms; /* by estimate, of a job that is submitted now; -1: unknown */
} inspyr_context_status;
INSPYR_SIZED(inspyr_context_status)

/* Neither waits for loads or passes; the first takes no lock either. INSPYR_STATE_COLD for NULL. */
INSPYR_API inspyr_state inspyr_context_state(const inspyr_context *context);
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_status_get(const inspyr_context *context,
                                                                inspyr_context_status *out,
                                                                inspyr_error *error);

/* Loads if nothing is loaded, then runs the path of requests for the declared sizes, on the model that serves
 * them. Callers at the same time share one warm-up, of the sizes that the first of them declared. options: NULL
 * or n of them; n 0: the base size alone. timeout_ms: -1: as long as it takes; INSPYR_ERR_TIMEOUT leaves the
 * load going on. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_warmup(inspyr_context *context,
                                                            const inspyr_warmup_options *const *options,
                                                            size_t n, int64_t timeout_ms, inspyr_error *error);

/* The configuration in effect, as inspyr_model_info(); texts are good until the model is released.
 * INSPYR_ERR_NOT_READY while there is none. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_info(const inspyr_context *context, inspyr_info *out,
                                                          inspyr_error *error);

/* Frees what waits for later jobs: idle passes, and a share (0..1) of the cache's memory. */
INSPYR_API void inspyr_context_trim(inspyr_context *context, float share);

/* Takes no new jobs, finishes those that are there, cancels what is left after timeout_ms (-1: never), which is
 * INSPYR_ERR_TIMEOUT, and flushes the cache. Any thread, any number of times. The state is DRAINING from then
 * on. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_drain(inspyr_context *context, int64_t timeout_ms,
                                                           inspyr_error *error);

/* Cancels what is left, also in the middle of loading, and waits until the passes at work have noticed, which
 * they do between two operations of the network. Jobs stay valid until they are freed, and so does the
 * context's memory. No other call on the context may be running. */
INSPYR_API void inspyr_context_free(inspyr_context *context);

/* ---- Jobs ---------------------------------------------------------------------------------------------- */

/* Pictures on their way. Threads: shared. */
typedef struct inspyr_job inspyr_job;

typedef enum inspyr_priority {
    INSPYR_PRIORITY_INTERACTIVE = 0,
    INSPYR_PRIORITY_BATCH = 1,  /* when nothing interactive waits */
    INSPYR_PRIORITY_WARMUP = 2, /* when nothing else waits */
    INSPYR_PRIORITY_FORCE32 = 0x7fffffff
} inspyr_priority;

typedef enum inspyr_origin {
    INSPYR_ORIGIN_COMPUTE = 0,
    INSPYR_ORIGIN_L1 = 1,     /* from memory: the result, or the matte that it was made of */
    INSPYR_ORIGIN_L2 = 2,     /* from the second level */
    INSPYR_ORIGIN_JOINED = 3, /* another job was computing it */
    INSPYR_ORIGIN_FORCE32 = 0x7fffffff
} inspyr_origin;

/* One result. Set by the library; what it points to is the job's. */
typedef struct inspyr_job_result {
    size_t struct_size;        /* set by inspyr_job_result_init(); the library fills at most this much */
    size_t index, count;       /* of the job's results: first the sizes of the request, then the effects */
    const inspyr_image *image; /* without request.encode; NULL after a failure */
    const void *bytes;         /* with request.encode */
    size_t bytes_size;
    const char *effect;  /* its text, "popart@1"; "" for a cut-out */
    const char *message; /* "" after success */
    inspyr_status status;
    inspyr_origin origin;
    int32_t level;                         /* of quality */
    int32_t network_width, network_height; /* of its pass; 0: from the cache */
    float scale;                           /* the result's width by the picture's; below 1: a preview */
} inspyr_job_result;
INSPYR_SIZED(inspyr_job_result)

/* Called once for each result, in the order in which they are there or have failed: on a worker's thread, on
 * the submitter's before submit returns for what the cache has, and for what is cut short on the thread that
 * ends the job (submit, wait, cancel, drain, free of the context). Results of one job never at the same time.
 * Must not wait for the context; may poll, cancel and free the job. */
typedef void inspyr_job_result_fn(void *user, const inspyr_job_result *result);

/* Called once, after the last result. status: as inspyr_job_wait() returns it. */
typedef void inspyr_job_done_fn(void *user, inspyr_job *job, inspyr_status status);

/* inspyr_request.flags */
#define INSPYR_REQUEST_NO_LOOKUP UINT64_C(1)    /* compute it, whatever the cache has */
#define INSPYR_REQUEST_NO_STORE UINT64_C(2)     /* the cache learns nothing from it */
#define INSPYR_REQUEST_SEPARATE UINT64_C(4)     /* shares its computation with no other job */
#define INSPYR_REQUEST_FULL_QUALITY UINT64_C(8) /* whatever level is in effect */

/* What to make of one picture. Copied, with all it points to, by submit; only a sandbox is not, and must
 * outlive the context: other jobs may have joined the computation that uses it. */
typedef struct inspyr_request {
    size_t struct_size;                  /* set by inspyr_request_init() */
    uint64_t flags;                      /* INSPYR_REQUEST_*; unknown bits are refused */
    const inspyr_decode_options *decode; /* NULL: defaults. report must be NULL, as in those below progress and
                                            report; allocators are the context's */
    const inspyr_cutout_options *cutout;
    const int32_t *sizes; /* sides of square networks, each a result of its own, delivered when ready;
                             NULL: one result, as cutout says */
    size_t size_count;    /* up to 8 */
    const char *effects;  /* as in inspyr_effect_parse(), drawn on the last size's; NULL: none */
    const inspyr_effect_options *effect; /* seed, quality and preview_side; NULL: defaults */
    const inspyr_encode_options *encode; /* of every result; NULL: results are images */
    inspyr_priority priority;
    uint32_t reserved;
    int64_t deadline_ms;          /* from now on; 0: none */
    inspyr_job_result_fn *result; /* may be NULL */
    inspyr_job_done_fn *done;     /* may be NULL */
    void *user;
    const char *client_class; /* counted in metrics: "phone"; NULL: none */
    const char *traceparent;  /* W3C; what is not well-formed is as NULL */
} inspyr_request;
INSPYR_SIZED(inspyr_request)

/* A picture in a file, or in memory; both are copied. Waits for nothing but memory; what the cache has is there
 * when it returns, and *out is set before any callback runs. The network sees the colours that the file's ICC
 * profile says, and files of results carry it, unless cutout or encode name another one; INSPYR_COMPAT leaves
 * profiles out. Refused with INSPYR_ERR_OVERLOAD when the queue is full or memory_budget can never do,
 * INSPYR_ERR_DEADLINE when by estimate the deadline would pass before it is done, INSPYR_ERR_NOT_READY
 * while draining, and for retry_ms with the reason of a context that failed to load; the next job after that
 * starts one more attempt and waits for it. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_submit(inspyr_job **out, inspyr_context *context,
                                                            const void *bytes, size_t size,
                                                            const inspyr_request *request, inspyr_error *error);
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_submit_view(inspyr_job **out, inspyr_context *context,
                                                                 const inspyr_view *picture,
                                                                 const inspyr_request *request,
                                                                 inspyr_error *error);

/* Until the job has ended, or timeout_ms have passed (-1: for ever): INSPYR_ERR_TIMEOUT, and the job goes on.
 * Otherwise the job's status: INSPYR_OK, or that of its first failure. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_job_wait(inspyr_job *job, int64_t timeout_ms, inspyr_error *error);

typedef enum inspyr_job_state {
    INSPYR_JOB_QUEUED = 0,
    INSPYR_JOB_RUNNING = 1,
    INSPYR_JOB_DONE = 2,
    INSPYR_JOB_STATE_FORCE32 = 0x7fffffff
} inspyr_job_state;

typedef struct inspyr_job_status {
    size_t struct_size; /* set by inspyr_job_status_init(); the library fills at most this much */
    inspyr_job_state state;
    inspyr_status status;  /* once it is done */
    float progress;        /* 0..1, never goes back, 1 when done */
    int32_t results_ready; /* and failed */
    size_t result_count;
    double queued_s, run_s; /* seconds so far */
} inspyr_job_status;
INSPYR_SIZED(inspyr_job_status)

/* Never waits. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_job_poll(const inspyr_job *job, inspyr_job_status *out,
                                                      inspyr_error *error);

/* Result `index` of a job; INSPYR_ERR_NOT_READY if it is not there yet. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_job_result_get(const inspyr_job *job, size_t index,
                                                            inspyr_job_result *out, inspyr_error *error);

/* The job ends with INSPYR_ERR_CANCELLED soon; what other jobs wait for goes on. NULL is fine. */
INSPYR_API void inspyr_job_cancel(inspyr_job *job);

/* Cancels, and waits for a callback of it that is running on another thread. No callback comes later. */
INSPYR_API void inspyr_job_free(inspyr_job *job);

/* Submits one job for each picture, waits for all, and leaves the jobs in outs (each to be freed; NULL where
 * the picture was refused). Returns the first failure; a picture that fails stops no other. n: 1..4096; those
 * that do not fit the queue wait for earlier ones of the call. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_process(inspyr_job **outs, inspyr_context *context,
                                                             const inspyr_bytes *pictures, size_t n,
                                                             const inspyr_request *request,
                                                             inspyr_error *error);

/* Bytes that a job of a picture of this size would take at most, by estimate: pixels, results, effects, and its
 * share of the network's memory if that is known. */
INSPYR_API INSPYR_CHECK inspyr_status inspyr_context_estimate(uint64_t *bytes, const inspyr_context *context,
                                                              int32_t width, int32_t height,
                                                              const inspyr_request *request,
                                                              inspyr_error *error);

#ifdef __cplusplus
}
#endif
#endif

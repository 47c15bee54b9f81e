/* metrics_lists.h - the labels of the metrics, each list once: enums, texts and documents follow from here.
 *
 * Only metrics.h includes it. Labels are part of the library's promise: new ones are added, old ones keep their
 * meaning. Layer 4 (run). */
#ifndef INSPYR_RUN_METRICS_LISTS_H
#define INSPYR_RUN_METRICS_LISTS_H

/* X(value, label, timed, fault). timed: counts in the histograms of durations; what is refused takes no time
 * and would make every percentile look good. fault: the service's, and so part of the error share. */
#define METRICS_RESULTS(X)                                                                                     \
    X(METRICS_RESULT_OK, "ok", 1, 0)                                                                           \
    X(METRICS_RESULT_INVALID, "invalid", 0, 0)                                                                 \
    X(METRICS_RESULT_LIMIT, "limit", 0, 0)                                                                     \
    X(METRICS_RESULT_DEADLINE, "deadline", 1, 1)                                                               \
    X(METRICS_RESULT_CANCELLED, "cancelled", 1, 0)                                                             \
    X(METRICS_RESULT_OVERLOAD, "overload", 0, 1)                                                               \
    X(METRICS_RESULT_DEVICE, "device", 1, 1)                                                                   \
    X(METRICS_RESULT_INTERNAL, "internal", 1, 1)

/* All others: X(value, label). */
#define METRICS_SOURCES(X)                                                                                     \
    X(METRICS_SOURCE_COMPUTE, "compute")                                                                       \
    X(METRICS_SOURCE_L1, "l1")                                                                                 \
    X(METRICS_SOURCE_L2, "l2")                                                                                 \
    X(METRICS_SOURCE_JOINED, "joined")

#define METRICS_STAGES(X)                                                                                      \
    X(METRICS_STAGE_QUEUE, "queue")                                                                            \
    X(METRICS_STAGE_DECODE, "decode")                                                                          \
    X(METRICS_STAGE_PREPROCESS, "preprocess")                                                                  \
    X(METRICS_STAGE_INFER, "infer")                                                                            \
    X(METRICS_STAGE_POSTPROCESS, "postprocess")                                                                \
    X(METRICS_STAGE_EFFECT, "effect") /* all effects of a request together */                                  \
    X(METRICS_STAGE_ENCODE, "encode")                                                                          \
    X(METRICS_STAGE_L2_GET, "l2_get")                                                                          \
    X(METRICS_STAGE_L2_PUT, "l2_put")

#define METRICS_TIERS(X)                                                                                       \
    X(METRICS_TIER_L1, "l1")                                                                                   \
    X(METRICS_TIER_L2, "l2")

#define METRICS_POOLS(X)                                                                                       \
    X(METRICS_POOL_MASK, "mask")                                                                               \
    X(METRICS_POOL_RESULT, "result")

#define METRICS_LOOKUPS(X)                                                                                     \
    X(METRICS_LOOKUP_HIT, "hit")                                                                               \
    X(METRICS_LOOKUP_MISS, "miss")                                                                             \
    X(METRICS_LOOKUP_STALE, "stale")                                                                           \
    X(METRICS_LOOKUP_CORRUPT, "corrupt")                                                                       \
    X(METRICS_LOOKUP_TIMEOUT, "timeout")

#define METRICS_PHASES(X)                                                                                      \
    X(METRICS_PHASE_DEVICE, "device")                                                                          \
    X(METRICS_PHASE_WEIGHTS, "weights")                                                                        \
    X(METRICS_PHASE_BUILD, "build")                                                                            \
    X(METRICS_PHASE_WARMUP, "warmup")

#define METRICS_MEMORIES(X)                                                                                    \
    X(METRICS_MEMORY_USED, "used")                                                                             \
    X(METRICS_MEMORY_RESERVED, "reserved")                                                                     \
    X(METRICS_MEMORY_PEAK, "peak")                                                                             \
    X(METRICS_MEMORY_BUDGET, "budget")

#define METRICS_ERRORS(X)                                                                                      \
    X(METRICS_ERROR_MEMORY, "memory")                                                                          \
    X(METRICS_ERROR_LOST, "lost")     /* the process can do nothing more with the device */                    \
    X(METRICS_ERROR_HANG, "hang")     /* the watchdog gave up */                                               \
    X(METRICS_ERROR_ABSENT, "absent") /* never there, or somebody else's */                                    \
    X(METRICS_ERROR_OTHER, "other")

/* What was done before a pass was tried once more. */
#define METRICS_RETRIES(X)                                                                                     \
    X(METRICS_RETRY_FREED, "freed")                                                                            \
    X(METRICS_RETRY_HALVED, "halved")                                                                          \
    X(METRICS_RETRY_WAITED, "waited")                                                                          \
    X(METRICS_RETRY_CPU, "cpu")

/* inspyr_file's, and a view. */
#define METRICS_FORMATS(X)                                                                                     \
    X(METRICS_FORMAT_PNG, "png")                                                                               \
    X(METRICS_FORMAT_JPEG, "jpeg")                                                                             \
    X(METRICS_FORMAT_WEBP, "webp")                                                                             \
    X(METRICS_FORMAT_PAM, "pam")                                                                               \
    X(METRICS_FORMAT_HEIF, "heif")                                                                             \
    X(METRICS_FORMAT_PIXELS, "pixels")

#define METRICS_REASONS(X)                                                                                     \
    X(METRICS_REASON_LOAD, "load")     /* a level of lower quality, while requests waited too long */          \
    X(METRICS_REASON_DEVICE, "device") /* another device than was preferred */                                 \
    X(METRICS_REASON_MEMORY, "memory") /* less, for lack of it */                                              \
    X(METRICS_REASON_PRECISION, "precision")

#define METRICS_VALUE(value, ...) value,
typedef enum metrics_result { METRICS_RESULTS(METRICS_VALUE) METRICS_RESULT_COUNT } metrics_result;
typedef enum metrics_source { METRICS_SOURCES(METRICS_VALUE) METRICS_SOURCE_COUNT } metrics_source;
typedef enum metrics_stage { METRICS_STAGES(METRICS_VALUE) METRICS_STAGE_COUNT } metrics_stage;
typedef enum metrics_tier { METRICS_TIERS(METRICS_VALUE) METRICS_TIER_COUNT } metrics_tier;
typedef enum metrics_pool { METRICS_POOLS(METRICS_VALUE) METRICS_POOL_COUNT } metrics_pool;
typedef enum metrics_lookup { METRICS_LOOKUPS(METRICS_VALUE) METRICS_LOOKUP_COUNT } metrics_lookup;
typedef enum metrics_phase { METRICS_PHASES(METRICS_VALUE) METRICS_PHASE_COUNT } metrics_phase;
typedef enum metrics_memory { METRICS_MEMORIES(METRICS_VALUE) METRICS_MEMORY_COUNT } metrics_memory;
typedef enum metrics_error { METRICS_ERRORS(METRICS_VALUE) METRICS_ERROR_COUNT } metrics_error;
typedef enum metrics_retry { METRICS_RETRIES(METRICS_VALUE) METRICS_RETRY_COUNT } metrics_retry;
typedef enum metrics_format { METRICS_FORMATS(METRICS_VALUE) METRICS_FORMAT_COUNT } metrics_format;
typedef enum metrics_reason { METRICS_REASONS(METRICS_VALUE) METRICS_REASON_COUNT } metrics_reason;
#undef METRICS_VALUE

#endif

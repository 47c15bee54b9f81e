/* context.h - what a context is made of: a model that comes and goes, flights that wait for it, and jobs that
 * wait for flights.
 *
 * A flight is one computation: a picture's matte, and what is made of it. It belongs to nobody: any number of
 * jobs join it until it is closed, and it goes on until the last of them has left. One mutex guards all that
 * changes; it is never held while pixels are touched or a callback runs. The context's memory stays until its
 * last job has been freed. Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_CONTEXT_H
#define INSPYR_RUN_CONTEXT_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "base/log.h"
#include "run/cache/cache.h"
#include "run/context/adaptive.h"
#include "run/context/context_clock.h"
#include "run/context/forecast.h"
#include "run/context/job_product.h"
#include "run/context/life.h"
#include "run/context/request.h"
#include "run/context/source.h"
#include "run/metrics/metrics.h"
#include "run/metrics/trace.h"

#define CONTEXT_WORKERS 16
#define CONTEXT_PRIORITIES 3
#define CONTEXT_BUCKETS 256
#define CONTEXT_BATCH 64
#define CONTEXT_LEVELS 4
#define CONTEXT_MODELS (1 + CONTEXT_LEVELS)
#define CONTEXT_TEXTS (5 + CONTEXT_LEVELS)

typedef struct context_seams {
    const backend *backend;
    void *backend_user;
    context_clock clock;
} context_seams;

typedef enum job_stage {
    STAGE_QUEUE,
    STAGE_DECODE,
    STAGE_INFER,
    STAGE_COMPOSE,
    STAGE_EFFECT,
    STAGE_ENCODE,
    JOB_STAGES
} job_stage;

/* Milliseconds of the context's clock; ended 0: it was not needed. */
typedef struct stage_time {
    double began, ended, spent;
    int32_t worker; /* from 1 on; 0: none */
} stage_time;

/* A job's share in a flight: one size of network, and with the last one the effects. */
typedef struct part {
    struct part *next; /* of its flight */
    inspyr_job *job;
    struct flight *flight; /* NULL: it has left, or was never in one */
    pass_recipe recipe;
    cache_key key;  /* of the flight */
    cache_key look; /* of its cut-out, however it is encoded */
    size_t size;    /* which of the request's */
    size_t wanted;  /* results of it that are not there yet */
    float fraction; /* of the flight, when it was last heard of */
    bool late;      /* it joined a pass that had begun */
} part;

typedef struct slot {
    product *made; /* NULL: nothing came of it. Before it is delivered: what the cache had */
    cache_key key;
    const char *message; /* of a failure without a product */
    inspyr_status status;
    inspyr_origin origin;
    bool delivered;
} slot;

struct inspyr_job {
    inspyr_context *context;
    inspyr_job *next, **link; /* of those that have not ended */
    int32_t references;
    job_request request;
    part parts[REQUEST_SIZES];
    slot *slots;
    size_t count, delivered, told;
    size_t *order;                  /* numbers of the delivered ones, in the order in which they came */
    inspyr_error failure;           /* the first one */
    inspyr_error last;              /* of job_end(), for the results that were not there */
    double entered, started, ended; /* 0: not yet */
    double deadline;                /* INFINITY: none */
    uint64_t bytes;                 /* while it waits */
    uint64_t footprint;
    int32_t level;
    float progress;
    stage_time stages[JOB_STAGES];
    uint64_t batch; /* number of the pass that it went through; 0: none */
    trace_parent trace;
    bool waiting; /* counted in the queue */
    bool over, over_told, released, calling, cold;
    pthread_t caller;
    pthread_cond_t changed;
};

typedef struct flight {
    struct flight *next, *same; /* in the queue; in the table of open ones */
    cache_key key;
    pass_recipe recipe;
    source *source;
    part *parts;
    inspyr_priority priority;
    uint64_t number; /* the order of arrival */
    double entered;
    uint64_t footprint, pixels; /* estimates: memory, and pixels of the network's input */
    bool queued, running, closed, retried;
    bool whole;           /* cut out by the backend in one go */
    inspyr_bytes profile; /* that a job gave; no bytes for the file's */
    inspyr_image *alpha;  /* the matte, once it is there */
    backend_found found;
    int32_t level;
    inspyr_origin origin;           /* of the matte */
    const inspyr_job *computed_for; /* the first to get a result; may be gone */
    stage_time decode, infer;
    uint64_t batch; /* number of its pass */
    inspyr_error failure;
} flight;

/* Number of the part that result i comes from, and behind the last result of a part: the last part has the
 * effects. */
static inline size_t job_part(const inspyr_job *job, size_t i)
{
    const size_t last = job->request.size_count - 1;

    return i < last ? i : last;
}

static inline size_t part_end(const inspyr_job *job, const part *p)
{
    return p->size + 1 == job->request.size_count ? job->count : p->size + 1;
}

struct inspyr_context {
    inspyr_allocator allocator;
    inspyr_context_options options; /* as given, with defaults filled in; texts are the context's own */
    inspyr_load_options load;
    inspyr_allocator load_allocator;
    inspyr_level levels[CONTEXT_LEVELS];
    char *texts[CONTEXT_TEXTS];
    const backend *backend;
    void *backend_user;
    context_clock clock;
    pid_t process;
    log_hook log;
    atomic_int state; /* life_state(), for those that must not wait */

    pthread_mutex_t mutex; /* guards all that follows */
    pthread_cond_t changed;
    int32_t references; /* one of the owner, and one of each job */
    life life;
    bool closing, stop_loading;
    bool warming; /* somebody runs a warm-up, for all who want one */
    int32_t warmups;
    inspyr_error warmed; /* how the last one went */
    pthread_t loader;
    bool loader_started; /* and to be joined */
    bool answering;      /* the loader's thread is at work, if only on what a failed load leaves to be told */
    void *handles[CONTEXT_MODELS]; /* the model, and those of levels that have one of their own; NULL: none */
    int32_t users;                 /* of the handle, at this moment */
    inspyr_error reason;           /* of the last failure to load, or of a lost device */
    double load_began, load_ended, active;
    double phase_ms[INSPYR_PHASES];
    int32_t loads; /* that succeeded */
    pthread_t workers[CONTEXT_WORKERS];
    int32_t started;
    flight *queue[CONTEXT_PRIORITIES];
    flight *open[CONTEXT_BUCKETS];
    inspyr_job *jobs; /* that have not ended */
    uint64_t flights; /* ever */
    int32_t queue_items, running;
    uint64_t queue_bytes, reserved;
    double next_deadline;
    int32_t passing;      /* flights at work */
    forecast forecast;    /* of passes */
    adaptive adaptive;    /* the level of quality */
    double rest;          /* seconds of a picture outside the network; a moving average */
    double load_estimate; /* seconds, of the whole load; -1: unknown */
    uint64_t base_pixels; /* of the network's base size, once it is known */
    uint64_t pass_bytes;  /* of one picture in the pass that was seen last */
    int32_t calling;      /* callbacks at work */
    metrics *metrics;
    trace_ids ids;
    double opened;
    int64_t unix_ns;                      /* what the calendar reads when the clock reads 0 */
    uint64_t passes;                      /* ever */
    bool answered;                        /* there was a result */
    uint64_t evictions[2], rejections[2]; /* of the cache's pools, as counted so far */
    inspyr_job *dead;                     /* to be freed when the mutex is given back */
    flight *wrecks;
};

inspyr_status context_open_with(inspyr_context **out, const inspyr_context_options *options,
                                const context_seams *seams, inspyr_error *error);

/* INSPYR_ERR_ARGUMENT for NULL, INSPYR_ERR_FORKED in a child of the process that opened the context. */
inspyr_status context_usable(const inspyr_context *c, inspyr_error *error);

static inline double context_now(const inspyr_context *c)
{
    return c->clock.now(c->clock.user);
}

/* Frees models, and forgets them; the mutex need not be held. */
void models_release(const backend *b, void *handles[CONTEXT_MODELS]);

void context_lock(inspyr_context *c);

/* Frees, once nothing is locked any more, what nobody refers to: jobs, flights, and the context itself. */
void context_unlock(inspyr_context *c);

/* All below: the mutex is held. */

static inline void context_wait(inspyr_context *c, pthread_cond_t *condition, double until)
{
    c->clock.wait(c->clock.user, condition, &c->mutex, until);
}

/* Takes a step of its life. Starts a load and answers what waits where that follows; returns what else does. */
life_action context_step(inspyr_context *c, life_event event);

/* The model for a while, that of a level of quality; NULL: there is none. */
void *context_take_handle(inspyr_context *c, int32_t level);
void context_give_handle(inspyr_context *c);

#endif

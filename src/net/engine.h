/* engine.h - what runs plans.
 *
 * An engine packs weights once per model, compiles a plan (all that allocates), and replays it. The table is
 * private: number and size must match exactly. Layer 3 (net). Threads: an engine and its packed weights are
 * shared; a compiled plan is single. */
#ifndef INSPYR_NET_ENGINE_H
#define INSPYR_NET_ENGINE_H

#include "base/log.h"
#include "net/plan.h"
#include "net/tile_products.h"
#include "net/weights.h"

#define ENGINE_ABI 6

typedef struct engine_packed engine_packed;
typedef struct engine_run engine_run;
typedef struct engine_device engine_device; /* that a plug-in has opened */

/* What an engine gets from the model that uses it; outlives all that the engine makes. */
typedef struct engine_host {
    inspyr_allocator allocator;
    inspyr_pool *pool; /* NULL: the calling thread alone */
    int32_t width;     /* of the pool, for engines with threads of their own */
    log_hook log;
    inspyr_precision precision; /* that the engine has: EXACT (or AUTO, which is the same here), BF16, INT8 */
    const products_table *products; /* of the plug-in, for the engine "onednn" */
    engine_device *device;          /* of the plug-in, for the engine "torch" */
    /* weights_unit(), for engines that lie in a plug-in. */
    void (*unit)(const weights *w, const plan *p, int32_t index, float *kernel, float *bias);
} engine_host;

/* "exact" for AUTO, too. */
static inline const char *precision_name(inspyr_precision precision)
{
    static const char *const names[] = { "exact", "exact", "bf16", "fp16", "int8" };

    return names[precision];
}

/* engine_kind.compile flags */
#define ENGINE_KEEP_VALUES 1u /* every value can be read after a run; slower and larger */
#define ENGINE_PROFILE 2u     /* milliseconds per node are counted */
#define ENGINE_WATCH 4u       /* engine_io.watch may be set; of exact runs, for the calibration of int8 */
#define ENGINE_AT_MOST(level)                                                                                  \
    ((uint32_t)((level) + 1) << 8) /* plain: 0 baseline, 1 avx2, 2 avx512, 3 avx512_bf16; for tests */

/* How a convolution's inputs are rounded before an exact product, as if they were stored so. */
typedef enum engine_rounding { ROUND_NOT, ROUND_BF16, ROUND_INT8 } engine_rounding;

/* A look into convolutions, each named by its index into plan.weights. */
typedef struct engine_watch {
    /* May be NULL. Gets each number of a convolution's inputs once, some of one pixel at a time, on the threads
     * of the pool. */
    void (*see)(void *user, int32_t unit, const float *numbers, int32_t count);
    void *user;
    const engine_rounding *roundings; /* per unit; NULL: none */
    const quantised_unit *ranges;     /* of ROUND_INT8, per unit */
    const engine_packed *rounded;     /* the weights of units that are rounded */
} engine_watch;

typedef struct engine_io {
    const unsigned char *picture; /* n x h x w x RGB */
    const float *const *inputs;   /* n x h x w x c of each PLAN_OP_INPUT, in the order of recording */
    float *logits;                /* n x h x w */
    float (*extremes)[2];         /* n pairs: minimum and maximum of the logits */
    int (*go_on)(void *user, float fraction); /* may be NULL; called now and then on the calling thread:
                                                 anything but 0 ends the run with INSPYR_ERR_CANCELLED */
    void *user;
    const unsigned char *low_picture; /* the small copies, of a plan with a low PLAN_OP_PICTURE */
    const engine_watch *watch;        /* NULL: none */
} engine_io;

typedef struct engine_kind {
    uint32_t abi, size; /* ENGINE_ABI and sizeof(engine_kind) */
    uint32_t layout;    /* of exported weights: another number whenever pack() puts them elsewhere */
    const char *name;
    const char *(*instructions)(void); /* that the engine will use on this processor: "avx2" */

    /* Has it the precision on this processor? EXACT it always has. */
    bool (*has)(inspyr_precision precision);

    /* Can it run the node as it is, with its sampled inputs? Otherwise lower.c rewrites it. */
    bool (*native)(const plan *p, const plan_node *node);

    /* Does it want this convolution of what SICA's attention makes as PLAN_OP_FOLD and PLAN_OP_FOLDED_CONV? May
     * depend on channels, but not on sizes: weights are packed once for all of them. NULL: never. */
    bool (*wants_fold)(const plan *p, const plan_node *conv);

    /* Does it want this convolution marked PLAN_WINOGRAD? Depends as wants_fold does. NULL: never. */
    bool (*wants_winograd)(const plan *p, const plan_node *conv, const engine_host *host);

    inspyr_status (*pack)(engine_packed **out, const engine_host *host, const plan *p, const weights *w,
                          inspyr_error *error);
    size_t (*packed_bytes)(const engine_packed *packed);
    /* Packed weights as one block of bytes that live as long as they do, and back: the bytes are those of a
     * save() for a plan with the same weights, aligned to 64, and borrowed until unpack(). false: they are not,
     * or there is no memory. Both NULL: the engine's weights lie where a file cannot be mapped. */
    const void *(*save)(const engine_packed *packed, size_t *size);
    bool (*restore)(engine_packed **out, const engine_host *host, const plan *p, const void *bytes,
                    size_t size);
    void (*unpack)(engine_packed *packed);

    /* p: lowered; must outlive the run. */
    inspyr_status (*compile)(engine_run **out, const engine_host *host, const engine_packed *packed,
                             const plan *p, uint32_t flags, inspyr_error *error);
    inspyr_status (*run)(engine_run *run, const engine_io *io, inspyr_error *error);
    size_t (*run_bytes)(const engine_run *run);
    void (*destroy)(engine_run *run);

    /* Only with the flag of the same name: a value as n x h x w x c floats; milliseconds of each node. */
    inspyr_status (*read_value)(const engine_run *run, plan_id value, float *out, inspyr_error *error);
    void (*profile)(const engine_run *run, double *milliseconds);
} engine_kind;

extern const engine_kind engine_plain, engine_onednn;

#endif

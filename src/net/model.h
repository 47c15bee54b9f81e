/* model.h - a loaded network, and the memory in which it runs.
 *
 * A pass is a compiled plan for one batch and size, with its input and output. Passes wait in the model between
 * calls, so that a call of a known size allocates nothing. Layer 3 (net). Threads: a model is shared, a pass
 * belongs to one call at a time. */
#ifndef INSPYR_NET_MODEL_H
#define INSPYR_NET_MODEL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "net/engine.h"
#include "net/network.h"
#include "net/packed.h"
#include "net/torch_table.h"

/* Pictures of one pass. */
#define MODEL_BATCH_MAX 64

/* Idle passes kept, in number and, but for the one used last, in bytes; what waited longest is freed first. */
#define MODEL_PASSES_IDLE 8
#define MODEL_IDLE_BYTES ((size_t)512 << 20)

typedef struct model_pass {
    struct model_pass *next;
    inspyr_model *model; /* whose it is */
    int32_t n, w, h;
    bool blended;
    int32_t out_w, out_h; /* of the logits: beyond w and h where those are no multiples of 8 */
    plan *p;
    engine_run *run;
    unsigned char *picture; /* n x h x w x RGB */
    unsigned char *low;     /* blended: the same in base size */
    float *logits;          /* n x out_h x out_w */
    float (*extremes)[2];
    size_t bytes;
} model_pass;

typedef struct model_texts {
    char *name, *version, *licence, *note, *build;
} model_texts;

/* The model on the CPU, loaded once a GPU that was only preferred does not do. */
typedef struct model_spare_part {
    bool allowed;
    char *source; /* NULL: the built-in one */
    inspyr_load_options options;
    pthread_mutex_t mutex; /* held while it is loaded */
    _Atomic(inspyr_model *) model;
} model_spare_part;

struct inspyr_model {
    engine_host host;
    const engine_kind *engine;
    const torch_table *torch; /* NULL: another engine; otherwise host.device is its, and this model's */
    network_config config;
    engine_packed *packed;
    model_texts texts;
    const char *container;
    unsigned char digest[WEIGHTS_DIGEST]; /* of the weights, whatever they are called: weights_digest() */
    packed_entry entry;                   /* where the packed weights lie, if they came from a cache */
    inspyr_cache_use cache;
    double read_ms, pack_ms, load_ms;
    uint64_t parameters;
    pid_t process;
    inspyr_state state; /* once loaded: ready or degraded */
    atomic_int warming; /* warm-ups at work */
    pthread_mutex_t mutex;
    model_pass *idle;  /* the one used last first */
    size_t pass_bytes; /* of all passes, idle and in use */
    size_t pass_limit; /* of pass_bytes; 0: none */
    model_spare_part spare;
    int32_t kept; /* idle passes that stay, whatever their size: as many as a warm-up asked for */
};

/* INSPYR_ERR_ARGUMENT for NULL, INSPYR_ERR_FORKED in a child of the process that loaded the model. */
inspyr_status model_usable(const inspyr_model *m, inspyr_error *error);

/* Network size of a pass. */
typedef struct pass_size {
    int32_t width, height; /* 0: the base size */
    bool blended;          /* with a pass over the same pictures in base size */
} pass_size;

/* A pass for n pictures; waits for nobody. */
inspyr_status model_pass_take(model_pass **out, inspyr_model *m, int32_t n, pass_size size,
                              inspyr_error *error);

/* Accepts NULL. */
void model_pass_give(model_pass *pass);

/* From now on so many idle passes stay, however large. */
void model_pass_keep(inspyr_model *m, int32_t count);

/* Frees all idle passes, and what a device keeps of their memory. */
void model_pass_drop_idle(inspyr_model *m);

/* Notes what it takes to load the model for the CPU; false: out of memory. NULL where the GPU is required,
 * where there is none, or where loading fails; loads the model at the first call, which others wait for. */
bool model_spare_prepare(inspyr_model *m, const char *source, const inspyr_load_options *o);
inspyr_model *model_spare(inspyr_model *m);
void model_spare_free(inspyr_model *m);

#endif

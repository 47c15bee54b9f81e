/* quantise.h - the parts of inspyr_quantise(): the network on the calibration's pictures, watched and rounded.
 *
 * Layer 4 (run). Threads: single; runs spread over the pool. */
#ifndef INSPYR_RUN_QUANTISE_H
#define INSPYR_RUN_QUANTISE_H

#include "net/model.h"
#include "net/model_convert.h"
#include "net/quantised.h"
#include "run/pipeline.h"

typedef struct quantise_error {
    double alpha, mask, iou; /* as in inspyr_quantise_report */
} quantise_error;

/* One call. Arrays named "per unit" are as long as p->weights. */
typedef struct quantise_job {
    const inspyr_quantise_options *options;
    inspyr_convert_options describe;
    inspyr_allocator allocator;
    log_hook log;
    call_progress progress;
    double bound, iou_bound;

    inspyr_model *model; /* exact */
    convert_source source;
    plan *p;        /* of the source, for its weights */
    bool *possible; /* per unit: can it be int8? */

    size_t pictures, pixels; /* pixels of one, at base size; of its logits */
    size_t logits;
    unsigned char *input; /* RGB of all pictures */
    float *exact, *alpha; /* alpha of all pictures; of the one at work */
    double *errors;       /* of each picture, as measured last */
    bool *worst;          /* pictures that errors of single units are measured on */

    quantised_unit *ranges;     /* per unit, of the inputs */
    engine_rounding *roundings; /* per unit, in a run that is rounded */
    convert_form *forms;        /* per tensor of the source */

    plan *lowered;
    engine_run *run;        /* with ENGINE_WATCH */
    engine_packed *rounded; /* weights that were int8 in a file, all that can be */
} quantise_job;

/* quantise_pictures.c: reads the pictures into `input`. */
inspyr_status quantise_read(quantise_job *job, const char *const *paths, inspyr_error *error);

/* quantise_ranges.c: sets `exact` and the ranges of all units that can be int8. */
inspyr_status quantise_calibrate(quantise_job *job, inspyr_error *error);

/* quantise_run.c: compiles `run`; pool: NULL for one thread, which sees rows in order. */
inspyr_status quantise_compile(quantise_job *job, inspyr_pool *pool, inspyr_error *error);

/* The alpha of a picture in a watched run. */
inspyr_status quantise_alpha(quantise_job *job, size_t picture, const engine_watch *watch, float *alpha,
                             inspyr_error *error);

/* How far the mattes are from the exact ones when units are rounded as `roundings` and `ranges` say, with
 * weights of `rounded`. which: pictures that count; NULL: all. */
inspyr_status quantise_measure(quantise_job *job, const engine_packed *rounded, const bool *which,
                               quantise_error *out, inspyr_error *error);

/* quantise_gate.c: packs `rounded`, in which all that can be int8 is: what rounded units take their weights
 * from during the search. */
inspyr_status quantise_pack(quantise_job *job, inspyr_error *error);

/* The file of `roundings` and `ranges`, read again: what it says is measured, on all pictures. Sets `forms`,
 * and both arrays to what the file has. */
inspyr_status quantise_measure_file(quantise_job *job, quantise_error *e, inspyr_error *error);

/* Are both errors within a share of their bounds? */
bool quantise_within(const quantise_job *job, const quantise_error *e, double share);

/* quantise_search.c: sets units to be bf16, or takes their ranges away, those that err most, until the file is
 * within the bounds, or the next would make it too large. *first: alpha's error with none of that; *last: those
 * of the file. */
inspyr_status quantise_search(quantise_job *job, double *first, quantise_error *last, inspyr_error *error);

/* quantise_groups.c: parts of the network whose convolutions are alike, by the names of their weights. Returns
 * how many there are, and sets the group of each unit (-1: cannot be int8). */
int32_t quantise_groups(const quantise_job *job, int32_t *groups);

/* The name of a unit's group; PLAN_NAME bytes. */
void quantise_group_name(char out[PLAN_NAME], const plan_weights *unit);

/* quantise_forms.c: sets `forms` by `roundings` and `ranges`; the bytes of the file, nearly, and those of its
 * weights in float32. */
#define QUANTISE_SHARE 0.3 /* of the bytes of float32 that a file may have */
void quantise_forms(quantise_job *job, uint64_t *bytes, uint64_t *float32_bytes);

/* The whole file in memory. */
inspyr_status quantise_bytes(quantise_job *job, text *out, inspyr_error *error);

/* The metadata's entry. */
#define QUANTISE_ENTRY 192
void quantise_entry(char out[QUANTISE_ENTRY], const quantise_job *job, const quantise_error *e);

#endif

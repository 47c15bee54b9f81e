/* random_plans.h - small plans that between them use every operation in every way the contract allows.
 *
 * A plan depends on kind and seed; the batch changes nothing else, and neither its weights. Each ends in one
 * output that every value takes part in. Threads: single. */
#ifndef INSPYR_TESTS_RANDOM_PLANS_H
#define INSPYR_TESTS_RANDOM_PLANS_H

#include "net/plan.h"

typedef enum random_kind {
    RANDOM_CONV,
    RANDOM_AXIAL,
    RANDOM_SICA,
    RANDOM_PYRAMID,
    RANDOM_POINTS,
    RANDOM_RAW_AXIAL,
    RANDOM_TOKENS,
    RANDOM_GRIDS,
    RANDOM_COMMON,                  /* what follows, no network needs */
    RANDOM_GROUPED = RANDOM_COMMON, /* groups of several channels, or with a residual */
    RANDOM_KINDS
} random_kind;

const char *random_name(random_kind kind);

plan *random_plan(random_kind kind, uint64_t seed, int32_t n);

typedef struct random_data {
    unsigned char *picture; /* of `pictures` pictures; NULL: the plan has none */
    float **inputs;         /* as engine_io wants them */
    int32_t count;
} random_data;

/* Sample k of a batch begins with the same numbers as sample 0 of first = k with n = 1. */
random_data random_data_for(const plan *p, uint64_t seed, int32_t first);
void random_data_free(random_data *d);

#endif

/* random_maker.h - what random_plans.c and random_official.c make plans with. Nobody else includes it.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_RANDOM_MAKER_H
#define INSPYR_TESTS_RANDOM_MAKER_H

#include "support/chance.h"
#include "support/random_plans.h"

typedef struct maker {
    plan *p;
    chance c;
    int32_t n;
    int names;
    bool large; /* enough work for several threads; then with fewer channels, for the oracle's sake */
} maker;

int32_t random_channels(maker *m);
int32_t random_side(maker *m);
plan_sampling random_sampling(maker *m);
plan_part random_part(maker *m, int32_t count);

/* Name of an input of which one number in sixty is not zero: saliency that varies in places. */
extern const char random_sparse[];

/* Numbers from outside. */
plan_id random_numbers(maker *m, int32_t h, int32_t w, int32_t c);

/* A value of the plan, or a slice of it, fit for any grid. */
plan_input random_input(maker *m, plan_id value);

/* Blocks of a Swin network, and the merging after them. */
void random_tokens(maker *m);

/* Pooling, sums, products, transitions, resizes, patches of a picture. */
void random_grids(maker *m);

#endif

/* scenes.h - a random plan with weights and inputs, and engines that run it.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_SCENES_H
#define INSPYR_TESTS_SCENES_H

#include "base/sanitized.h"
#include "support/fixture.h"
#include "support/parity.h"
#include "support/random_plans.h"

#define SCENE_SEEDS (SANITIZED ? 10 : 40) /* a sanitizer makes each ten times as slow */
#define SCENE_POOLS 4

typedef struct scene {
    plan *p, *lowered;
    fixture weights;
    random_data data;
} scene;

extern inspyr_pool *scene_pools[SCENE_POOLS]; /* widths 1, 2, 3, 4, between the two calls below */
int scene_open_pools(void **state);
int scene_close_pools(void **state);

/* n: of the batch; first: as random_data_for() has it. Lowered for the engine; the other one: for the plain
 * one. */
scene scene_make_for(const engine_kind *engine, random_kind kind, uint64_t seed, int32_t n, int32_t first);
scene scene_make(random_kind kind, uint64_t seed, int32_t n, int32_t first);
void scene_discard(scene *s);

/* Opens a run of the plan and submits it once. */
void scene_begin(parity_run *r, const engine_kind *engine, const plan *p, const scene *s, inspyr_pool *pool,
                 uint32_t flags);

size_t scene_logits(const parity_run *r);
void scene_same_output(const parity_run *a, const parity_run *b);

/* A plan of the engine at every node against the oracle, with a batch of one to three. */
void scene_agrees(const engine_kind *engine, inspyr_precision precision, random_kind kind, uint64_t seed,
                  double bound);

/* The same, but each node is given what the engine itself made of the nodes before it: the error of one node,
 * however much later ones amplify it. */
void scene_agrees_by_node(const engine_kind *engine, inspyr_precision precision, random_kind kind,
                          uint64_t seed, double bound);

/* Keeping values, and running once more, change no bit of what a plan hands out. */
void scene_same_again(const engine_kind *engine, random_kind kind, uint64_t seed);

/* Calls check() for every plan of the kinds first <= kind < end. */
void scene_every_plan(void (*check)(random_kind kind, uint64_t seed), random_kind first, random_kind end);

#endif

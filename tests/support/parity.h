/* parity.h - running engines on plans, and comparing what they make. Every failure fails the test.
 *
 * Two arrays agree if no number differs by more than `bound` times the largest expected absolute value, which
 * is what rounding scales with; a number that is not finite never agrees. Threads: single. */
#ifndef INSPYR_TESTS_PARITY_H
#define INSPYR_TESTS_PARITY_H

#include "net/engine.h"

typedef struct parity_run {
    const engine_kind *engine;
    const plan *p;
    engine_host host;
    engine_packed *packed;
    engine_run *run;
    float *logits; /* of the last run, n x h x w; NULL where the plan has no output */
    float (*extremes)[2];
} parity_run;

/* What the engine "onednn" multiplies with from now on. */
void parity_products(const products_table *table);

/* What engines of the plug-in "torch" run on from now on. */
void parity_device(engine_device *device);

/* The plan as that engine, with the products if they are its, wants it. */
plan *parity_lower(const plan *p, const engine_kind *engine, inspyr_precision precision);

/* p: lowered for the engine, and outlives the run. */
void parity_open(parity_run *r, const engine_kind *engine, const plan *p, const weights *w, inspyr_pool *pool,
                 uint32_t flags);
void parity_open_in(parity_run *r, const engine_kind *engine, inspyr_precision precision, const plan *p,
                    const weights *w, inspyr_pool *pool, uint32_t flags);
void parity_close(parity_run *r);

/* inputs: of every PLAN_OP_INPUT, in the order of recording; picture: for the plans that begin with one. */
void parity_submit(parity_run *r, const unsigned char *picture, const float *const *inputs);

/* A value in memory that free() gives back. */
float *parity_value(const parity_run *r, plan_id value);
size_t parity_count(const plan *p, plan_id value);

/* What is being compared, for the messages of failures to come: "plan 7 on avx2". */
void parity_subject(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "node 12 conv decoder.conv1 -> d3" */
typedef struct parity_text {
    char text[160];
} parity_text;
parity_text parity_describe(const plan *p, plan_id value);

/* Largest difference over the largest expected absolute value; HUGE_VAL where one is not finite. */
double parity_difference(const float *got, const float *want, size_t count);
void parity_agree(const char *what, const float *got, const float *want, size_t count, double bound);

void parity_equal(const char *what, const float *got, const float *want, size_t count);

/* Every value of two runs of one plan, in the order of the nodes, so that the first mistake is the one told;
 * and what they hand out. */
void parity_agree_everywhere(const parity_run *got, const parity_run *want, double bound);

#endif

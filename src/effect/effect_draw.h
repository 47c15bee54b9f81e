/* effect_draw.h - several effects at once: rounds in which each of them does one step, all pieces of a round
 * spread over the pool.
 *
 * Layer 3 (effect). Threads: single; the pieces run on any. */
#ifndef INSPYR_EFFECT_EFFECT_DRAW_H
#define INSPYR_EFFECT_EFFECT_DRAW_H

#include <stdbool.h>

#include "inspyr.h"
#include "kernels/effect_job.h"

#define DRAWINGS_MAX 64

typedef struct effect_drawing {
    const effect_steps *steps; /* NULL: this one has failed */
    effect_job job;
    bool pack;          /* dst becomes RGB8 in a step of its own, rows as far apart as before */
    int32_t begin, end; /* rounds: of its first step, after its last. Set by drawings_plan() */
} effect_drawing;

/* Effects of one step wait for the first round in which another has but one piece, so that all threads work.
 * Returns the number of rounds. */
int32_t drawings_plan(effect_drawing *drawings, size_t n);

/* lane_bytes: from one lane's scratch to the next. False: more pieces than a number can count. */
bool drawings_round(const effect_drawing *drawings, size_t n, int32_t round, inspyr_pool *pool,
                    unsigned char *scratch, size_t lane_bytes);

#endif

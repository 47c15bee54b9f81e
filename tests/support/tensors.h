/* tensors.h - a safetensors file in memory, with random weights for all that a plan names.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_TENSORS_H
#define INSPYR_TESTS_TENSORS_H

#include "support/fixture.h"

/* Weights are scaled by their fan-in so that activations stay near 1; scalars lie in 0.35 .. 0.65. Closed by
 * fixture_close(). */
void tensors_for_plan(fixture *f, const plan *p, uint64_t seed);

#endif

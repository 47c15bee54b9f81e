/* sigmoid.h - logits to probabilities.
 *
 * Layer 3 (matte). Threads: any. */
#ifndef INSPYR_MATTE_SIGMOID_H
#define INSPYR_MATTE_SIGMOID_H

#include <stddef.h>

/* probabilities[i] = 1 / (1 + exp(-logits[i])), within 4 units in the last place. Logits are limited to
 * -87..87 first, where the result is 1.6e-38 or 1; a logit that is not a number counts as -87. */
void sigmoid_row(float *probabilities, const float *logits, size_t n);

#endif

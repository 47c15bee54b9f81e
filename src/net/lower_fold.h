/* lower_fold.h - the attention of SICA and the convolution behind it, in fewer multiplications.
 *
 * What the attention blends for every pixel are three or five vectors. Blending and convolving are both linear,
 * so the convolution may meet the vectors first, once per picture, and then has their shares as inputs. Exact
 * at the border, too: outside the picture the shares are zeros, as the blend was. Layer 3 (net). Threads: any.
 */
#ifndef INSPYR_NET_LOWER_FOLD_H
#define INSPYR_NET_LOWER_FOLD_H

#include "net/engine.h"

/* The attention whose result this node alone reads, if the engine wants the two rewritten; otherwise NULL. */
const plan_node *lower_folded(const plan *p, const plan_node *conv, const engine_kind *engine);

/* The same question, asked of the attention. */
bool lower_is_folded(const plan *p, const plan_node *attend, const engine_kind *engine);

/* Adds to the new plan p what takes the place of the attention: its node without values. Here and below, inputs
 * are values of p already, and -1 is a mistake. */
plan_id lower_shares(plan *p, const plan_node *attend, const plan_value *out);

/* Adds what takes the place of the convolution. whole: its weights; out: its value. */
plan_id lower_fold(plan *p, const plan_node *conv, plan_input values, const plan_weights *whole,
                   const plan_value *out);

#endif

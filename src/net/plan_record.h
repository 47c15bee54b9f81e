/* plan_record.h - how plan.c, plan_nodes.c and lower.c add to a plan. Nobody else includes it.
 *
 * Layer 3 (net). Threads: single. */
#ifndef INSPYR_NET_PLAN_RECORD_H
#define INSPYR_NET_PLAN_RECORD_H

#include "net/plan.h"

/* Notes the first mistake. Returns false. */
bool plan_mistake(plan *p, inspyr_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Appends a node and the value that it makes; returns the value, or -1. */
plan_id plan_add_node(plan *p, const plan_node *node, plan_value value);

/* Appends weights; returns their index, or -1. */
int32_t plan_add_weights(plan *p, const plan_weights *w);

/* Enters an input into a slot: resolves "all channels", and checks slice and size against the node's grid. */
bool plan_enter(plan *p, const plan_node *node, plan_input *slot, plan_input in);

/* The same into the node's next free slot. */
bool plan_enter_next(plan *p, plan_node *node, plan_input in);

/* A node without inputs, on the grid of a value (-1: none). */
plan_node plan_new_node(const plan *p, plan_op op, plan_id grid);

/* Appends a node whose result has the node's grid, the batch of its first input, and so many channels. */
plan_id plan_add_same(plan *p, const plan_node *node, int32_t channels, const char *name);

/* Batch of the first input; 0 without one. */
int32_t plan_batch(const plan *p, const plan_node *node);

/* One or two scalars as the node's weights. */
bool plan_add_scalars(plan *p, plan_node *node, const plan_part *first, const plan_part *second);

#endif

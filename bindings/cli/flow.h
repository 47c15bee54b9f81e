/* flow.h - three steps for each of many pictures: while one is in the network, the next is decoded and the last
 * one is written.
 *
 * Each step sees the pictures in order and one at a time, so results come out in order. At most FLOW_DEPTH
 * pictures are under way. */
#ifndef INSPYR_CLI_FLOW_H
#define INSPYR_CLI_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#define FLOW_STEPS 3
#define FLOW_DEPTH 4 /* one in each step, and one that waits */

typedef void flow_step(void *user, size_t picture);

/* Returns when all is done. The middle step runs on the calling thread, the others on threads of their own; all
 * on the calling thread if `together` or if no thread can be started. */
void flow_run(size_t count, flow_step *const steps[FLOW_STEPS], void *user, bool together);

#endif

/* recorded.h - a registry of metrics for the devices "cpu" and "cuda:0", and what it says.
 *
 * Threads: single. */
#ifndef INSPYR_TESTS_RECORDED_H
#define INSPYR_TESTS_RECORDED_H

#include "run/metrics/metrics_cells.h"

/* allocator: NULL for the C library's. A second of a busy device costs 0.25. */
metrics *recorded_create(const inspyr_allocator *allocator);

inspyr_metrics recorded(const metrics *m);

/* Terminated; free(). */
char *recorded_text(const metrics *m);

/* Is it a whole line of the text? */
bool recorded_line(const metrics *m, const char *line);

#endif

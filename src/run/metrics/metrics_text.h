/* metrics_text.h - the two halves of metrics_text(). Only files whose names begin with metrics_text include it.
 * Layer 4 (run). */
#ifndef INSPYR_RUN_METRICS_TEXT_H
#define INSPYR_RUN_METRICS_TEXT_H

#include "run/metrics/metrics_cells.h"
#include "run/metrics/openmetrics.h"

#define METRICS_LABEL(value, label) [value] = label,
#define METRICS_LABELS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* metrics_text_times.c: all histograms. */
void metrics_text_times(text *t, const metrics *m);

#endif

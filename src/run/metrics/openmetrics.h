/* openmetrics.h - the grammar of OpenMetrics 1.0: families of samples, their labels and numbers.
 *
 * No number depends on the process's locale. labels: name, value, name, value, ..., NULL. Values are escaped
 * here. Layer 4 (run). Threads: single. */
#ifndef INSPYR_RUN_OPENMETRICS_H
#define INSPYR_RUN_OPENMETRICS_H

#include "net/text_out.h"

/* What comes before the samples. unit: "" for none; otherwise the name ends with it. */
void openmetrics_family(text *t, const char *name, const char *type, const char *unit, const char *help);

/* One sample. suffix: "_total" for a counter, "" for a gauge. value: 0 to 2^63, with twelve decimals. */
void openmetrics_count(text *t, const char *name, const char *suffix, const char *const *labels,
                       uint64_t value);
void openmetrics_number(text *t, const char *name, const char *suffix, const char *const *labels, double value);
void openmetrics_seconds(text *t, const char *name, const char *suffix, const char *const *labels, uint64_t ns);

/* The parts of one: "name_suffix{labels} ", and "3.000000001". */
void openmetrics_series(text *t, const char *name, const char *suffix, const char *const *labels);
void openmetrics_ns(text *t, uint64_t ns);

/* What comes behind the last sample. */
void openmetrics_end(text *t);

#endif

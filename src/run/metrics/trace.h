/* trace.h - which trace a request belongs to: the header "traceparent" of the W3C, and ids made here.
 *
 * Layer 4 (run). Threads: any; ids: shared. */
#ifndef INSPYR_RUN_TRACE_H
#define INSPYR_RUN_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "inspyr_metrics.h"

#define TRACE_ID 33 /* bytes of 32 hexadecimal digits with the NUL */
#define TRACE_SPAN 17

typedef struct trace_parent {
    char trace_id[TRACE_ID], span_id[TRACE_SPAN]; /* span_id: the caller's, which is the parent */
    bool sampled;
} trace_parent;

/* False, and cleared, unless the text is "00-" and 32, 16 and 2 lower-case digits, no id of them zero. NULL is
 * fine. */
bool trace_parse(trace_parent *out, const char *text);

typedef struct trace_ids {
    _Atomic uint64_t next;
} trace_ids;

/* seed: anything that differs between processes, as the time. No id is zero, and none comes twice. */
void trace_ids_begin(trace_ids *ids, uint64_t seed);
void trace_new(char trace_id[TRACE_ID], trace_ids *ids);
void trace_new_span(char span_id[TRACE_SPAN], trace_ids *ids);

#endif

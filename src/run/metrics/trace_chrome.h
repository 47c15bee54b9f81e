/* trace_chrome.h - spans in a ring, and their text in the Trace Event Format.
 *
 * Layer 4 (run). Threads: shared. */
#ifndef INSPYR_RUN_TRACE_CHROME_H
#define INSPYR_RUN_TRACE_CHROME_H

#include "net/text_out.h"
#include "run/metrics/trace.h"

#define TRACE_NAME 32
#define TRACE_ATTRIBUTES 192

/* A span of a caller, copied. Every text in it is UTF-8 that JSON can hold. */
typedef struct trace_record {
    int64_t start_ns, end_ns, start_unix_ns;
    uint64_t batch;
    bool is_batch;
    unsigned char attributes; /* pairs of them */
    char name[TRACE_NAME], thread[TRACE_NAME];
    char trace_id[TRACE_ID], span_id[TRACE_SPAN], parent_id[TRACE_SPAN];
    char texts[TRACE_ATTRIBUTES]; /* each with its NUL, one behind the other */
} trace_record;

/* trace_chrome_json.c: the text of `count` records; dropped: how many came before them. */
inspyr_status trace_chrome_write(text *out, const trace_record *records, size_t count, uint64_t dropped,
                                 inspyr_error *error);

#endif

/* trace_values.c - the Chrome trace of a made-up service, for check_trace.py: three workers, each of which
 * decodes and infers for requests that go through batches of up to three. Standard output: the JSON. */
#include <stdio.h>

#include "inspyr_metrics.h"

#define REQUESTS 10
#define BATCH 3
#define MS 1000000

static void tell(inspyr_trace *trace, const char *name, const char *thread, int request, int batch,
                 int start_ms, int end_ms)
{
    char trace_id[33], span_id[17];
    const char *const attributes[] = { "device", "cpu", "effect", "a \"b\" \\ \xc3\xa4" };
    inspyr_span span = { .struct_size = sizeof span,
                         .flags = request ? 0 : INSPYR_SPAN_BATCH,
                         .name = name,
                         .thread = thread,
                         .trace_id = trace_id,
                         .span_id = span_id,
                         .parent_id = "",
                         .attributes = attributes,
                         .attribute_count = 2,
                         .batch = (uint64_t)batch,
                         .start_ns = (int64_t)start_ms * MS + 1,
                         .end_ns = (int64_t)end_ms * MS + 1 };

    snprintf(trace_id, sizeof trace_id, "%032x", (unsigned)(request ? request : 1000 + batch));
    snprintf(span_id, sizeof span_id, "%016x", (unsigned)(request * 100 + start_ms));
    inspyr_trace_span(trace, &span);
}

int main(void)
{
    inspyr_trace *trace;
    inspyr_bytes json;

    if (inspyr_trace_create(&trace, NULL, NULL))
        return 1;
    for (int i = 0; i < REQUESTS; i++) {
        static const char *const workers[] = { "worker 1", "worker 2", "worker 3" };
        int batch = 1 + i / BATCH, start = 100 * (batch - 1);

        tell(trace, "decode", workers[i % BATCH], i + 1, 0, start, start + 10);
        tell(trace, "infer", "", i + 1, batch, start + 10 + 8 * (i % BATCH),
             start + 60); /* the last one joins late */
        tell(trace, "request", "", i + 1, 0, start - i % BATCH, start + 90);
        if (i % BATCH == BATCH - 1 || i == REQUESTS - 1)
            tell(trace, "batch", "batcher", 0, batch, start + 20, start + 50);
    }
    tell(trace, "infer", "", 99, 77, 1, 2); /* whose batch is not in the ring */
    if (inspyr_trace_json(&json, trace, NULL))
        return 1;
    fwrite(json.data, 1, json.size, stdout);
    inspyr_bytes_free(&json);
    inspyr_trace_free(trace);
    return 0;
}

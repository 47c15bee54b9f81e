/* bench_metrics.c - what counting costs: nanoseconds of a recorded request with its stages, on one thread and
 * on as many as there are stripes; microseconds of the struct and of the text; nanoseconds of a span into a
 * ring. */
#include <pthread.h>
#include <stdio.h>

#include "base/clock.h"
#include "bench.h"
#include "run/metrics/metrics.h"

#define REQUESTS 200000
#define READS 200
#define THREADS 8
#define REPEAT 7

static void *record(void *user)
{
    metrics *m = user;

    for (int i = 0; i < REQUESTS; i++) {
        for (int stage = METRICS_STAGE_QUEUE; stage <= METRICS_STAGE_ENCODE; stage++)
            metrics_stage_done(m, (metrics_stage)stage, 0, 1000000 * (1 + i % 1000));
        metrics_request(m, &(metrics_request_done){ .ns = 1000000 * (1 + i % 1000),
                                                    .end_unix_ns = 1,
                                                    .trace_id = "0123456789abcdef0123456789abcdef",
                                                    .client = "phone",
                                                    .effects = "classic" });
    }
    return NULL;
}

/* Nanoseconds of a request, in each of so many threads at once. */
static double record_on(metrics *m, int threads)
{
    double times[REPEAT];
    pthread_t others[THREADS];

    for (int r = 0; r < REPEAT; r++) {
        double start = clock_ms();

        for (int i = 1; i < threads; i++)
            if (pthread_create(&others[i], NULL, record, m))
                exit(1);
        record(m);
        for (int i = 1; i < threads; i++)
            pthread_join(others[i], NULL);
        times[r] = (clock_ms() - start) * 1e6 / REQUESTS;
    }
    return median(times, REPEAT);
}

static void read_text(metrics *m)
{
    inspyr_error error;
    inspyr_metrics s;
    inspyr_bytes text = { NULL, 0, NULL, NULL };
    double start = clock_ms(), between;

    inspyr_metrics_init(&s);
    for (int i = 0; i < READS; i++)
        must(metrics_snapshot(m, &s, &error), &error);
    between = clock_ms();
    for (int i = 0; i < READS; i++) {
        inspyr_bytes_free(&text);
        must(metrics_text(&text, m, &error), &error);
    }
    printf("struct %.0f us, text %.0f us for %zu bytes\n", (between - start) * 1e3 / READS,
           (clock_ms() - between) * 1e3 / READS, text.size);
    inspyr_bytes_free(&text);
}

static void trace(void)
{
    static const char *const attributes[] = { "device", "cpu" };
    const inspyr_span span = { .struct_size = sizeof span,
                               .name = "infer",
                               .thread = "worker 1",
                               .trace_id = "0123456789abcdef0123456789abcdef",
                               .span_id = "0123456789abcdef",
                               .parent_id = "0123456789abcdef",
                               .attributes = attributes,
                               .attribute_count = 1,
                               .end_ns = 1000 };
    inspyr_error error;
    inspyr_trace *ring;
    inspyr_bytes json;
    double start, between;

    must(inspyr_trace_create(&ring, NULL, &error), &error);
    start = clock_ms();
    for (int i = 0; i < REQUESTS; i++)
        inspyr_trace_span(ring, &span);
    between = clock_ms();
    must(inspyr_trace_json(&json, ring, &error), &error);
    printf("span %.0f ns, JSON of a full ring %.0f ms for %.1f MB\n", (between - start) * 1e6 / REQUESTS,
           clock_ms() - between, (double)json.size * 1e-6);
    inspyr_bytes_free(&json);
    inspyr_trace_free(ring);
}

int main(void)
{
    static const char *const devices[] = { "cpu", "cuda:0" };
    inspyr_error error;
    metrics *m;

    must(metrics_create(&m, &(metrics_options){ .devices = devices, .device_count = 2 }, &error), &error);
    printf("request with 7 stages: %.0f ns", record_on(m, 1));
    printf(", on %d threads at once %.0f ns\n", THREADS, record_on(m, THREADS));
    read_text(m);
    metrics_free(m);
    trace();
    return 0;
}

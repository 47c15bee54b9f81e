/* metrics_values.c - records what it is told, for compare_text.py, and writes the text of the registry.
 *
 * Standard input: one call a line, its numbers separated by blanks and "-" for no text:
 *     request RESULT SOURCE COLD NS END TRACE CLIENT EFFECTS
 *     stage STAGE DEVICE NS         effect EFFECT NS              batch DEVICE PICTURES NS    busy DEVICE NS
 *     saved NS                      cache TIER POOL LOOKUP        evict POOL N                reject POOL N
 *     error DEVICE KIND             retry DEVICE KIND             degraded REASON             input FORMAT
 * PIXELS BYTES queue ITEMS BYTES INFLIGHT    size TIER POOL BYTES ENTRIES LIMIT                        state
 * STATE load PHASE NS                 first NS                      memory DEVICE KIND BYTES    model NAME A
 * line of percentiles goes to the standard error: all, cold, warm, cache and infer, four of each. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/metrics/metrics.h"

#define WORD 64
#define ARGUMENTS 8

typedef struct call {
    char words[ARGUMENTS + 1][WORD]; /* the first one says what to do */
    int64_t n[ARGUMENTS];            /* those behind it, as numbers */
} call;

static const char *word(const call *c, int i)
{
    return strcmp(c->words[i], "-") ? c->words[i] : NULL;
}

static void request(metrics *m, const call *c)
{
    metrics_request(m, &(metrics_request_done){ .result = (metrics_result)c->n[0],
                                                .source = (metrics_source)c->n[1],
                                                .cold = c->n[2] != 0,
                                                .ns = c->n[3],
                                                .end_unix_ns = c->n[4],
                                                .trace_id = word(c, 6),
                                                .client = word(c, 7),
                                                .effects = word(c, 8) });
}

static bool count(metrics *m, const call *c)
{
    const char *what = c->words[0];
    const int64_t *n = c->n;

    if (!strcmp(what, "request"))
        request(m, c);
    else if (!strcmp(what, "stage"))
        metrics_stage_done(m, (metrics_stage)n[0], (int32_t)n[1], n[2]);
    else if (!strcmp(what, "effect"))
        metrics_effect(m, (int32_t)n[0], n[1]);
    else if (!strcmp(what, "batch"))
        metrics_batch(m, (int32_t)n[0], (int32_t)n[1], n[2]);
    else if (!strcmp(what, "busy"))
        metrics_busy(m, (int32_t)n[0], n[1]);
    else if (!strcmp(what, "saved"))
        metrics_saved(m, n[0]);
    else if (!strcmp(what, "cache"))
        metrics_cache(m, (metrics_tier)n[0], (metrics_pool)n[1], (metrics_lookup)n[2]);
    else if (!strcmp(what, "evict"))
        metrics_eviction(m, (metrics_pool)n[0], (uint64_t)n[1]);
    else if (!strcmp(what, "reject"))
        metrics_rejection(m, (metrics_pool)n[0], (uint64_t)n[1]);
    else if (!strcmp(what, "error"))
        metrics_device_error(m, (int32_t)n[0], (metrics_error)n[1]);
    else if (!strcmp(what, "retry"))
        metrics_oom_retry(m, (int32_t)n[0], (metrics_retry)n[1]);
    else if (!strcmp(what, "degraded"))
        metrics_degraded(m, (metrics_reason)n[0]);
    else if (!strcmp(what, "input"))
        metrics_input(m, (metrics_format)n[0], (uint64_t)n[1], (uint64_t)n[2]);
    else
        return false;
    return true;
}

static bool say(metrics *m, const call *c)
{
    const char *what = c->words[0];
    const int64_t *n = c->n;

    if (!strcmp(what, "queue"))
        metrics_queue(m, (uint64_t)n[0], (uint64_t)n[1], (uint64_t)n[2]);
    else if (!strcmp(what, "size"))
        metrics_cache_size(m, (metrics_tier)n[0], (metrics_pool)n[1], (uint64_t)n[2], (uint64_t)n[3],
                           (uint64_t)n[4]);
    else if (!strcmp(what, "state"))
        metrics_state(m, (inspyr_state)n[0]);
    else if (!strcmp(what, "load"))
        metrics_load(m, (metrics_phase)n[0], n[1]);
    else if (!strcmp(what, "first"))
        metrics_first_result(m, n[0]);
    else if (!strcmp(what, "memory"))
        metrics_device_memory(m, (int32_t)n[0], (metrics_memory)n[1], (uint64_t)n[2]);
    else if (!strcmp(what, "model"))
        metrics_model(m, c->words[1]);
    else
        return false;
    return true;
}

static void read_call(call *c, char *line)
{
    char *rest = line, *at;

    memset(c, 0, sizeof *c);
    for (int i = 0; i <= ARGUMENTS && (at = strtok_r(rest, " \n", &rest)); i++) {
        snprintf(c->words[i], WORD, "%s", at);
        if (i)
            sscanf(at, "%" SCNd64, &c->n[i - 1]);
    }
}

static void print_percentiles(const double *seconds)
{
    for (int i = 0; i < INSPYR_PERCENTILES; i++)
        fprintf(stderr, "%.17g ", seconds[i]);
}

int main(void)
{
    static const char *const devices[] = { "cpu", "cuda:\"0\"\\\n" };
    metrics *m;
    char line[1024];
    inspyr_bytes text;
    inspyr_metrics s;
    call c;

    if (metrics_create(&m,
                       &(metrics_options){ .devices = devices,
                                           .device_count = 2,
                                           .price_per_second = 0.001,
                                           .torch = "2.1",
                                           .cuda = "a\"b\\c\nd" },
                       NULL))
        return 1;
    while (fgets(line, sizeof line, stdin)) {
        read_call(&c, line);
        if (!count(m, &c) && !say(m, &c))
            return 2;
    }
    inspyr_metrics_init(&s);
    if (metrics_snapshot(m, &s, NULL) || metrics_text(&text, m, NULL))
        return 1;
    print_percentiles(s.all_seconds);
    print_percentiles(s.cold_seconds);
    print_percentiles(s.warm_seconds);
    print_percentiles(s.cache_seconds);
    print_percentiles(s.infer_seconds);
    fwrite(text.data, 1, text.size, stdout);
    inspyr_bytes_free(&text);
    metrics_free(m);
    return 0;
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "support/chance.h"
#include "support/recorded.h"

#define THREADS 16 /* more than there are stripes: some share one */
#define ROUNDS 20000
#define HITS 1000000
#define MS INT64_C(1000000)

static void request(metrics *m, metrics_result result, metrics_source source, bool cold, int64_t ns)
{
    metrics_request(m, &(metrics_request_done){ .result = result, .source = source, .cold = cold, .ns = ns });
}

typedef struct crowd {
    metrics *m;
    atomic_int at_work;
} crowd;

static void *record_much(void *user)
{
    crowd *c = user;
    metrics *m = c->m;

    for (int i = 0; i < ROUNDS; i++) {
        metrics_request(m, &(metrics_request_done){ .ns = 3 * MS,
                                                    .end_unix_ns = 5,
                                                    .client = i % 2 ? "phone" : "desk",
                                                    .trace_id = i % 2 ? "11111111111111111111111111111111"
                                                                      : "22222222222222222222222222222222" });
        metrics_stage_done(m, METRICS_STAGE_INFER, 1, 2 * MS);
        metrics_batch(m, 1, 3, MS);
        metrics_cache(m, METRICS_TIER_L1, METRICS_POOL_MASK, METRICS_LOOKUP_MISS);
    }
    atomic_fetch_sub(&c->at_work, 1);
    return NULL;
}

static void what_many_threads_count_is_the_sum_while_somebody_reads(void **state)
{
    crowd c = { recorded_create(NULL), THREADS };
    pthread_t threads[THREADS];
    inspyr_metrics s;

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, record_much, &c), 0);
    while (atomic_load(&c.at_work)) {
        char *text = recorded_text(c.m), *at = text;

        assert_true(recorded(c.m).requests <= THREADS * ROUNDS);
        while ((at = strstr(at, "trace_id=\""))) { /* all of a trace is of one request */
            at += strlen("trace_id=\"");
            assert_true(strspn(at, "1") == 32 || strspn(at, "2") == 32);
        }
        free(text);
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    s = recorded(c.m);
    assert_int_equal(s.requests, THREADS * ROUNDS);
    assert_int_equal(s.warm, THREADS * ROUNDS);
    assert_int_equal(s.executions, THREADS * ROUNDS);
    assert_int_equal(s.inferences, 3 * THREADS * ROUNDS);
    assert_int_equal(s.cache_lookups, THREADS * ROUNDS);
    assert_true(recorded_line(c.m, "inspyr_client_requests_total{client=\"desk\"} 160000"));
    assert_true(recorded_line(c.m, "inspyr_client_requests_total{client=\"phone\"} 160000"));
    assert_true(recorded_line(c.m, "inspyr_device_busy_seconds_total{device=\"cuda:0\"} 320.000000000"));
    metrics_free(c.m);
}

/* Nearly all of its time lies between reading and writing a cell, if these were two steps. */
static void *count_hits(void *m)
{
    for (int i = 0; i < HITS; i++)
        metrics_cache(m, METRICS_TIER_L1, METRICS_POOL_MASK, METRICS_LOOKUP_HIT);
    return NULL;
}

static void threads_that_share_a_stripe_lose_nothing(void **state)
{
    metrics *m = recorded_create(NULL);
    pthread_t threads[THREADS];
    size_t stride = m->stride;

    (void)state;
    m->stride = 0; /* every stripe is the first one */
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_hits, m), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    m->stride = stride;
    assert_int_equal(recorded(m).cache_hits, THREADS * HITS);
    metrics_free(m);
}

static bool has_exemplar(const metrics *m)
{
    char *text = recorded_text(m);
    bool found = strstr(text, "trace_id=") != NULL;

    free(text);
    return found;
}

static void an_exemplar_that_is_being_written_is_left_out(void **state)
{
    metrics *m = recorded_create(NULL);
    metrics_exemplar *e = &m->exemplars[METRICS_SOURCE_COMPUTE][0][0];

    (void)state;
    metrics_request(m, &(metrics_request_done){ .ns = 1, .trace_id = "33333333333333333333333333333333" });
    assert_true(has_exemplar(m));
    atomic_fetch_add(&e->turn, 1);
    assert_false(has_exemplar(m));
    metrics_request(m, &(metrics_request_done){ .ns = 1, .trace_id = "44444444444444444444444444444444" });
    assert_false(has_exemplar(m));
    atomic_fetch_add(&e->turn, 1);
    assert_true(has_exemplar(m));
    metrics_request(m, &(metrics_request_done){ .ns = 1, .trace_id = "too short" });
    assert_true(recorded_line(m,
                              "inspyr_request_duration_seconds_bucket{source=\"compute\",temperature=\"warm\","
                              "le=\"0.001\"} 3 # {trace_id=\"33333333333333333333333333333333\"} 0.000000001 "
                              "0.000000000"));
    metrics_free(m);
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* How wide the bucket is that a time falls into. */
static double width_at(int64_t ns)
{
    int i = 0;

    while (i < METRICS_SECONDS - 1 && (uint64_t)ns > metrics_seconds.bounds[i].most)
        i++;
    return (double)(metrics_seconds.bounds[i].most - (i ? metrics_seconds.bounds[i - 1].most : 0)) * 1e-9;
}

static void percentiles_are_those_of_the_sorted_times_within_a_bucket(void **state)
{
    static const int per_cent[INSPYR_PERCENTILES] = { 50, 90, 95, 99 };
    chance c = { 7 };

    (void)state;
    for (int round = 0; round < 60; round++) {
        int count = 200 + 100 * round, scale = 1 + round % 6;
        int64_t *times = calloc((size_t)count, sizeof *times);
        metrics *m = recorded_create(NULL);
        inspyr_metrics s;

        assert_non_null(times);
        for (int i = 0; i < count; i++) {
            times[i] = chance_between(&c, 1, 100000) * MS;
            for (int j = 0; j < scale; j++)
                times[i] = times[i] * chance_between(&c, 1, 100) / 100;
            request(m, METRICS_RESULT_OK, METRICS_SOURCE_COMPUTE, round % 2, times[i]);
        }
        qsort(times, (size_t)count, sizeof *times, ascending);
        s = recorded(m);
        for (int i = 0; i < INSPYR_PERCENTILES; i++) {
            int64_t exact = times[count * per_cent[i] / 100 - 1];
            double found = round % 2 ? s.cold_seconds[i] : s.warm_seconds[i];

            assert_true(found == s.all_seconds[i]);
            assert_true(found > (double)exact * 1e-9 - width_at(exact));
            assert_true(found < (double)exact * 1e-9 + width_at(exact));
        }
        metrics_free(m);
        free(times);
    }
}

static void percentiles_are_found_by_a_straight_line_through_the_bucket(void **state)
{
    metrics *m = recorded_create(NULL);
    inspyr_metrics s = recorded(m);

    (void)state;
    assert_true(s.all_seconds[INSPYR_P50] == 0);
    for (int i = 0; i < 4; i++)
        request(m, METRICS_RESULT_OK, METRICS_SOURCE_COMPUTE, false, 2000 * MS); /* 1 to 2.5 s */
    s = recorded(m);
    assert_true(s.warm_seconds[INSPYR_P50] > 1.7499 && s.warm_seconds[INSPYR_P50] < 1.7501);
    assert_true(s.warm_seconds[INSPYR_P90] > 2.3499 && s.warm_seconds[INSPYR_P90] < 2.3501);
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_COMPUTE, true, 500000 * MS);
    s = recorded(m);
    assert_true(s.cold_seconds[INSPYR_P50] == 100); /* nothing is known beyond the last bound */
    metrics_free(m);
}

static void a_time_on_a_bound_belongs_to_the_lower_bucket(void **state)
{
    metrics *m = recorded_create(NULL);

    (void)state;
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_L1, false, 10 * MS);
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_L1, false, 10 * MS + 1);
    assert_true(recorded_line(
        m, "inspyr_request_duration_seconds_bucket{source=\"l1\",temperature=\"cache\",le=\"0.005\"} 0"));
    assert_true(recorded_line(
        m, "inspyr_request_duration_seconds_bucket{source=\"l1\",temperature=\"cache\",le=\"0.01\"} 1"));
    assert_true(recorded_line(
        m, "inspyr_request_duration_seconds_bucket{source=\"l1\",temperature=\"cache\",le=\"0.025\"} 2"));
    assert_true(recorded_line(
        m, "inspyr_request_duration_seconds_sum{source=\"l1\",temperature=\"cache\"} 0.020000001"));
    metrics_free(m);
}

static void what_is_refused_is_counted_and_not_timed(void **state)
{
    metrics *m = recorded_create(NULL);
    inspyr_metrics s;

    (void)state;
    request(m, METRICS_RESULT_INVALID, METRICS_SOURCE_COMPUTE, false, MS);
    request(m, METRICS_RESULT_LIMIT, METRICS_SOURCE_COMPUTE, false, MS);
    request(m, METRICS_RESULT_OVERLOAD, METRICS_SOURCE_COMPUTE, true, MS);
    request(m, METRICS_RESULT_DEADLINE, METRICS_SOURCE_COMPUTE, false, 6000 * MS);
    s = recorded(m);
    assert_int_equal(s.requests, 4);
    assert_int_equal(s.invalid + s.limit + s.overload + s.deadline, 4);
    assert_int_equal(s.warm, 1);
    assert_int_equal(s.cold, 0);
    assert_true(s.error_share == 0.5);
    metrics_free(m);
}

static void shares_say_how_requests_went(void **state)
{
    metrics *m = recorded_create(NULL);
    inspyr_metrics s;

    (void)state;
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_COMPUTE, true, 40000 * MS);
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_COMPUTE, false, 3000 * MS);
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_JOINED, false, 1000 * MS);
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_L1, true, 2 * MS); /* from a cache, so never cold */
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_L2, false, 300 * MS);
    request(m, METRICS_RESULT_OK, METRICS_SOURCE_L1, false, 2 * MS);
    request(m, METRICS_RESULT_CANCELLED, METRICS_SOURCE_COMPUTE, false, 30000 * MS);
    request(m, METRICS_RESULT_INTERNAL, METRICS_SOURCE_COMPUTE, false, 30000 * MS + 1);
    metrics_batch(m, 0, 1, 2000 * MS);
    metrics_batch(m, 1, 3, 1000 * MS);
    metrics_busy(m, 1, 3000 * MS);
    s = recorded(m);
    assert_int_equal(s.requests, 8);
    assert_int_equal(s.ok, 6);
    assert_int_equal(s.computed, 2);
    assert_int_equal(s.from_memory, 2);
    assert_int_equal(s.from_store, 1);
    assert_int_equal(s.joined, 1);
    assert_int_equal(s.cold, 1);
    assert_int_equal(s.warm, 4);
    assert_int_equal(s.cached, 3);
    assert_int_equal(s.classes[0], 4);
    assert_int_equal(s.classes[1], 1);
    assert_int_equal(s.classes[2], 1);
    assert_int_equal(s.classes[3], 2);
    assert_true(s.cold_share == 1.0 / 8 && s.hit_share == 0.5 && s.error_share == 1.0 / 8);
    assert_int_equal(s.inferences, 4);
    assert_int_equal(s.executions, 2);
    assert_true(s.device_busy_seconds > 5.999 && s.device_busy_seconds < 6.001);
    assert_true(s.cost > 1.4999 && s.cost < 1.5001 && s.cost_per_request > 0.2499 &&
                s.cost_per_request < 0.2501);
    metrics_free(m);
}

static void what_is_so_now_is_what_was_said_last(void **state)
{
    metrics *m = recorded_create(NULL);
    inspyr_metrics s;

    (void)state;
    assert_false(recorded_line(m, "inspyr_first_result_seconds 0.000000000"));
    metrics_queue(m, 9, 9, 9);
    metrics_queue(m, 3, 5000, 2);
    metrics_cache_size(m, METRICS_TIER_L1, METRICS_POOL_MASK, 100, 1, 1000);
    metrics_cache_size(m, METRICS_TIER_L1, METRICS_POOL_RESULT, 50, 2, 1000);
    metrics_cache_size(m, METRICS_TIER_L2, METRICS_POOL_RESULT, 7000, 3, 0);
    metrics_state(m, INSPYR_STATE_DEGRADED);
    metrics_load(m, METRICS_PHASE_WEIGHTS, 1500 * MS);
    metrics_load(m, METRICS_PHASE_BUILD, 500 * MS);
    metrics_load(m, METRICS_PHASE_WARMUP, 4000 * MS);
    metrics_first_result(m, 9000 * MS);
    metrics_device_memory(m, 1, METRICS_MEMORY_USED, 70);
    metrics_device_memory(m, 1, METRICS_MEMORY_BUDGET, 100);
    metrics_model(m, "first");
    metrics_model(m, "Base-Nightly");
    s = recorded(m);
    assert_true(s.queue_items == 3 && s.queue_bytes == 5000 && s.inflight == 2);
    assert_true(s.cache_bytes == 150 && s.state == INSPYR_STATE_DEGRADED);
    assert_true(s.load_seconds > 1.999 && s.load_seconds < 2.001 && s.warmup_seconds == 4);
    assert_true(s.first_result_seconds > 8.999 && s.first_result_seconds < 9.001);
    assert_true(s.device_used_bytes == 70 && s.device_budget_bytes == 100);
    assert_true(recorded_line(m, "inspyr_state{state=\"degraded\"} 1") &&
                recorded_line(m, "inspyr_state{state=\"ready\"} 0"));
    assert_true(
        recorded_line(m, "inspyr_build_info{version=\"0.2.0\",torch=\"\",cuda=\"\",model=\"base-nightly\"} 1"));
    metrics_free(m);
}

/* Bytes that the system says elsewhere; 0: it does not. */
static uint64_t resident(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    unsigned long long kib = 0;
    char line[256];

    while (file && fgets(line, sizeof line, file))
        sscanf(line, "VmRSS: %llu kB", &kib);
    if (file)
        fclose(file);
    return kib * 1024;
}

static void the_process_is_measured_where_the_system_tells(void **state)
{
    size_t size = (size_t)64 << 20;
    metrics *m = recorded_create(NULL);
    inspyr_metrics before = recorded(m), after;
    char *block = malloc(size);
    struct rusage usage;

    (void)state;
    assert_non_null(block);
    memset(block, 1, size);
    after = recorded(m);
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    if (resident()) {
        assert_true(block[size / 2] == 1 && after.resident_bytes > before.resident_bytes + size / 2);
        assert_true(after.resident_bytes > resident() / 8 * 7 && after.resident_bytes < resident() / 8 * 9);
        assert_true(after.major_faults >= before.major_faults &&
                    after.major_faults <= (uint64_t)usage.ru_majflt);
        assert_true(after.major_faults + 100 > (uint64_t)usage.ru_majflt);
    } else {
        assert_int_equal(after.resident_bytes, 0);
    }
    free(block);
    metrics_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_many_threads_count_is_the_sum_while_somebody_reads),
        cmocka_unit_test(threads_that_share_a_stripe_lose_nothing),
        cmocka_unit_test(an_exemplar_that_is_being_written_is_left_out),
        cmocka_unit_test(percentiles_are_those_of_the_sorted_times_within_a_bucket),
        cmocka_unit_test(percentiles_are_found_by_a_straight_line_through_the_bucket),
        cmocka_unit_test(a_time_on_a_bound_belongs_to_the_lower_bucket),
        cmocka_unit_test(what_is_refused_is_counted_and_not_timed),
        cmocka_unit_test(shares_say_how_requests_went),
        cmocka_unit_test(what_is_so_now_is_what_was_said_last),
        cmocka_unit_test(the_process_is_measured_where_the_system_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "support/recorded.h"
#include "support/scarce.h"

static void callers_cannot_make_more_than_sixteen_labels(void **state)
{
    metrics *m = recorded_create(NULL);
    char name[METRICS_NAME_MAX], line[200];

    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 40; i++) {
            snprintf(name, sizeof name, "class %d", i);
            metrics_request(m, &(metrics_request_done){ .client = name });
        }
    for (int i = 0; i < 40; i++) {
        snprintf(line, sizeof line, "inspyr_client_requests_total{client=\"class_%d\"} 2", i);
        assert_int_equal(recorded_line(m, line), i < METRICS_NAMES);
    }
    assert_true(recorded_line(m, "inspyr_client_requests_total{client=\"other\"} 48"));
    metrics_free(m);
}

static void names_of_callers_are_made_plain(void **state)
{
    metrics *m = recorded_create(NULL);

    (void)state;
    metrics_request(m, &(metrics_request_done){ .client = "I\"Phone\n\\15" });
    metrics_request(m, &(metrics_request_done){ .client = "Other" });
    metrics_request(m,
                    &(metrics_request_done){
                        .client = "a123456789b123456789c123456789d123456789e123456789f123456789g123456789" });
    assert_true(recorded_line(m, "inspyr_client_requests_total{client=\"i_phone__15\"} 1"));
    assert_true(recorded_line(m, "inspyr_client_requests_total{client=\"other\"} 1"));
    assert_true(recorded_line(m,
                              "inspyr_client_requests_total{client=\"a123456789b123456789c123456789d123456789"
                              "e123456789f123456789g12\"} 1"));
    metrics_free(m);
}

static void sets_of_effects_are_known_by_their_names_alone(void **state)
{
    metrics *m = recorded_create(NULL);

    (void)state;
    metrics_request(m, &(metrics_request_done){ .effects = "color,popart" });
    metrics_request(m, &(metrics_request_done){ .effects = " color , popart@1 : contrast = 3, saturation=2" });
    metrics_request(m, &(metrics_request_done){ .effects = "color:x=1,popart:y=2,z=3" });
    metrics_request(m, &(metrics_request_done){ .effects = "classic" });
    assert_true(recorded_line(m, "inspyr_effect_set_requests_total{effects=\"color,popart\"} 3"));
    assert_true(recorded_line(m, "inspyr_effect_set_requests_total{effects=\"classic\"} 1"));
    metrics_free(m);
}

static void recording_takes_no_memory(void **state)
{
    static const char trace[] = "0123456789abcdef0123456789abcdef";
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    metrics *m = recorded_create(&allocator);
    int before = atomic_load(&s.asked);

    (void)state;
    for (int i = 0; i < 100; i++)
        metrics_request(m,
                        &(metrics_request_done){ .client = "phone", .effects = "classic", .trace_id = trace });
    metrics_model(m, "one");
    metrics_input(m, METRICS_FORMAT_JPEG, 1, 1);
    metrics_effect(m, 0, 1);
    assert_int_equal(recorded(m).requests, 100);
    assert_int_equal(atomic_load(&s.asked), before);
    metrics_free(m);
    assert_int_equal(atomic_load(&s.balance), 0);
}

static void every_allocation_may_fail(void **state)
{
    static const char *const devices[] = { "cpu", "cuda:0" };
    int created = 0;

    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        metrics *m = NULL;
        inspyr_bytes bytes = { NULL, 0, NULL, NULL };
        inspyr_error error;
        inspyr_status status = metrics_create(
            &m, &(metrics_options){ .allocator = &allocator, .devices = devices, .device_count = 2 }, &error);

        created += status == INSPYR_OK;
        if (!status)
            status = metrics_text(&bytes, m, &error);
        inspyr_bytes_free(&bytes);
        metrics_free(m);
        assert_int_equal(atomic_load(&s.balance), 0);
        if (!status)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
        assert_string_not_equal(error.message, "");
    }
    assert_true(created > 2); /* the text fails, too */
}

static void without_a_registry_nothing_is_recorded(void **state)
{
    (void)state;
    metrics_request(NULL, &(metrics_request_done){ .cold = true });
    metrics_stage_done(NULL, METRICS_STAGE_QUEUE, 0, 1);
    metrics_effect(NULL, 0, 1);
    metrics_batch(NULL, 0, 1, 1);
    metrics_busy(NULL, 0, 1);
    metrics_saved(NULL, 1);
    metrics_cache(NULL, METRICS_TIER_L1, METRICS_POOL_MASK, METRICS_LOOKUP_HIT);
    metrics_eviction(NULL, METRICS_POOL_MASK, 1);
    metrics_rejection(NULL, METRICS_POOL_MASK, 1);
    metrics_device_error(NULL, 0, METRICS_ERROR_LOST);
    metrics_oom_retry(NULL, 0, METRICS_RETRY_CPU);
    metrics_degraded(NULL, METRICS_REASON_LOAD);
    metrics_input(NULL, METRICS_FORMAT_PNG, 1, 1);
    metrics_queue(NULL, 1, 1, 1);
    metrics_cache_size(NULL, METRICS_TIER_L1, METRICS_POOL_MASK, 1, 1, 1);
    metrics_state(NULL, INSPYR_STATE_READY);
    metrics_load(NULL, METRICS_PHASE_BUILD, 1);
    metrics_first_result(NULL, 1);
    metrics_device_memory(NULL, 0, METRICS_MEMORY_USED, 1);
    metrics_model(NULL, "x");
    metrics_free(NULL);
}

static void a_struct_that_was_not_set_up_is_refused(void **state)
{
    metrics *m = recorded_create(NULL);
    inspyr_metrics s;

    (void)state;
    metrics_request(m, &(metrics_request_done){ .cold = true });
    memset(&s, 0, sizeof s);
    assert_int_equal(metrics_snapshot(m, &s, NULL), INSPYR_ERR_ARGUMENT);
    s.struct_size = sizeof s - 8;
    assert_int_equal(metrics_snapshot(m, &s, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(metrics_snapshot(m, NULL, NULL), INSPYR_ERR_ARGUMENT);
    inspyr_metrics_init(&s);
    assert_int_equal(metrics_snapshot(m, &s, NULL), INSPYR_OK);
    assert_int_equal(s.struct_size, sizeof s);
    assert_int_equal(s.requests, 1);
    metrics_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callers_cannot_make_more_than_sixteen_labels),
        cmocka_unit_test(names_of_callers_are_made_plain),
        cmocka_unit_test(sets_of_effects_are_known_by_their_names_alone),
        cmocka_unit_test(recording_takes_no_memory),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(without_a_registry_nothing_is_recorded),
        cmocka_unit_test(a_struct_that_was_not_set_up_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

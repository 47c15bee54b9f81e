#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/jobs.h"
#include "support/meter.h"
#include "support/scarce.h"

#define WARM 200
#define PICTURES 1000

/* How many results of a job are good; of what is not, memory is the reason, and the message says so. */
static size_t good_results(const inspyr_job *job)
{
    size_t good = 0;

    for (size_t i = 0; i < 4; i++) {
        inspyr_job_result r;

        inspyr_job_result_init(&r);
        assert_int_equal(inspyr_job_result_get(job, i, &r, NULL), INSPYR_OK);
        assert_true(r.status ? !r.bytes && r.message[0] : r.bytes && !r.message[0]);
        assert_true(!r.status || r.status == INSPYR_ERR_MEMORY);
        good += !r.status;
    }
    return good;
}

/* A job with two sizes, two effects and files; false: it, or the context, was refused for want of memory.
 * *good: how many results it got. */
static bool whole_job(const inspyr_allocator *a, playing *p, size_t *good)
{
    static const int32_t sizes[] = { 32, 64 };
    inspyr_context_options o;
    inspyr_cutout_options cutout;
    inspyr_encode_options encode;
    inspyr_request r;
    inspyr_context *c;
    inspyr_job *job;
    shade_file f = shade(3, 4, 5);
    const context_seams seams = { &backend_played, p, context_clock_real };
    inspyr_status status;

    inspyr_context_options_init(&o);
    o.allocator = a;
    o.flags = INSPYR_CONTEXT_WAIT;
    status = context_open_with(&c, &o, &seams, NULL);
    if (status) {
        assert_int_equal(status, INSPYR_ERR_MEMORY);
        return false;
    }
    matte_request(&r, &cutout);
    inspyr_encode_options_init(&encode);
    cutout.output = INSPYR_OUTPUT_RGBA;
    r.encode = &encode;
    r.sizes = sizes;
    r.size_count = 2;
    r.effects = "color,popart";
    r.client_class = "phone";
    status = inspyr_context_submit(&job, c, f.bytes, f.size, &r, NULL);
    if (!status) {
        status = inspyr_job_wait(job, -1, NULL);
        *good = good_results(job);
    }
    inspyr_job_free(job);
    inspyr_context_free(c);
    if (status)
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    return !status;
}

static void every_allocation_may_fail_once_and_an_effect_without_memory_stops_no_other(void **state)
{
    bool done = false, alone = false;

    (void)state;
    for (int nth = 0; !done; nth++) {
        playing p;
        scarce s;
        inspyr_allocator a = scarce_allocator(&s, nth);
        size_t results = 0;
        bool good;

        playing_begin(&p);
        good = whole_job(&a, &p, &results);
        alone = alone || results == 3;
        assert_int_equal(s.balance, 0);
        assert_int_equal(s.misaligned, 0);
        playing_end(&p);
        done = good && s.asked <= nth; /* a failure in a pass is made good by the second attempt */
        assert_true(nth < 2000);
    }
    assert_true(alone);
}

static void memory_is_flat_over_a_thousand_pictures(void **state)
{
    inspyr_context_options o;
    inspyr_allocator a;
    inspyr_context *c;
    long long before = 0, most = 0;
    meter m = { 0 };
    playing p;

    (void)state;
    a = meter_allocator(&m);
    inspyr_context_options_init(&o);
    o.allocator = &a;
    playing_begin(&p);
    c = playing_open(&p, &o);
    for (int i = 0; i < WARM + PICTURES; i++) {
        inspyr_request r;
        inspyr_cutout_options cutout;

        matte_request(&r, &cutout);
        r.effects = i % 3 ? NULL : "color";
        expect_shade(submitted(c, i % 256, &r), i % 256);
        if (i == WARM) {
            assert_int_equal(inspyr_context_warmup(c, NULL, 0, -1, NULL), INSPYR_OK);
            before = m.now;
            most = m.most;
        }
    }
    while (m.now > before) /* a worker may still put away the last picture */
        ;
    assert_true(m.most <= most + most / 4);
    inspyr_context_free(c);
    assert_int_equal(m.now, 0);
    playing_end(&p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail_once_and_an_effect_without_memory_stops_no_other),
        cmocka_unit_test(memory_is_flat_over_a_thousand_pictures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

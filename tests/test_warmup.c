#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/pictures.h"
#include "support/scarce.h"

static void expect(inspyr_model *m, const inspyr_warmup_options *o, const char *word)
{
    inspyr_error error;

    assert_int_equal(inspyr_model_warmup(m, o, &error), INSPYR_ERR_ARGUMENT);
    if (!strstr(error.message, word))
        fail_msg("\"%s\" does not name %s", error.message, word);
    assert_null(strchr(error.message, '\n'));
}

static void a_size_out_of_range_is_refused_and_the_range_named(void **state)
{
    static const int32_t wrong[] = { 16, 31, 4097, 4112, 32768, -32 };
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_warmup_options o;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        inspyr_warmup_options_init(&o);
        o.network_width = wrong[i];
        expect(m, &o, "width");
        expect(m, &o, ": 32 to 4096 pixels");
        o.network_height = wrong[i];
        o.network_width = 64;
        expect(m, &o, "height");
    }
    inspyr_model_free(m);
}

static inspyr_model *blending(int32_t blend_size, const inspyr_allocator *allocator)
{
    inspyr_load_options options;
    inspyr_model *m;

    inspyr_load_options_init(&options);
    options.allocator = allocator;
    options.blend_size = blend_size;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, NULL), INSPYR_OK);
    return m;
}

static uint64_t held(const inspyr_model *m)
{
    inspyr_info info;

    inspyr_info_init(&info);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    return info.workspace_bytes;
}

static void after_a_blended_warm_up_dynamic_requests_take_no_network_memory(void **state)
{
    enum { N = 2 };
    pixels p = noise(96, 64, INSPYR_RGB8, 3), alpha[N];
    inspyr_model *m = blending(48, NULL);
    inspyr_view in[N] = { p.view, p.view }, out[N];
    inspyr_report report;
    inspyr_report *reports[N] = { &report };
    inspyr_matte_options options;
    inspyr_warmup_options o;
    uint64_t plain, blended;

    (void)state;
    inspyr_report_init(&report);
    inspyr_matte_options_init(&options);
    inspyr_warmup_options_init(&o);
    options.resize = INSPYR_RESIZE_DYNAMIC;
    options.reports = reports;
    o.network_width = 96;
    o.network_height = 64;
    o.batch = N;
    assert_int_equal(inspyr_model_warmup(m, &o, NULL), INSPYR_OK);
    plain = held(m);
    o.flags = INSPYR_WARMUP_BLENDED;
    assert_int_equal(inspyr_model_warmup(m, &o, NULL), INSPYR_OK);
    blended = held(m) - plain;
    assert_true(blended > plain);
    for (int i = 0; i < N; i++) {
        alpha[i] = noise(96, 64, INSPYR_GREY8, 1);
        out[i] = alpha[i].view;
    }
    assert_int_equal(inspyr_matte(m, in, out, N, &options, NULL), INSPYR_OK);
    assert_true(report.network_width == 96 && report.network_height == 64);
    assert_int_equal(report.workspace_bytes, blended);
    assert_int_equal(held(m), plain + blended);
    for (int i = 0; i < N; i++)
        free(alpha[i].data);
    inspyr_model_free(m);
    free(p.data);
}

static void blended_is_refused_where_nothing_is_blended(void **state)
{
    inspyr_model *m = blending(-1, NULL);
    inspyr_warmup_options o;

    (void)state;
    inspyr_warmup_options_init(&o);
    o.flags = INSPYR_WARMUP_BLENDED;
    o.network_width = o.network_height = 96;
    expect(m, &o, "does not blend");
    inspyr_model_free(m);
    m = blending(48, NULL);
    o.network_width = 48;
    expect(m, &o, "48 x 96");
    o.network_width = 96;
    o.network_height = 0; /* the base size: 32 */
    expect(m, &o, "96 x 32");
    o.network_height = 64;
    assert_int_equal(inspyr_model_warmup(m, &o, NULL), INSPYR_OK);
    o.flags = 2;
    assert_int_equal(inspyr_model_warmup(m, &o, NULL), INSPYR_ERR_UNSUPPORTED);
    inspyr_model_free(m);
}

static void every_allocation_of_a_blended_warm_up_may_fail(void **state)
{
    inspyr_warmup_options o;

    (void)state;
    inspyr_warmup_options_init(&o);
    o.flags = INSPYR_WARMUP_BLENDED;
    o.network_width = o.network_height = 64;
    o.concurrency = 2;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, -1);
        inspyr_model *m = blending(48, &allocator);
        inspyr_status status;

        s.fails_at = s.asked + nth;
        status = inspyr_model_warmup(m, &o, NULL);
        inspyr_model_free(m);
        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
}

static int end_in_time(void *user, const inspyr_progress *progress)
{
    (void)progress;
    return (*(int *)user)-- == 0;
}

static void a_warm_up_can_be_cancelled_at_each_of_its_steps(void **state)
{
    int steps = 0;

    (void)state;
    for (;; steps++) {
        int left = steps;
        inspyr_model *m = loaded(TINY, NULL, NULL);
        inspyr_warmup_options o;
        inspyr_status status;

        inspyr_warmup_options_init(&o);
        o.progress = end_in_time;
        o.progress_user = &left;
        status = inspyr_model_warmup(m, &o, NULL);
        assert_int_equal(inspyr_model_state(m), INSPYR_STATE_READY);
        inspyr_model_free(m);
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_CANCELLED);
    }
    assert_true(steps > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_out_of_range_is_refused_and_the_range_named),
        cmocka_unit_test(after_a_blended_warm_up_dynamic_requests_take_no_network_memory),
        cmocka_unit_test(blended_is_refused_where_nothing_is_blended),
        cmocka_unit_test(a_warm_up_can_be_cancelled_at_each_of_its_steps),
        cmocka_unit_test(every_allocation_of_a_blended_warm_up_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

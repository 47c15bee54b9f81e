#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "inspyr_experimental.h"
#include "net/plain/kernels.h"
#include "net/plain/peak.h"
#include "run/bench_groups.h"
#include "support/pictures.h"
#include "support/scarce.h"

static inspyr_bench_result measured(inspyr_model *m, int32_t width, int32_t height, int32_t batch)
{
    inspyr_bench_options o;
    inspyr_bench_result r;
    inspyr_error error;

    inspyr_bench_options_init(&o);
    inspyr_bench_result_init(&r);
    o.network_width = width;
    o.network_height = height;
    o.batch = batch;
    o.repeat = 3;
    if (inspyr_bench(m, &o, &r, &error))
        fail_msg("%s", error.message);
    return r;
}

static inspyr_model *with_threads(inspyr_pool **pool, int32_t threads)
{
    inspyr_load_options options;
    inspyr_model *m;

    assert_int_equal(inspyr_pool_open(pool, threads, NULL, NULL), INSPYR_OK);
    inspyr_load_options_init(&options);
    options.pool = *pool;
    options.precision = INSPYR_PRECISION_EXACT;
    assert_int_equal(inspyr_model_load(&m, TINY, &options, NULL), INSPYR_OK);
    return m;
}

static void what_is_measured_is_what_was_asked_for(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads <= 2; threads++) {
        inspyr_pool *pool;
        inspyr_model *m = with_threads(&pool, threads);
        inspyr_bench_result r = measured(m, 96, 64, 2);

        assert_int_equal(r.network_width, 96);
        assert_int_equal(r.network_height, 64);
        assert_int_equal(r.batch, 2);
        assert_int_equal(r.threads, threads);
        assert_int_equal(r.repeat, 3);
        assert_true(r.compile_ms > 0 && r.first_ms > 0 && r.ceiling > 0);
        assert_true(r.fastest_ms > 0 && r.fastest_ms <= r.pass_ms && r.pass_ms <= r.slowest_ms);
        assert_true(r.pass_bytes > 2 * 96 * 64 * (3 + 4) && r.peak_bytes > r.pass_bytes);
        inspyr_model_free(m);
        inspyr_pool_free(pool);
    }
}

static void groups_share_out_the_pass(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads <= 2; threads++) {
        inspyr_pool *pool;
        inspyr_model *m = with_threads(&pool, threads);
        inspyr_bench_result r = measured(m, 0, 0, 1);
        double ms = 0, operations = 0;

        assert_in_range(r.groups, 5, INSPYR_BENCH_GROUPS);
        for (int32_t g = 0; g < r.groups; g++) {
            assert_true(r.group_ms[g] > 0);
            assert_true(strlen(r.group[g]) > 0);
            ms += r.group_ms[g];
            operations += r.group_operations[g];
            for (int32_t before = 0; before < g; before++)
                assert_string_not_equal(r.group[before], r.group[g]);
        }
        assert_true(ms <= r.profiled_ms);
        assert_true(fabs(operations - r.operations) <= 1e-9 * operations && operations > 0);
        inspyr_model_free(m);
        inspyr_pool_free(pool);
    }
}

static void operations_grow_with_the_batch(void **state)
{
    inspyr_model *m = loaded(TINY, NULL, NULL);

    (void)state;
    assert_true(measured(m, 0, 0, 3).operations == 3 * measured(m, 0, 0, 1).operations);
    inspyr_model_free(m);
}

static plan_id layer(plan *p, plan_id in, const char *name)
{
    plan_input whole = plan_whole(in);
    plan_part part = plan_tensor(16, "%s", name);

    return plan_conv(p, &whole, 1, &part, 1, &(plan_conv_options){ .style = PLAN_STYLE_LINEAR });
}

static void groups_are_named_by_what_layers_do(void **state)
{
    static const char *const layers[] = { "backbone.layers.0.blocks.0.attn.qkv",
                                          "backbone.layers.0.blocks.0.attn.proj",
                                          "backbone.layers.0.blocks.0.mlp.fc1",
                                          "backbone.layers.0.blocks.0.mlp.fc2",
                                          "backbone.layers.0.blocks.1.attn.qkv",
                                          "backbone.layers.2.downsample.reduction",
                                          "backbone.layer3.0.conv1",
                                          "context4.branch1.conv0",
                                          "attention0.conv_query.0" };
    static const char *const want[] = { "input",       "stage 0 qkv",        "stage 0 proj",
                                        "stage 0 mlp", "stage 2 downsample", "backbone.layer3",
                                        "context4",    "attention0" };
    inspyr_bench_result r = { 0 };
    double ms[16] = { 0 };
    inspyr_allocator a;
    plan *p;
    plan_id x;

    (void)state;
    assert_int_equal(memory_import(&a, NULL, NULL), INSPYR_OK);
    assert_int_equal(plan_create(&p, &a, NULL), INSPYR_OK);
    x = plan_numbers(p, 1, 8, 8, 16, PLAN_FEATURE, "x");
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        x = layer(p, x, layers[i]);
        ms[i + 1] = 1;
    }
    bench_groups(&r, p, ms);
    assert_int_equal(r.groups, sizeof want / sizeof *want);
    for (int32_t g = 0; g < r.groups; g++)
        assert_string_equal(r.group[g], want[g]);
    assert_true(r.group_ms[1] == 2 && r.group_ms[3] == 2 && r.group_ms[7] == 1);
    assert_true(r.group_operations[1] == 2.0 * 2 * 8 * 8 * 16 * 16);
    plan_free(p);
}

static void nonsense_is_refused(void **state)
{
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_bench_result r;
    inspyr_error error;

    (void)state;
    inspyr_bench_result_init(&r);
    for (int i = 0; i < 8; i++) {
        inspyr_bench_options o;

        inspyr_bench_options_init(&o);
        o.network_width = i == 0 ? 31 : i == 1 ? 4097 : 0;
        o.network_height = i == 2 ? -32 : 0;
        o.batch = i == 3 ? -1 : i == 4 ? 65 : 0;
        o.repeat = i == 5 ? -1 : i == 6 ? 1001 : 0;
        o.flags = i == 7;
        assert_int_equal(inspyr_bench(m, &o, &r, &error),
                         i == 7 ? INSPYR_ERR_UNSUPPORTED : INSPYR_ERR_ARGUMENT);
        assert_true(error.message[0] && r.threads == 0);
    }
    assert_int_equal(inspyr_bench(NULL, NULL, &r, &error), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_bench(m, NULL, NULL, &error), INSPYR_ERR_ARGUMENT);
    inspyr_model_free(m);
}

static void without_memory_nothing_is_kept(void **state)
{
    inspyr_bench_options o;
    inspyr_status status = INSPYR_ERR_MEMORY;
    scarce s;

    (void)state;
    inspyr_bench_options_init(&o);
    o.repeat = 1;
    for (int nth = 0; status; nth++) {
        inspyr_allocator a = scarce_allocator(&s, -1);
        inspyr_model *m = loaded(TINY, NULL, &a);
        int held = s.balance;
        inspyr_bench_result r;

        inspyr_bench_result_init(&r);
        s.fails_at = s.asked + nth;
        status = inspyr_bench(m, &o, &r, NULL);
        assert_int_equal(s.balance, held);
        if (status)
            assert_int_equal(status, INSPYR_ERR_MEMORY);
        inspyr_model_free(m);
        assert_int_equal(s.balance, 0);
    }
}

/* With ones everywhere, each element of the product is the length of a row. */
static void expect_products(const plain_kernels *kernels, inspyr_precision precision, uint32_t ones, int each)
{
    float room[PEAK_ROOM], want = (float)(128 * each);
    int32_t whole = 128 * each;
    double done = 0, changed = 0;

    for (int i = 0; i < PEAK_ROOM; i++)
        memcpy(&room[i], &ones, sizeof ones);
    done = kernels->peak(precision, 3, room);
    for (int i = 0; i < PEAK_ROOM; i++)
        if (memcmp(&room[i], &ones, sizeof ones) != 0) {
            assert_memory_equal(&room[i], precision == INSPYR_PRECISION_INT8 ? (void *)&whole : (void *)&want,
                                4);
            changed++;
        }
    assert_true(changed >= 32 && done == 3 * changed * whole);
}

static void the_ceiling_multiplies_as_much_as_it_says(void **state)
{
    (void)state;
    for (int level = 0; level <= KERNELS_BEST; level++) {
        const plain_kernels *kernels = plain_kernels_select(level);
        float room[PEAK_ROOM] = { 0 };

        expect_products(kernels, INSPYR_PRECISION_EXACT, 0x3f800000, 1);
        assert_true(kernels->peak(INSPYR_PRECISION_FP16, 1, room) == 0);
        if (!kernels->peak(INSPYR_PRECISION_BF16, 1, room))
            continue;
        expect_products(kernels, INSPYR_PRECISION_BF16, 0x3f803f80, 2);
        expect_products(kernels, INSPYR_PRECISION_INT8, 0x01010101, 4);
    }
    assert_true(plain_peak(NULL, INSPYR_PRECISION_FP16) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_measured_is_what_was_asked_for),
        cmocka_unit_test(groups_share_out_the_pass),
        cmocka_unit_test(operations_grow_with_the_batch),
        cmocka_unit_test(groups_are_named_by_what_layers_do),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(without_memory_nothing_is_kept),
        cmocka_unit_test(the_ceiling_multiplies_as_much_as_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Files of int8: what is in them, what is refused, and what rounded runs make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/choose.h"
#include "net/quantised.h"
#include "support/files.h"
#include "support/fixture.h"
#include "support/parity.h"
#include "support/scarce.h"
#include "support/tensor_file.h"

#define T(name, type, shape, begin, end)                                                                       \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":[" shape "],\"data_offsets\":[" #begin "," #end "]}"
#define FACTS "\\\"alpha_error\\\":0.25,\\\"mask_error\\\":0.5,\\\"bound\\\":0.3,\\\"pictures\\\":7"
#define M(text) "{\"__metadata__\":{\"int8\":\"" text "\"},"
#define GOOD M("{\\\"version\\\":1," FACTS "}")
#define INCOMPLETE                                                                                             \
    "int8: alpha_error, mask_error, iou_change, bound or pictures is missing, out of range or not alone"
#define KERNEL T("k", "I8", "4,2", 0, 8) "," T("k.scale", "F32", "4", 8, 24)

/* Bytes 1, 2, 3, ...: as float32 numbers they are small and positive. */
static inspyr_status try(const char *header, size_t data, quantised_file *out, inspyr_error *error)
{
    tensor_file file = tensor_file_text(header, data);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    weights *w;
    inspyr_status status = weights_open(&w, file.bytes, file.size, &allocator, error);

    if (!status)
        status = quantised_read(out, w, error);
    weights_free(w);
    free(file.bytes);
    assert_int_equal(s.balance, 0);
    return status;
}

static void a_kernel_of_bytes_has_its_scales_beside_it(void **state)
{
    quantised_file file;
    inspyr_error error;

    (void)state;
    if (try(GOOD KERNEL "}", 24, &file, &error))
        fail_msg("%s", error.message);
    assert_true(file.is);
    assert_true(file.alpha_error == 0.25 && file.mask_error == 0.5 && file.bound == 0.3);
    assert_int_equal(file.pictures, 7);
    assert_true(file.iou_change == 0);
    assert_int_equal(
        try(M("{\\\"version\\\":1,\\\"iou_change\\\":0.125," FACTS "}") KERNEL "}", 24, &file, &error),
        INSPYR_OK);
    assert_true(file.iou_change == 0.125 && file.mask_error == 0.5);
    assert_int_equal(try("{" T("k", "F32", "2,2", 0, 16) "}", 16, &file, &error), INSPYR_OK);
    assert_false(file.is);
}

static void what_is_not_whole_is_refused(void **state)
{
    static const struct {
        const char *header;
        size_t data;
        const char *message;
    } cases[] = {
        { GOOD T("k", "I8", "4,2", 0, 8) "}", 8, "k: I8 without an F32 `.scale` of 4 numbers" },
        { GOOD T("k", "I8", "4,2", 0, 8) "," T("k.scale", "F32", "3", 8, 20) "}", 20,
          "k: I8 without an F32 `.scale` of 4 numbers" },
        { GOOD T("k", "I8", "4,2", 0, 8) "," T("k.scale", "F16", "4", 8, 16) "}", 16,
          "k: I8 without an F32 `.scale` of 4 numbers" },
        { GOOD T("k", "I8", "4,2", 0, 8) "," T("k.scale", "F32", "4,1", 8, 24) "}", 24,
          "k: I8 without an F32 `.scale` of 4 numbers" },
        { GOOD T("k", "I8", "8", 0, 8) "}", 8, "k: I8 that is no kernel, of 1 dimensions" },
        { GOOD T("k", "I8", "", 0, 1) "}", 1, "k: I8 that is no kernel, of 0 dimensions" },
        { GOOD KERNEL "," T("k.range", "F32", "3", 24, 36) "}", 36,
          "k: a `.range` that is not two numbers of F32" },
        { GOOD KERNEL "," T("k.range", "F16", "2", 24, 28) "}", 28,
          "k: a `.range` that is not two numbers of F32" },
        { GOOD KERNEL "," T("k.range", "F32", "2", 24, 32) "}", 32,
          "k: a range from 5.13189e-22 to 1.34778e-19 is none around zero" },
        { GOOD T("k", "I9", "4,2", 0, 8) "}", 8, "k: dtype I9 instead of F32, F16, BF16 or I8" },
        { "{" KERNEL "}", 24, "tensors of I8, and no `int8` in the metadata" },
        { GOOD T("k", "F32", "2,2", 0, 16) "}", 16, "metadata `int8`, and no tensor of I8" },
        { M("{\\\"version\\\":2," FACTS "}") KERNEL "}", 24, "int8: version 2; this library reads 1" },
        { M("{" FACTS "}") KERNEL "}", 24, "int8: `version` is missing or no whole number" },
        { M("{\\\"version\\\":1," FACTS ",\\\"more\\\":1}") KERNEL "}", 24, INCOMPLETE },
        { M("{\\\"version\\\":1}") KERNEL "}", 24, INCOMPLETE },
        { M("{\\\"version\\\":1,\\\"iou_change\\\":1.5," FACTS "}") KERNEL "}", 24, INCOMPLETE },
        { M("{\\\"version\\\":1,\\\"iou_change\\\":0.5,\\\"more\\\":1," FACTS "}") KERNEL "}", 24, INCOMPLETE },
        { M("no JSON") KERNEL "}", 24, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        quantised_file file;
        inspyr_error error;

        assert_int_equal(try(cases[i].header, cases[i].data, &file, &error), INSPYR_ERR_WEIGHTS);
        if (cases[i].message)
            assert_string_equal(error.message, cases[i].message);
    }
}

/* One scale is what the four bytes say. */
static void scales_that_are_no_scales_are_refused(void **state)
{
    static const float wrong[] = { 0, -1, INFINITY, NAN };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tensor_file file = tensor_file_text(GOOD KERNEL "}", 24);
        inspyr_allocator allocator = fixture_allocator();
        inspyr_error error;
        weights *w;

        memcpy(file.bytes + file.size - 4, &wrong[i], 4);
        assert_int_equal(weights_open(&w, file.bytes, file.size, &allocator, &error), INSPYR_ERR_WEIGHTS);
        assert_string_equal(error.message, "k: scale 3 is not positive and finite");
        free(file.bytes);
    }
}

/* A plan of one convolution of the recorded file. */
static plan *record(const char *name, int32_t out, int32_t side, bool bias)
{
    inspyr_allocator allocator = fixture_allocator();
    plan_part part = plan_tensor(out, "%s", name);
    plan_input in;
    plan *p, *lowered;

    assert_int_equal(plan_create(&p, &allocator, NULL), INSPYR_OK);
    in = plan_whole(plan_numbers(p, 1, 9, 7, 32, PLAN_FEATURE, "x"));
    plan_name(p,
              plan_conv(p, &in, 1, &part, 1,
                        &(plan_conv_options){ .kernel_h = side, .kernel_w = side, .no_bias = !bias }),
              "y");
    assert_int_equal(plan_status(p, NULL), INSPYR_OK);
    lowered = parity_lower(p, &engine_plain, INSPYR_PRECISION_EXACT);
    plan_free(p);
    return lowered;
}

/* Runs it with rounded inputs, or in int8, and returns the largest difference from what was recorded, of the
 * largest number.
 */
static double compare(const fixture *f, const plan *p, const char *recorded, const quantised_unit *range,
                      inspyr_precision precision)
{
    const engine_rounding rounding = ROUND_INT8;
    const engine_host host = { .allocator = fixture_allocator(), .precision = precision };
    const bool watched = precision == INSPYR_PRECISION_EXACT;
    engine_packed *packed;
    engine_run *run;
    float *x = fixture_numbers(f, NULL, "x"), *want = fixture_numbers(f, NULL, "%s", recorded);
    const float *inputs[] = { x };
    plan_id y = plan_find(p, "y");
    size_t count = (size_t)(9 * 7 * p->values[y].c);
    float *got = malloc(count * sizeof *got);
    double most = 0, largest = 0;

    assert_non_null(got);
    assert_int_equal(engine_plain.pack(&packed, &host, p, f->tensors, NULL), INSPYR_OK);
    const engine_watch watch = { .roundings = &rounding, .ranges = range, .rounded = packed };
    const engine_io io = { .inputs = inputs, .watch = watched ? &watch : NULL };

    assert_int_equal(
        engine_plain.compile(&run, &host, packed, p, (watched ? ENGINE_WATCH : 0) | ENGINE_KEEP_VALUES, NULL),
        INSPYR_OK);
    assert_int_equal(engine_plain.run(run, &io, NULL), INSPYR_OK);
    assert_int_equal(engine_plain.read_value(run, y, got, NULL), INSPYR_OK);
    for (size_t i = 0; i < count; i++) {
        most = fmax(most, fabs((double)got[i] - (double)want[i]));
        largest = fmax(largest, fabs((double)want[i]));
    }
    engine_plain.destroy(run);
    engine_plain.unpack(packed);
    free(got);
    free(x);
    free(want);
    return most / largest;
}

static void check_products(inspyr_precision precision, double bound)
{
    quantised_unit range;
    fixture f;
    plan *p;

    assert_true(fixture_open(&f, data_path("net/quantised.safetensors")));
    p = record("conv", 12, 3, true);
    assert_true(weights_quantised(f.tensors, p, 0, &range));
    assert_true(range.ranged && range.low == -7.5f && range.high == 11.25f);
    assert_true(compare(&f, p, "conv_out", &range, precision) < bound);
    plan_free(p);
    p = record("point", 24, 1, false);
    assert_true(weights_quantised(f.tensors, p, 0, &range));
    assert_false(range.ranged);
    assert_true(compare(&f, p, "point_out", &range, precision) < bound);
    plan_free(p);
    fixture_close(&f);
}

static void rounded_runs_are_those_of_pytorch(void **state)
{
    (void)state;
    check_products(INSPYR_PRECISION_EXACT, 1e-6);
}

/* Values may be stored as bf16 before they become bytes, which moves some of them by a step. */
static void products_of_bytes_are_those_of_pytorch(void **state)
{
    (void)state;
    if (!engine_plain.has(INSPYR_PRECISION_INT8)) {
        print_message("no products of bytes on this processor: skipped\n");
        skip();
    }
    check_products(INSPYR_PRECISION_INT8, 0.02);
}

static void zero_is_a_step_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i <= 100; i++) {
        float low = -(float)i / 7, high = (float)(101 - i) / 3;
        quantised_step s = quantised_step_of(low, high);

        assert_in_range(s.zero, 0, 255);
        assert_true(fabsf((float)(0 - s.zero) * s.scale - low) <= 0.51f * s.scale);
        assert_true(fabsf((float)(255 - s.zero) * s.scale - high) <= 0.51f * s.scale);
    }
    assert_int_equal(quantised_step_of(0, 1).zero, 0);
    assert_int_equal(quantised_step_of(-1, 0).zero, 255);
}

static bool has_int8(inspyr_precision precision)
{
    return precision <= INSPYR_PRECISION_EXACT || precision == INSPYR_PRECISION_INT8 ||
           precision == INSPYR_PRECISION_BF16;
}

static bool has_exact(inspyr_precision precision)
{
    return precision <= INSPYR_PRECISION_EXACT;
}

static choice settle(bool (*has)(inspyr_precision), inspyr_precision precision, inspyr_need need,
                     const quantised_file *file, inspyr_status wanted)
{
    engine_kind engine = engine_plain;
    const inspyr_load_options o = { .precision = precision, .device_need = need };
    choice c = { .engine = &engine, .precision = INSPYR_PRECISION_EXACT };
    inspyr_error error;

    engine.has = has;
    assert_int_equal(choose_quantised(&c, &o, file, &error), wanted);
    if (wanted)
        snprintf(c.note, sizeof c.note, "%.230s", error.message);
    return c;
}

static void a_file_of_int8_is_used_as_such_within_the_bound(void **state)
{
    const quantised_file good = { .is = true, .alpha_error = 0.005, .iou_change = 1 };
    const quantised_file bad = { .is = true, .alpha_error = 0.012 };
    choice c = settle(has_int8, INSPYR_PRECISION_AUTO, 0, &good, INSPYR_OK);

    (void)state;
    assert_int_equal(c.precision, INSPYR_PRECISION_INT8);
    c = settle(has_exact, INSPYR_PRECISION_AUTO, 0, &good, INSPYR_OK);
    assert_int_equal(c.precision, INSPYR_PRECISION_EXACT);
    assert_string_equal(c.note, "");
    c = settle(has_int8, INSPYR_PRECISION_EXACT, 0, &bad, INSPYR_OK);
    assert_int_equal(c.precision, INSPYR_PRECISION_EXACT);
    c = settle(has_int8, INSPYR_PRECISION_AUTO, 0, &bad, INSPYR_OK);
    assert_int_equal(c.precision, INSPYR_PRECISION_BF16);
    assert_string_equal(c.note, "int8 falls back to bf16: its error of 0.012 is over 0.005");
    c = settle(has_exact, INSPYR_PRECISION_INT8, 0, &bad, INSPYR_OK);
    assert_int_equal(c.precision, INSPYR_PRECISION_EXACT);
    settle(has_int8, INSPYR_PRECISION_INT8, INSPYR_NEED_REQUIRED, &bad, INSPYR_ERR_WEIGHTS);
    c = settle(has_int8, INSPYR_PRECISION_INT8, INSPYR_NEED_REQUIRED, &good, INSPYR_OK);
    assert_int_equal(c.precision, INSPYR_PRECISION_INT8);
}

static void an_error_and_its_bound_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(quantised_digits(0.012, 0.005), 4);
    assert_int_equal(quantised_digits(0.00503, 0.005), 4);
    assert_int_equal(quantised_digits(0.00500012, 0.005), 5);
    assert_int_equal(quantised_digits(nextafter(0.005, 1), 0.005), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_of_bytes_has_its_scales_beside_it),
        cmocka_unit_test(what_is_not_whole_is_refused),
        cmocka_unit_test(scales_that_are_no_scales_are_refused),
        cmocka_unit_test(rounded_runs_are_those_of_pytorch),
        cmocka_unit_test(products_of_bytes_are_those_of_pytorch),
        cmocka_unit_test(zero_is_a_step_of_its_own),
        cmocka_unit_test(a_file_of_int8_is_used_as_such_within_the_bound),
        cmocka_unit_test(an_error_and_its_bound_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

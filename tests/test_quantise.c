/* inspyr_quantise(): a file of int8 that is read again as it was meant, or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inspyr_experimental.h"
#include "net/engine.h"
#include "net/network.h"
#include "net/quantised.h"
#include "support/byte_sink.h"
#include "support/files.h"
#include "support/fixture.h"
#include "support/scarce.h"

/* Of the tiny network, which has no bound that matters here. */
static inspyr_status quantise_tiny(sink *out, double bound, inspyr_quantise_report *report, inspyr_pool *pool,
                                   const inspyr_allocator *allocator, inspyr_error *error)
{
    const char *pictures[] = { data_path("image/p3.ppm"), data_path("image/p2.pgm") };
    inspyr_quantise_options options;

    inspyr_quantise_options_init(&options);
    options.bound = bound;
    options.pool = pool;
    options.allocator = allocator;
    return inspyr_quantise(data_path("net/tiny.safetensors"), pictures, 2, &options, sink_take, out, report,
                           error);
}

static weights *open_bytes(const void *bytes, size_t size)
{
    inspyr_allocator allocator = fixture_allocator();
    inspyr_error error;
    weights *w;

    if (weights_open(&w, bytes, size, &allocator, &error))
        fail_msg("%s", error.message);
    return w;
}

/* A number of the new kernel is within half a step of the old one, the largest of each channel is 127 steps. */
static void check_kernel(const weights *new, const weights_tensor *kernel, const weights_tensor *old)
{
    char name[256];
    const weights_tensor *scales;
    size_t row = kernel->count / (size_t)kernel->shape[0];
    float *was = malloc(old->count * sizeof *was), *is = malloc(old->count * sizeof *is), *by;

    strcat(strcpy(name, kernel->name), ".scale");
    scales = weights_find(new, name);
    assert_non_null(scales);
    by = malloc(scales->count * sizeof *by);
    assert_true(was && is && by);
    weights_widen(was, old);
    weights_widen(is, kernel);
    weights_widen(by, scales);
    for (size_t i = 0; i < kernel->count; i++) {
        float scale = by[i / row];

        assert_true(fabsf(is[i]) <= 127);
        assert_true(fabsf(is[i] * scale - was[i]) <= 0.501f * scale);
    }
    for (size_t c = 0; c < scales->count; c++) {
        float most = 0;

        for (size_t i = c * row; i < (c + 1) * row; i++)
            most = fmaxf(most, fabsf(is[i]));
        assert_true(most == 127);
    }
    free(was);
    free(is);
    free(by);
}

static void kernels_are_bytes_and_all_else_is_as_it_was(void **state)
{
    sink out = { 0 };
    inspyr_quantise_report report;
    inspyr_error error;
    size_t size;
    unsigned char *source = file_read(&size, data_path("net/tiny.safetensors"));
    weights *old = open_bytes(source, size), *new;
    quantised_file file;
    int32_t kernels = 0;

    (void)state;
    inspyr_quantise_report_init(&report);
    if (quantise_tiny(&out, 0.5, &report, NULL, NULL, &error))
        fail_msg("%s", error.message);
    new = open_bytes(out.bytes, out.size);
    assert_int_equal(quantised_read(&file, new, NULL), INSPYR_OK);
    assert_true(file.is && fabs(file.alpha_error - report.alpha_error) < 1e-6 && file.bound == 0.5);
    assert_true(report.iou_change > 0 && fabs(file.iou_change - report.iou_change) < 1e-6);
    assert_int_equal(report.pictures, 2);
    assert_int_equal(report.bytes, out.size);
    for (int32_t i = 0; i < weights_count(old); i++) {
        const weights_tensor *before = weights_at(old, i), *after = weights_find(new, before->name);

        assert_non_null(after);
        assert_memory_equal(after->shape, before->shape, sizeof after->shape);
        if (after->type == WEIGHTS_I8) {
            check_kernel(new, after, before);
            kernels++;
        } else {
            assert_int_equal(after->type, before->type);
            assert_memory_equal(after->data, before->data, before->count * weights_width(before->type));
        }
    }
    assert_true(kernels > 0 && kernels >= report.convolutions - report.kept);
    weights_free(old);
    weights_free(new);
    free(source);
    free(out.bytes);
}

static void reading_it_again_folds_to_whole_steps(void **state)
{
    sink out = { 0 };
    inspyr_allocator allocator = fixture_allocator();
    network_config config;
    weights *w;
    plan *p;
    int32_t seen = 0;

    (void)state;
    assert_int_equal(quantise_tiny(&out, 0.5, NULL, NULL, NULL, NULL), INSPYR_OK);
    w = open_bytes(out.bytes, out.size);
    assert_int_equal(network_open(&p, &config, w, NULL, &allocator, NULL), INSPYR_OK);
    for (int32_t i = 0; i < p->weights_count; i++) {
        const plan_weights *u = &p->weights[i];
        size_t row = plan_kernel_count(u) / (size_t)u->out;
        float *kernel = malloc(plan_kernel_count(u) * sizeof *kernel), *bias = malloc((size_t)u->out * 4);
        quantised_unit range;

        assert_true(kernel && bias);
        if (u->style <= PLAN_STYLE_LINEAR && weights_quantised(w, p, i, &range)) {
            weights_unit(w, p, i, kernel, bias);
            assert_true(range.ranged && range.low <= 0 && range.high >= 0);
            for (size_t c = 0; c < (size_t)u->out; c++) {
                float most = 0;

                for (size_t k = c * row; k < (c + 1) * row; k++)
                    most = fmaxf(most, fabsf(kernel[k]));
                for (size_t k = c * row; k < (c + 1) * row; k++)
                    assert_true(fabsf(kernel[k] / (most / 127) - rintf(kernel[k] / (most / 127))) < 1e-4f);
            }
            seen++;
        }
        free(kernel);
        free(bias);
    }
    assert_true(seen > 0);
    plan_free(p);
    weights_free(w);
    free(out.bytes);
}

static void the_same_pictures_give_the_same_bytes(void **state)
{
    sink once = { 0 }, again = { 0 };
    inspyr_pool *pool;

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    assert_int_equal(quantise_tiny(&once, 0.5, NULL, NULL, NULL, NULL), INSPYR_OK);
    assert_int_equal(quantise_tiny(&again, 0.5, NULL, pool, NULL, NULL), INSPYR_OK);
    assert_int_equal(once.size, again.size);
    assert_memory_equal(once.bytes, again.bytes, once.size);
    inspyr_pool_free(pool);
    free(once.bytes);
    free(again.bytes);
}

static void a_file_over_the_bound_is_not_written(void **state)
{
    sink out = { 0 };
    inspyr_quantise_report report;
    inspyr_error error;

    (void)state;
    inspyr_quantise_report_init(&report);
    assert_int_equal(quantise_tiny(&out, 1e-7, &report, NULL, NULL, &error), INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "over the bound of"));
    assert_int_equal(out.calls, 0);
    assert_true(report.alpha_error > 1e-7);
}

static void a_file_whose_masks_change_too_much_is_not_written(void **state)
{
    const char *pictures[] = { data_path("image/p3.ppm") };
    inspyr_quantise_options options;
    inspyr_quantise_report report;
    inspyr_error error;
    sink out = { 0 };

    (void)state;
    inspyr_quantise_options_init(&options);
    inspyr_quantise_report_init(&report);
    options.bound = 0.5;
    options.iou_bound = 1e-7;
    assert_int_equal(inspyr_quantise(data_path("net/tiny.safetensors"), pictures, 1, &options, sink_take, &out,
                                     &report, &error),
                     INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "the change of the IoU in int8 is 0.0"));
    assert_non_null(strstr(error.message, "over the bound of 1e-07"));
    assert_int_equal(out.calls, 0);
    assert_true(report.iou_change > 1e-7 && report.iou_change == report.mask_error);
    options.iou_bound = 1.5;
    assert_int_equal(
        inspyr_quantise(data_path("net/tiny.safetensors"), pictures, 1, &options, sink_take, &out, NULL, NULL),
        INSPYR_ERR_ARGUMENT);
}

static void a_loaded_file_says_what_became_of_it(void **state)
{
    static const char entry[] = "alpha_error\\\":0.0";
    sink out = { 0 };
    inspyr_load_options load;
    inspyr_info info;
    inspyr_model *model;
    inspyr_error error;
    unsigned char *at;

    (void)state;
    assert_int_equal(quantise_tiny(&out, 0.5, NULL, NULL, NULL, NULL), INSPYR_OK);
    for (at = out.bytes; memcmp(at, entry, strlen(entry)) != 0; at++)
        assert_true(at + strlen(entry) < out.bytes + out.size);
    at[16] = '3'; /* 0.3... of error */
    inspyr_load_options_init(&load);
    inspyr_info_init(&info);
    load.bytes = out.bytes;
    load.bytes_size = out.size;
    if (inspyr_model_load(&model, NULL, &load, &error))
        fail_msg("%s", error.message);
    assert_int_equal(inspyr_model_info(model, &info, NULL), INSPYR_OK);
    assert_non_null(strstr(info.note, "int8 falls back to "));
    assert_string_not_equal(info.precision, "int8");
    assert_int_equal(inspyr_model_state(model), INSPYR_STATE_DEGRADED);
    inspyr_model_free(model);
    load.precision = INSPYR_PRECISION_INT8;
    load.device_need = INSPYR_NEED_REQUIRED;
    if (engine_plain.has(INSPYR_PRECISION_INT8)) {
        assert_int_equal(inspyr_model_load(&model, NULL, &load, &error), INSPYR_ERR_WEIGHTS);
        assert_non_null(strstr(error.message, "over the bound of 0.005"));
    } else {
        assert_int_equal(inspyr_model_load(&model, NULL, &load, &error), INSPYR_ERR_DEVICE);
    }
    free(out.bytes);
}

static void what_cannot_be_done_is_said_before(void **state)
{
    const char *pictures[] = { data_path("image/p3.ppm"), data_path("no such picture") };
    const char *tiny = data_path("net/tiny.safetensors");
    inspyr_convert_options describe;
    inspyr_quantise_options options;
    sink out = { 0 };
    inspyr_error error;

    (void)state;
    inspyr_quantise_options_init(&options);
    assert_int_equal(inspyr_quantise(NULL, pictures, 1, NULL, sink_take, &out, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_quantise(tiny, NULL, 1, NULL, sink_take, &out, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_quantise(tiny, pictures, 0, NULL, sink_take, &out, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_quantise(tiny, pictures, 1, NULL, NULL, NULL, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_quantise(tiny, pictures, 2, NULL, sink_take, &out, NULL, &error), INSPYR_ERR_FILE);
    pictures[1] = tiny;
    assert_int_equal(inspyr_quantise(tiny, pictures, 2, NULL, sink_take, &out, NULL, &error),
                     INSPYR_ERR_IMAGE_FORMAT);
    assert_non_null(strstr(error.message, "tiny.safetensors: "));
    options.bound = -1;
    assert_int_equal(inspyr_quantise(tiny, pictures, 1, &options, sink_take, &out, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    options.bound = 0;
    options.flags = 1;
    assert_int_equal(inspyr_quantise(tiny, pictures, 1, &options, sink_take, &out, NULL, NULL),
                     INSPYR_ERR_UNSUPPORTED);
    options.flags = 0;
    inspyr_convert_options_init(&describe);
    describe.precision = INSPYR_PRECISION_BF16;
    options.describe = &describe;
    assert_int_equal(inspyr_quantise(tiny, pictures, 1, &options, sink_take, &out, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(out.calls, 0);
}

static int stop(void *user, const inspyr_progress *progress)
{
    return progress->stage == *(inspyr_stage *)user;
}

static void it_ends_when_it_is_told_to(void **state)
{
    inspyr_stage stages[] = { INSPYR_STAGE_PREPARE, INSPYR_STAGE_NETWORK };
    const char *pictures[] = { data_path("image/p3.ppm") };
    inspyr_quantise_options options;
    sink out = { .fails_at = 2 };

    (void)state;
    assert_int_equal(quantise_tiny(&out, 0.5, NULL, NULL, NULL, NULL), INSPYR_ERR_CANCELLED);
    free(out.bytes);
    inspyr_quantise_options_init(&options);
    options.progress = stop;
    for (size_t i = 0; i < 2; i++) {
        options.progress_user = &stages[i];
        assert_int_equal(inspyr_quantise(data_path("net/tiny.safetensors"), pictures, 1, &options, sink_take,
                                         &out, NULL, NULL),
                         INSPYR_ERR_CANCELLED);
    }
}

static void every_lack_of_memory_is_survived(void **state)
{
    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        sink out = { 0 };
        inspyr_status status = quantise_tiny(&out, 0.5, NULL, NULL, &allocator, NULL);

        free(out.bytes);
        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_bytes_and_all_else_is_as_it_was),
        cmocka_unit_test(reading_it_again_folds_to_whole_steps),
        cmocka_unit_test(the_same_pictures_give_the_same_bytes),
        cmocka_unit_test(a_file_over_the_bound_is_not_written),
        cmocka_unit_test(a_file_whose_masks_change_too_much_is_not_written),
        cmocka_unit_test(a_loaded_file_says_what_became_of_it),
        cmocka_unit_test(what_cannot_be_done_is_said_before),
        cmocka_unit_test(it_ends_when_it_is_told_to),
        cmocka_unit_test(every_lack_of_memory_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Contexts with the built-in model: the bytes are those of the synchronous calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "inspyr_context.h"
#include "support/pictures.h"

static inspyr_context *opened(const inspyr_context_options *options)
{
    inspyr_context *c;
    inspyr_error error;

    if (inspyr_context_open(&c, options, &error))
        fail_msg("%s", error.message);
    return c;
}

static inspyr_bytes encoded(const inspyr_image *image, const inspyr_encode_options *o)
{
    inspyr_bytes bytes;
    inspyr_view view;

    inspyr_image_view(image, &view);
    assert_int_equal(inspyr_image_encode(&bytes, &view, o, NULL), INSPYR_OK);
    return bytes;
}

/* A PNG of noise. */
static inspyr_bytes noise_file(int32_t width, int32_t height)
{
    pixels p = noise(width, height, INSPYR_RGB8, 3);
    inspyr_bytes bytes;

    assert_int_equal(inspyr_image_encode(&bytes, &p.view, NULL, NULL), INSPYR_OK);
    free(p.data);
    return bytes;
}

static void expect_bytes(inspyr_job *job, size_t index, const inspyr_bytes *expected)
{
    inspyr_job_result r;

    inspyr_job_result_init(&r);
    assert_int_equal(inspyr_job_result_get(job, index, &r, NULL), INSPYR_OK);
    assert_int_equal(r.status, INSPYR_OK);
    assert_int_equal(r.bytes_size, expected->size);
    assert_memory_equal(r.bytes, expected->data, expected->size);
}

/* What the synchronous calls make of a file: a cut-out, and effects on it; each encoded. */
static void make(inspyr_bytes *out, const inspyr_bytes *file, const inspyr_cutout_options *cutout,
                 const char *const *effects, size_t n, const inspyr_encode_options *encode)
{
    inspyr_model *m = loaded(NULL, NULL, NULL);
    inspyr_image *picture, *cut, *drawn[8];
    inspyr_view view;

    assert_int_equal(inspyr_image_decode(&picture, file->data, file->size, NULL, NULL), INSPYR_OK);
    inspyr_image_view(picture, &view);
    cut = cut_out(m, &view, cutout);
    out[0] = encoded(cut, encode);
    inspyr_image_view(cut, &view);
    if (n)
        assert_int_equal(inspyr_apply_effects(drawn, NULL, &view, NULL, effects, n, NULL, NULL), INSPYR_OK);
    for (size_t i = 0; i < n; i++) {
        out[i + 1] = encoded(drawn[i], encode);
        inspyr_image_free(drawn[i]);
    }
    inspyr_image_free(cut);
    inspyr_image_free(picture);
    inspyr_model_free(m);
}

static void compare(const inspyr_cutout_options *cutout, const char *text, const char *const *effects, size_t n)
{
    inspyr_bytes file = noise_file(83, 59), expected[8];
    inspyr_encode_options encode;
    inspyr_request r;
    inspyr_context *c = opened(NULL);
    inspyr_job *job;

    inspyr_encode_options_init(&encode);
    make(expected, &file, cutout, effects, n, &encode);
    inspyr_request_init(&r);
    r.cutout = cutout;
    r.encode = &encode;
    r.effects = text;
    assert_int_equal(inspyr_context_submit(&job, c, file.data, file.size, &r, NULL), INSPYR_OK);
    assert_int_equal(inspyr_job_wait(job, -1, NULL), INSPYR_OK);
    for (size_t i = 0; i <= n; i++) {
        expect_bytes(job, i, &expected[i]);
        inspyr_bytes_free(&expected[i]);
    }
    inspyr_job_free(job);
    inspyr_context_free(c);
    inspyr_bytes_free(&file);
}

static void a_job_gives_the_bytes_of_the_synchronous_calls(void **state)
{
    static const char *const effects[] = { "color@1", "popart", "dithering:pixel_spacing=4" };
    inspyr_cutout_options o;

    (void)state;
    compare(NULL, "color,popart,dithering:pixel_spacing=4", effects, 3);
    inspyr_cutout_options_init(&o);
    for (int output = INSPYR_OUTPUT_RGBA; output <= INSPYR_OUTPUT_OVERLAY; output++) {
        o.output = (inspyr_output)output;
        compare(&o, NULL, NULL, 0);
    }
    o.output = INSPYR_OUTPUT_COLOUR;
    o.flags = INSPYR_CUTOUT_CROP | INSPYR_CUTOUT_REVERSE;
    o.crop_margin = 3;
    o.colour = 0xABCDEF;
    compare(&o, NULL, NULL, 0);
    o.flags = INSPYR_CUTOUT_THRESHOLD | INSPYR_CUTOUT_KEEP_COLOURS;
    o.threshold = 0.3f;
    o.output = INSPYR_OUTPUT_RGBA;
    o.resize = INSPYR_RESIZE_DYNAMIC;
    compare(&o, NULL, NULL, 0);
}

static void the_reference_packages_arithmetic_is_that_of_the_synchronous_calls(void **state)
{
    inspyr_cutout_options o;

    (void)state;
    inspyr_cutout_options_init(&o);
    o.flags = INSPYR_COMPAT;
    compare(&o, NULL, NULL, 0);
    o.output = INSPYR_OUTPUT_BLUR;
    compare(&o, NULL, NULL, 0);
}

static void batches_and_caches_change_no_byte(void **state)
{
    inspyr_bytes file[12], expected[12];
    inspyr_encode_options encode;
    inspyr_context_options o;
    inspyr_pool *pool;
    inspyr_load_options load;
    inspyr_request r;
    inspyr_context *c;
    inspyr_job *jobs[12];
    inspyr_cache *cache;

    (void)state;
    inspyr_encode_options_init(&encode);
    assert_int_equal(inspyr_pool_open(&pool, 2, NULL, NULL), INSPYR_OK);
    assert_int_equal(inspyr_cache_open(&cache, NULL, NULL), INSPYR_OK);
    inspyr_load_options_init(&load);
    load.pool = pool;
    inspyr_context_options_init(&o);
    o.load = &load;
    o.cache = cache;
    o.flags = INSPYR_CONTEXT_COLD;
    c = opened(&o);
    inspyr_request_init(&r);
    r.encode = &encode;
    for (int i = 0; i < 12; i++) {
        file[i] = noise_file(20 + 7 * i, 90 - 5 * i);
        make(&expected[i], &file[i], NULL, NULL, 0, &encode);
    }
    for (int round = 0; round < 2; round++) {
        assert_int_equal(inspyr_context_process(jobs, c, file, 12, &r, NULL), INSPYR_OK);
        for (int i = 0; i < 12; i++) {
            expect_bytes(jobs[i], 0, &expected[i]);
            inspyr_job_free(jobs[i]);
        }
    }
    inspyr_context_free(c);
    inspyr_cache_free(cache);
    inspyr_pool_free(pool);
    for (int i = 0; i < 12; i++) {
        inspyr_bytes_free(&file[i]);
        inspyr_bytes_free(&expected[i]);
    }
}

static void pixels_that_are_handed_in_need_not_stay(void **state)
{
    pixels p = noise(61, 47, INSPYR_RGB8, 3);
    inspyr_model *m = loaded(NULL, NULL, NULL);
    inspyr_image *expected = cut_out(m, &p.view, NULL);
    inspyr_context *c = opened(NULL);
    inspyr_job_result result;
    inspyr_job *job;
    inspyr_view a, b;

    (void)state;
    assert_int_equal(inspyr_context_submit_view(&job, c, &p.view, NULL, NULL), INSPYR_OK);
    free(p.data);
    assert_int_equal(inspyr_job_wait(job, -1, NULL), INSPYR_OK);
    inspyr_job_result_init(&result);
    assert_int_equal(inspyr_job_result_get(job, 0, &result, NULL), INSPYR_OK);
    inspyr_image_view(expected, &a);
    inspyr_image_view(result.image, &b);
    assert_int_equal(a.width, b.width);
    assert_int_equal(a.format, b.format);
    for (int32_t y = 0; y < a.height; y++)
        assert_memory_equal((char *)a.data + y * a.stride, (char *)b.data + y * b.stride, (size_t)a.width * 4);
    inspyr_job_free(job);
    inspyr_context_free(c);
    inspyr_image_free(expected);
    inspyr_model_free(m);
}

static void the_configuration_in_effect_can_be_asked_for(void **state)
{
    inspyr_context_options o;
    inspyr_context *c;
    inspyr_info info;

    (void)state;
    inspyr_context_options_init(&o);
    o.flags = INSPYR_CONTEXT_WAIT | INSPYR_CONTEXT_PLAIN | INSPYR_CONTEXT_EXACT;
    c = opened(&o);
    inspyr_info_init(&info);
    assert_int_equal(inspyr_context_info(c, &info, NULL), INSPYR_OK);
    assert_string_equal(info.name, "nano");
    assert_string_equal(info.engine, "plain");
    assert_string_equal(info.precision, "exact");
    inspyr_context_trim(c, 1);
    inspyr_context_free(c);
    assert_int_equal(inspyr_context_state(NULL), INSPYR_STATE_COLD);
    inspyr_context_free(NULL);
    inspyr_job_free(NULL);
    inspyr_job_cancel(NULL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_gives_the_bytes_of_the_synchronous_calls),
        cmocka_unit_test(the_reference_packages_arithmetic_is_that_of_the_synchronous_calls),
        cmocka_unit_test(batches_and_caches_change_no_byte),
        cmocka_unit_test(pixels_that_are_handed_in_need_not_stay),
        cmocka_unit_test(the_configuration_in_effect_can_be_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "run/context/footprint.h"
#include "support/chance.h"
#include "support/meter.h"

#define RESULTS 10

/* A request as a service works on it: every result stays until the end. */
typedef struct work {
    inspyr_allocator allocator;
    inspyr_model *model;
    inspyr_image *cutouts[2], *drawn[RESULTS];
    inspyr_bytes files[RESULTS + 2];
    size_t made;
} work;

static void encode(work *w, const inspyr_image *image)
{
    inspyr_encode_options options;
    inspyr_view view;

    inspyr_image_view(image, &view);
    inspyr_encode_options_init(&options);
    options.allocator = &w->allocator;
    assert_int_equal(inspyr_image_encode(&w->files[w->made++], &view, &options, NULL), INSPYR_OK);
}

static void draw(work *w, const footprint *f)
{
    inspyr_effect_options options;
    inspyr_view view;
    const char *names[RESULTS];
    char texts[RESULTS][INSPYR_EFFECT_TEXT_MAX];
    size_t n = 0;

    for (size_t i = 0; i == 0 || i < n; i++) {
        inspyr_effect_values values;

        inspyr_effect_values_init(&values);
        assert_int_equal(inspyr_effect_parse(&values, &n, f->effects, i, NULL), INSPYR_OK);
        assert_int_equal(inspyr_effect_print(texts[i], &values, NULL), INSPYR_OK);
        names[i] = texts[i];
    }
    inspyr_image_view(w->cutouts[f->sizes - 1], &view);
    inspyr_effect_options_init(&options);
    options.allocator = &w->allocator;
    options.quality = f->preview_side ? INSPYR_QUALITY_PREVIEW : INSPYR_QUALITY_FULL;
    options.preview_side = f->preview_side;
    assert_int_equal(inspyr_apply_effects(w->drawn, NULL, &view, NULL, names, n, &options, NULL), INSPYR_OK);
    for (size_t i = 0; f->encoded && i < n; i++)
        encode(w, w->drawn[i]);
}

static void do_all(work *w, const footprint *f, const inspyr_view *picture)
{
    for (size_t i = 0; i < f->sizes; i++)
        assert_int_equal(inspyr_remove_background(&w->cutouts[i], w->model, picture, NULL, NULL), INSPYR_OK);
    for (size_t i = 0; f->encoded && i < f->sizes; i++)
        encode(w, w->cutouts[i]);
    if (f->effects)
        draw(w, f);
}

static void give_back(work *w)
{
    for (size_t i = 0; i < w->made; i++)
        inspyr_bytes_free(&w->files[i]);
    for (int i = 0; i < RESULTS; i++)
        inspyr_image_free(w->drawn[i]);
    for (int i = 0; i < 2; i++)
        inspyr_image_free(w->cutouts[i]);
}

static inspyr_view noise(int32_t width, int32_t height, chance *random)
{
    size_t size = (size_t)width * (size_t)height * 4;
    unsigned char *pixels = malloc(size);

    assert_non_null(pixels);
    for (size_t i = 0; i < size; i++)
        pixels[i] = (unsigned char)chance_between(random, 0, 255);
    return (inspyr_view){ pixels, width * 4, width, height, INSPYR_RGBA8, 0 };
}

static void no_request_takes_more_than_was_foreseen_or_less_than_a_third(void **state)
{
    static const char *const effects[] = { NULL, "classic", "watercolor,mosaic,sketch,retro8bit,duotone",
                                           "retro8bit:quality_preset=quality" };
    static const int32_t sides[][2] = { { 1, 1 }, { 1800, 1300 }, { 2000, 3 }, { 640, 480 } };
    chance random = { 5 };

    (void)state;
    for (int round = 0; round < 32; round++) {
        meter m = { 0, 0 };
        work w = { .allocator = meter_allocator(&m) };
        footprint f = { .width = sides[round % 4][0],
                        .height = sides[round % 4][1],
                        .sizes = 1 + (size_t)round / 16,
                        .effects = effects[round / 4 % 4],
                        .preview_side = round % 5 == 0 ? 200 : 0,
                        .encoded = round / 2 % 2 };
        inspyr_view picture = noise(f.width, f.height, &random);
        inspyr_load_options options;
        long long before;
        uint64_t bytes, taken;

        inspyr_load_options_init(&options);
        options.allocator = &w.allocator;
        assert_int_equal(inspyr_model_load(&w.model, NULL, &options, NULL), INSPYR_OK);
        assert_int_equal(inspyr_model_warmup(w.model, NULL, NULL),
                         INSPYR_OK); /* the network's memory is there */
        before = m.now;
        m.most = m.now;
        do_all(&w, &f, &picture);
        assert_int_equal(footprint_of(&bytes, &f, NULL), INSPYR_OK);
        taken = (uint64_t)(m.most - before) + 4 * (uint64_t)f.width * (uint64_t)f.height;
        if (taken > bytes || 3 * taken < bytes)
            fail_msg("round %d: %llu bytes with the picture, %llu foreseen", round, (unsigned long long)taken,
                     (unsigned long long)bytes);
        give_back(&w);
        inspyr_model_free(w.model);
        assert_int_equal(m.now, 0);
        free(picture.data);
    }
}

static void what_cannot_be_counted_is_the_largest_number(void **state)
{
    const footprint f = { .width = INT32_MAX, .height = INT32_MAX, .sizes = SIZE_MAX / 2, .encoded = true };
    uint64_t bytes;

    (void)state;
    assert_int_equal(footprint_of(&bytes, &f, NULL), INSPYR_OK);
    assert_true(bytes == UINT64_MAX);
}

static void unknown_effects_are_refused_as_by_the_call_that_draws(void **state)
{
    const footprint f = { .width = 1, .height = 1, .sizes = 1, .effects = "color,nosuch" };
    inspyr_error error;
    uint64_t bytes;

    (void)state;
    assert_int_equal(footprint_of(&bytes, &f, &error), INSPYR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "nosuch"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_request_takes_more_than_was_foreseen_or_less_than_a_third),
        cmocka_unit_test(what_cannot_be_counted_is_the_largest_number),
        cmocka_unit_test(unknown_effects_are_refused_as_by_the_call_that_draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

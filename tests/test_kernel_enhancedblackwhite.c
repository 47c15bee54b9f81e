#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernels/enhancedblackwhite.h"
#include "support/effects.h"

/* The level of a pixel in the middle of a field of one colour. */
static int level_of(const char *effect, const unsigned char *rgb)
{
    unsigned char field[5][5][3];
    inspyr_view picture = { field, 15, 5, 5, INSPYR_RGB8, 0 }, view;
    inspyr_image *result;
    int level;

    for (int i = 0; i < 25; i++)
        memcpy(field[i / 5][i % 5], rgb, 3);
    result = drawn(effect, &picture, NULL);
    inspyr_image_view(result, &view);
    level = ((unsigned char *)view.data)[2 * view.stride + 6];
    inspyr_image_free(result);
    return level;
}

static int grey_level(const char *effect, int level)
{
    unsigned char rgb[3] = { (unsigned char)level, (unsigned char)level, (unsigned char)level };

    return level_of(effect, rgb);
}

static void flat_fields_have_the_levels_of_the_service(void **state)
{
    static const unsigned char table[][2] = {
        { 0, 0 },     { 8, 3 },     { 16, 9 },    { 32, 22 },   { 48, 36 },   { 64, 52 },   { 80, 70 },
        { 96, 87 },   { 112, 104 }, { 128, 119 }, { 144, 134 }, { 160, 151 }, { 176, 168 }, { 192, 186 },
        { 208, 216 }, { 224, 234 }, { 240, 252 }, { 248, 255 }, { 255, 255 },
    };
    static const unsigned char colours[][4] = { { 255, 0, 0, 34 },    { 0, 255, 0, 177 },   { 0, 0, 255, 16 },
                                                { 255, 255, 0, 240 }, { 0, 255, 255, 218 }, { 255, 0, 255, 60 },
                                                { 139, 90, 50, 86 } };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(grey_level("enhancedblackwhite:grain_strength=0", table[i][0]), table[i][1]);
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++)
        assert_int_equal(level_of("enhancedblackwhite:grain_strength=0", colours[i]), colours[i][3]);
}

static void a_lighter_field_is_never_darker_in_either_version(void **state)
{
    static const char *const effects[] = { "enhancedblackwhite:grain_strength=0",
                                           "enhancedblackwhite@2:grain_strength=0" };

    (void)state;
    for (int k = 0; k < 2; k++)
        for (int level = 1; level < 256; level++)
            assert_true(grey_level(effects[k], level) >= grey_level(effects[k], level - 1));
}

/* Version 1 glows from one level to the next, and lifts highlights by a step of 0.005. */
static void the_second_version_has_no_steps(void **state)
{
    const double step = 1e-5;

    (void)state;
    assert_true(ebw_lift(0.9 + step) - ebw_lift(0.9) > 0.0049);
    for (double v = 0; v < 1; v += step) {
        assert_true(fabs(ebw_glow_smooth(v + step) - ebw_glow_smooth(v)) < 20 * step);
        assert_true(ebw_lift_smooth(v + step) >= ebw_lift_smooth(v));
        assert_true(ebw_lift_smooth(v + step) - ebw_lift_smooth(v) < 2 * step);
    }
}

#define SIDE 1024

/* Of a field's levels: deviation, and correlation with the next level but `apart` - 1 in both directions. */
static double correlation(const inspyr_view *v, double mean, int apart)
{
    double sum = 0;

    for (int y = 0; y + apart < SIDE; y++)
        for (int x = 0; x + apart < SIDE; x++) {
            const unsigned char *p = (const unsigned char *)v->data + y * v->stride + 3 * x;

            sum += (p[0] - mean) * (p[3 * apart] - mean) + (p[0] - mean) * (p[apart * v->stride] - mean);
        }
    return sum / (2.0 * (SIDE - apart) * (SIDE - apart));
}

static inspyr_image *grained(uint64_t seed)
{
    pixels field = noise(SIDE, SIDE, INSPYR_RGB8, 3);
    inspyr_effect_options options;
    inspyr_image *result;

    memset(field.data, 128, (size_t)SIDE * SIDE * 3);
    inspyr_effect_options_init(&options);
    options.seed = seed;
    result = drawn("enhancedblackwhite:grain_strength=0.4", &field.view, &options);
    free(field.data);
    return result;
}

static void grain_has_the_deviation_and_the_correlation_of_the_service(void **state)
{
    inspyr_image *result = grained(1);
    inspyr_view view;
    double mean = 0, deviation, v;

    (void)state;
    inspyr_image_view(result, &view);
    for (int i = 0; i < SIDE * SIDE; i++)
        mean += ((unsigned char *)view.data)[i / SIDE * view.stride + i % SIDE * 3] / (double)(SIDE * SIDE);
    v = (mean + 0.5) / 255; /* levels are cut off, not rounded */
    deviation = sqrt(correlation(&view, mean, 0)) / (255 * 0.4 * (1.2 - v));
    print_message("deviation %.4f, correlation %.4f and %.4f\n", deviation,
                  correlation(&view, mean, 1) / correlation(&view, mean, 0),
                  correlation(&view, mean, 2) / correlation(&view, mean, 0));
    assert_true(fabs(deviation / 0.206 - 1) < 0.02);
    assert_true(fabs(correlation(&view, mean, 1) / correlation(&view, mean, 0) / 0.387 - 1) < 0.02);
    assert_true(fabs(correlation(&view, mean, 2) / correlation(&view, mean, 0) / 0.104 - 1) < 0.02);
    inspyr_image_free(result);
}

static void grain_is_the_seeds_and_nothing_elses(void **state)
{
    inspyr_image *results[3] = { grained(1), grained(1), grained(2) };
    uint32_t crc[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        inspyr_view view;

        inspyr_image_view(results[i], &view);
        crc[i] = view_crc(&view);
        inspyr_image_free(results[i]);
    }
    assert_int_equal(crc[0], crc[1]);
    assert_int_not_equal(crc[0], crc[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_fields_have_the_levels_of_the_service),
        cmocka_unit_test(a_lighter_field_is_never_darker_in_either_version),
        cmocka_unit_test(the_second_version_has_no_steps),
        cmocka_unit_test(grain_has_the_deviation_and_the_correlation_of_the_service),
        cmocka_unit_test(grain_is_the_seeds_and_nothing_elses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "kernels/retro_palette.h"
#include "kernels/retro_shrink.h"
#include "support/chance.h"
#include "support/effects.h"

#define SIDE 64
#define PLAIN "retro8bit:quality_preset=custom,pixelation_factor=1,content_aware_palette=1"

static const unsigned char *pixel(const inspyr_view *v, int i, int bytes)
{
    return (const unsigned char *)v->data + i / v->width * v->stride + i % v->width * bytes;
}

static int distance(const unsigned char *a, const unsigned char *b)
{
    int dr = 3 * (a[0] - b[0]), dg = 12 * (a[1] - b[1]), db = 5 * (a[2] - b[2]);

    return dr * dr + dg * dg + db * db;
}

static void a_colour_becomes_one_of_the_nearest(void **state)
{
    pixels p = noise(SIDE, SIDE, INSPYR_RGB8, 3);
    inspyr_image *result = drawn("retro8bit:quality_preset=speed", &p.view, NULL);
    inspyr_view view;

    (void)state;
    inspyr_image_view(result, &view);
    for (int i = 0; i < SIDE * SIDE; i++) {
        const unsigned char *c = pixel(&p.view, i, 3), *got = pixel(&view, i, 3);
        int least = INT32_MAX;

        for (int k = 0; k < RETRO_COLOURS; k++) {
            int d = distance(c, retro_colours[k]);

            least = d < least ? d : least;
        }
        assert_int_equal(distance(c, got), least);
    }
    inspyr_image_free(result);
    free(p.data);
}

/* Colours of two photographs that are equally far from two of the palette, and which of those the service drew.
 */
static void of_equally_near_colours_the_services_wins(void **state)
{
    static const unsigned char tied[][6] = {
        { 140, 81, 47, 160, 82, 45 },     { 148, 71, 76, 160, 82, 45 }, { 163, 142, 129, 200, 150, 110 },
        { 221, 144, 82, 205, 133, 63 },   { 110, 46, 58, 50, 50, 50 },  { 155, 128, 110, 130, 130, 130 },
        { 164, 171, 202, 160, 160, 160 }, { 59, 59, 59, 50, 50, 50 },   { 152, 118, 98, 160, 110, 70 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof tied / sizeof *tied; i++) {
        unsigned char colour[3];
        inspyr_view picture = { colour, 3, 1, 1, INSPYR_RGB8, 0 }, view;
        inspyr_image *result;

        memcpy(colour, tied[i], 3);
        result = drawn("retro8bit:quality_preset=speed", &picture, NULL);
        inspyr_image_view(result, &view);
        assert_memory_equal(view.data, tied[i] + 3, 3);
        inspyr_image_free(result);
    }
}

static void a_picture_of_few_colours_keeps_them_with_its_own_palette(void **state)
{
    pixels p = noise(SIDE, SIDE, INSPYR_RGB8, 3);
    inspyr_image *result;
    inspyr_view view;

    (void)state;
    for (int i = 0; i < SIDE * SIDE; i++) /* 3 x 3 x 3 colours */
        for (int c = 0; c < 3; c++)
            p.data[3 * i + c] = (unsigned char)(p.data[3 * i + c] % 3 * 120 + 7);
    result = drawn(PLAIN, &p.view, NULL);
    inspyr_image_view(result, &view);
    for (int i = 0; i < SIDE * SIDE; i++)
        assert_memory_equal(pixel(&view, i, 3), pixel(&p.view, i, 3), 3);
    inspyr_image_free(result);
    free(p.data);
}

/* A ramp of colours as the golden picture has it, without its holes. */
static double error_of(const char *effect)
{
    pixels p = golden_picture(INSPYR_RGB8);
    inspyr_image *result = drawn(effect, &p.view, NULL);
    inspyr_view view;
    double sum = 0;

    inspyr_image_view(result, &view);
    for (int i = 0; i < p.view.width * p.view.height; i++)
        for (int c = 0; c < 3; c++) {
            double d = pixel(&view, i, 3)[c] - pixel(&p.view, i, 3)[c];

            sum += d * d;
        }
    inspyr_image_free(result);
    free(p.data);
    return sum / (p.view.width * p.view.height);
}

static void the_own_palette_is_nearer_than_the_fixed_one(void **state)
{
    (void)state;
    assert_true(error_of(PLAIN) < error_of("retro8bit:quality_preset=speed") / 2);
}

static void clear_pixels_do_not_count_for_the_palette_and_become_black(void **state)
{
    pixels p = noise(SIDE, SIDE, INSPYR_RGBA8, 4);
    inspyr_image *result;
    inspyr_view view;

    (void)state;
    for (int i = 0; i < SIDE * SIDE; i++) { /* two colours among clear noise */
        unsigned char *c = &p.data[4 * i];

        c[3] = i % 3 ? 0 : 255;
        if (c[3])
            memcpy(c, i % 2 ? "\x12\x34\x56" : "\xfe\xdc\xba", 3);
    }
    result = drawn(PLAIN, &p.view, NULL);
    inspyr_image_view(result, &view);
    for (int i = 0; i < SIDE * SIDE; i++)
        assert_memory_equal(pixel(&view, i, 4), i % 3 ? "\0\0\0\0" : (const char *)pixel(&p.view, i, 4), 4);
    inspyr_image_free(result);
    free(p.data);
}

static void diffused_errors_keep_the_mean_of_a_field(void **state)
{
    pixels p = noise(SIDE, SIDE, INSPYR_RGB8, 3);
    inspyr_image *result;
    inspyr_view view;
    int sum = 0;

    (void)state;
    memset(p.data, 108, SIDE * SIDE * 3); /* between two of the palette's greys */
    result = drawn("retro8bit:quality_preset=custom,use_error_diffusion=1", &p.view, NULL);
    inspyr_image_view(result, &view);
    for (int i = 0; i < SIDE * SIDE; i++)
        sum += pixel(&view, i, 3)[0];
    assert_true(abs(sum - 108 * SIDE * SIDE) < SIDE * SIDE / 2);
    inspyr_image_free(result);
    free(p.data);
}

static void weights_of_a_smaller_row_sum_up_to_one(void **state)
{
    (void)state;
    for (int32_t large = 1; large <= 200; large++)
        for (int32_t small = 1; small <= large; small++)
            for (int32_t i = 0; i < small; i++) {
                retro_span s = retro_span_of(i, large, small, 0);
                double sum = 0;

                for (int32_t k = 0; k < s.count; k++)
                    sum += (double)retro_weight(&s, k);
                assert_true(s.first >= 0 && s.count > 0 && s.first + s.count <= large);
                assert_true(sum > 0.998 && sum < 1.002); /* a part below 0.001 of a pixel is left out */
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_colour_becomes_one_of_the_nearest),
        cmocka_unit_test(of_equally_near_colours_the_services_wins),
        cmocka_unit_test(a_picture_of_few_colours_keeps_them_with_its_own_palette),
        cmocka_unit_test(the_own_palette_is_nearer_than_the_fixed_one),
        cmocka_unit_test(clear_pixels_do_not_count_for_the_palette_and_become_black),
        cmocka_unit_test(diffused_errors_keep_the_mean_of_a_field),
        cmocka_unit_test(weights_of_a_smaller_row_sum_up_to_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

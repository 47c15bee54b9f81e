#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "effect/effect_select.h"
#include "kernels/dithering.h"
#include "support/canvas.h"
#include "support/effects.h"

/* All weighted sums that three channels can have are thousandths. */
static void powers_are_the_floats_nearest_to_the_exact_ones(void **state)
{
    (void)state;
    for (int g = 0; g <= 40; g++) {
        double gamma = px_decimal(0.3f + (float)g * 0.01f);
        int step = g == 15 ? 1 : 61;

        for (int i = 114; i <= 255000; i += step) {
            float base = (float)i / 1000.0f / 255.0f;
            long double exact = powl(base, gamma);

            assert_true(fabsl((long double)power_of(base, gamma) / exact - 1) < 5e-16L);
            assert_true((float)power_of(base, gamma) == (float)exact);
        }
    }
}

static void exponentials_are_those_of_the_library(void **state)
{
    (void)state;
    for (double x = -80; x <= 80; x += 0.037)
        assert_true(fabsl((long double)power_of_e(x) / expl(x) - 1) < 1e-14L);
}

static uint32_t word_at(const inspyr_view *v, int32_t x, int32_t y)
{
    uint32_t word;

    memcpy(&word,
           (unsigned char *)v->data + px_reflect(y, v->height) * v->stride +
               4 * (int64_t)px_reflect(x, v->width),
           4);
    return word;
}

static float raw_at(const inspyr_view *v, int32_t x, int32_t y, const float *values)
{
    uint32_t word = word_at(v, x, y);

    return dither_level(word, dither_power(word, px_decimal(values[DITHER_GAMMA])));
}

static float sharp_at(const inspyr_view *v, int32_t x, int32_t y, const float *values)
{
    float c[3];

    for (int32_t i = -1; i <= 1; i++)
        c[i + 1] = raw_at(v, x + i, y - 1, values) + raw_at(v, x + i, y + 1, values);
    return dither_sharpen(raw_at(v, x, y, values),
                          (c[0] + c[2]) + (raw_at(v, x - 1, y, values) + raw_at(v, x + 1, y, values)) + c[1],
                          values[DITHER_STRENGTH]);
}

static float threshold_at(const inspyr_view *v, int32_t x, int32_t y, const float *values)
{
    float c[7], s[7];

    if (!(word_at(v, x, y) & PX_ALPHA))
        return DITHER_DEAD;
    if (values[DITHER_ADAPTIVE] == 0)
        return 128;
    for (int32_t i = 0; i < 7; i++) {
        for (int32_t k = 0; k < 7; k++)
            s[k] = sharp_at(v, x + i - 3, y + k - 3, values);
        c[i] = dither_blur(s[3], s[2] + s[4], s[1] + s[5], s[0] + s[6]);
    }
    return 0.7f * dither_blur(c[3], c[2] + c[4], c[1] + c[5], c[0] + c[6]) + 38.4f;
}

#define MOST 40

/* A scan of row after row, with the errors of the row above. */
static void scan(const inspyr_view *dst, const inspyr_view *src, const float *values)
{
    int32_t s = (int32_t)values[DITHER_SPACING], size = (int32_t)values[DITHER_SIZE];
    static double errors[MOST + 1][MOST + 2];
    static unsigned char ink[MOST + 3][MOST + 3];

    memset(errors, 0, sizeof errors);
    memset(ink, 0, sizeof ink);
    for (int32_t j = 0; j * s < src->height; j++)
        for (int32_t i = 0; i * s < src->width; i++) {
            const double *above = errors[j] + i + 1;
            float threshold = threshold_at(src, i * s, j * s, values);
            float level = dither_receive(sharp_at(src, i * s, j * s, values), above[-1], above[0], above[1],
                                         errors[j + 1][i]);

            errors[j + 1][i + 1] = dither_error(level, threshold);
            for (int32_t k = 0; threshold > 0 && level < threshold && k < size * size; k++)
                ink[j * s + k / size][i * s + k % size] = 1;
        }
    for (int32_t y = 0; y < src->height; y++)
        for (int32_t x = 0; x < src->width; x++) {
            uint32_t word = word_at(src, x, y), grey = (word & PX_ALPHA) && !ink[y][x] ? 255 : 0;

            word = px_grey(grey, word);
            memcpy((unsigned char *)dst->data + y * dst->stride + 4 * (int64_t)x, &word, 4);
        }
}

static void rows_at_once_are_a_scan_of_row_after_row(void **state)
{
    chance random = { 21 };

    (void)state;
    for (int i = 0; i < 40; i++) {
        int32_t width = chance_between(&random, 1, MOST), height = chance_between(&random, 1, MOST);
        canvas src = canvas_make(width, height, INSPYR_RGBA8, 0),
               want = canvas_make(width, height, INSPYR_RGBA8, 0);
        inspyr_effect_values values;

        canvas_fill(&src, &random);
        for (int32_t k = 0; k < width * height / 3; k++) /* holes */
            ((unsigned char *)src.view.data)[chance_between(&random, 0, height - 1) * src.view.stride +
                                             4 * chance_between(&random, 0, width - 1) + 3] = 0;
        effect_presets(&values, EFFECT_dithering);
        values.values[DITHER_SPACING] = (float)chance_between(&random, 1, 5);
        values.values[DITHER_SIZE] = (float)chance_between(&random, 1, 3);
        values.values[DITHER_ADAPTIVE] = (float)chance_between(&random, 0, 1);
        scan(&want.view, &src.view, values.values);
        for (unsigned set = 0; set <= EFFECT_ALL; set++) {
            canvas got = canvas_make(width, height, INSPYR_RGBA8, 0);

            draw_directly(&got.view, &src.view, effect_kernels_select(set), &values, false);
            assert_true(canvas_same(&got, &want));
            canvas_free(&got);
        }
        canvas_free(&src);
        canvas_free(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(powers_are_the_floats_nearest_to_the_exact_ones),
        cmocka_unit_test(exponentials_are_those_of_the_library),
        cmocka_unit_test(rows_at_once_are_a_scan_of_row_after_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

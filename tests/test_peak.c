#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inspyr.h"
#include "support/meter.h"

#define WIDTH 4000
#define HEIGHT 3000
#define RESULT_BYTES ((long long)WIDTH * HEIGHT * 4)

/* A disc on a ground, with soft noise: something to cut out, and edges to find colours for. */
static inspyr_view draw(void)
{
    unsigned char *pixels = malloc((size_t)WIDTH * HEIGHT * 3);
    inspyr_view view = { pixels, WIDTH * 3, WIDTH, HEIGHT, INSPYR_RGB8, 0 };

    assert_non_null(pixels);
    for (int32_t y = 0; y < HEIGHT; y++)
        for (int32_t x = 0; x < WIDTH; x++) {
            int32_t dx = x - WIDTH / 2, dy = y - HEIGHT / 2, noise = (x * 7 + y * 13) % 11;
            int inside = dx * dx + dy * dy < 900 * 900;
            unsigned char *p = pixels + ((size_t)y * WIDTH + (size_t)x) * 3;

            p[0] = (unsigned char)((inside ? 220 : x / 32) + noise);
            p[1] = (unsigned char)((inside ? 60 : y / 24) + noise);
            p[2] = (unsigned char)(inside ? 30 : 120);
        }
    return view;
}

/* Weights, network, matte, scratch, result and the picture itself, everything there is at once. */
static void a_result_of_12_megapixels_needs_at_most_four_times_its_own_memory(void **state)
{
    meter m = { 0, 0 };
    inspyr_allocator allocator = meter_allocator(&m);
    inspyr_view picture = draw();
    inspyr_load_options options;
    inspyr_model *model;
    inspyr_image *result;
    inspyr_report report;
    inspyr_cutout_options cutout;

    (void)state;
    inspyr_load_options_init(&options);
    options.allocator = &allocator;
    assert_int_equal(inspyr_model_load(&model, NULL, &options, NULL), INSPYR_OK);
    inspyr_report_init(&report);
    inspyr_cutout_options_init(&cutout);
    cutout.report = &report;
    assert_int_equal(inspyr_remove_background(&result, model, &picture, &cutout, NULL), INSPYR_OK);
    assert_int_equal(report.result_bytes, RESULT_BYTES);
    printf("peak: %.1f MB with the picture, %.2f times the result\n",
           1e-6 * (double)(m.most + RESULT_BYTES / 4 * 3), (double)m.most / (double)RESULT_BYTES + 0.75);
    assert_true(m.most + RESULT_BYTES / 4 * 3 <= 4 * RESULT_BYTES);
    inspyr_image_free(result);
    inspyr_model_free(model);
    assert_int_equal(m.now, 0);
    free(picture.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_of_12_megapixels_needs_at_most_four_times_its_own_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

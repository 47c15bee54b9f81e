/* Without a pool, so that what looks for races need not try all sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/pictures.h"

/* Every output of one picture; whoever reads or writes out of bounds is found by the sanitizers. */
static void run_all_outputs(inspyr_model *m, int32_t width, int32_t height)
{
    static const inspyr_format formats[3] = { INSPYR_RGBA8, INSPYR_GREY8, INSPYR_RGB8 };
    pixels p = noise(width, height, INSPYR_RGB8, 3);

    for (int output = 0; output < 3; output++) {
        inspyr_cutout_options options;
        inspyr_image *image;
        inspyr_view view;

        inspyr_cutout_options_init(&options);
        options.output = (inspyr_output)output;
        options.flags = output == 2 ? INSPYR_CUTOUT_CROP : 0;
        options.crop_margin = 2;
        options.colour = 0x123456;
        image = cut_out(m, &p.view, &options);
        inspyr_image_view(image, &view);
        assert_int_equal(view.format, formats[output]);
        if (output < 2) {
            assert_int_equal(view.width, width);
            assert_int_equal(view.height, height);
        } else {
            assert_in_range(view.width, 1, width);
            assert_in_range(view.height, 1, height);
        }
        inspyr_image_free(image);
    }
    free(p.data);
}

static void every_size_from_1_to_40_squared_works(void **state)
{
    inspyr_model *m = loaded(TINY, NULL, NULL);

    (void)state;
    for (int32_t h = 1; h <= 40; h++)
        for (int32_t w = 1; w <= 40; w++)
            run_all_outputs(m, w, h);
    inspyr_model_free(m);
}

static void thin_and_square_pictures_work_with_the_built_in_model(void **state)
{
    static const int32_t sides[] = { 1, 2, 3, 17, 40, 999 };
    inspyr_model *m = loaded(NULL, NULL, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        run_all_outputs(m, sides[i], sides[i]);
        run_all_outputs(m, sides[i], 1);
        run_all_outputs(m, 1, sides[i]);
    }
    inspyr_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_from_1_to_40_squared_works),
        cmocka_unit_test(thin_and_square_pictures_work_with_the_built_in_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "support/canvas.h"
#include "support/profiles.h"

#define SIDE 96

/* A red disc on a green ground. */
static canvas scene(void)
{
    canvas c = canvas_make(SIDE, SIDE, INSPYR_RGB8, 0);

    for (int32_t y = 0; y < SIDE; y++)
        for (int32_t x = 0; x < SIDE; x++) {
            bool inside = (x - 48) * (x - 48) + (y - 48) * (y - 48) < 30 * 30;

            memcpy(view_row(&c.view, y) + 3 * x, inside ? "\xe0\x40\x20" : "\x40\x90\x30", 3);
        }
    return c;
}

static canvas matte(inspyr_model *model, const canvas *picture, const inspyr_bytes *profile, uint64_t flags,
                    inspyr_format format)
{
    canvas alpha = canvas_make(SIDE, SIDE, format, 0);
    inspyr_matte_options options;

    inspyr_matte_options_init(&options);
    options.profiles = profile;
    options.flags = flags;
    assert_int_equal(inspyr_matte(model, &picture->view, &alpha.view, 1, &options, NULL), INSPYR_OK);
    return alpha;
}

static void the_network_sees_srgb(void **state)
{
    unsigned char wide[PROFILE_SIZE];
    inspyr_bytes p3 = profile_view(wide, PROFILE_SIZE), srgb = { NULL, 0, NULL, NULL };
    canvas picture = scene(), plain, told, converted, compat, compat_told;
    inspyr_model *model = *state;
    bool lcms = strstr(inspyr_features(), "lcms") != NULL;

    profile_make(wide, profile_p3, 1.4);
    plain = matte(model, &picture, NULL, 0, INSPYR_GREYF32);
    told = matte(model, &picture, &srgb, 0, INSPYR_GREYF32);
    converted = matte(model, &picture, &p3, 0, INSPYR_GREYF32);
    compat = matte(model, &picture, NULL, INSPYR_COMPAT, INSPYR_GREYF32);
    compat_told = matte(model, &picture, &p3, INSPYR_COMPAT, INSPYR_GREYF32);
    assert_true(canvas_same(&plain, &told));
    assert_int_equal(!canvas_same(&plain, &converted), lcms);
    assert_true(canvas_same(&compat, &compat_told));
    canvas_free(&plain);
    canvas_free(&told);
    canvas_free(&converted);
    canvas_free(&compat);
    canvas_free(&compat_told);
    canvas_free(&picture);
}

static void a_cut_out_keeps_its_colours_and_a_batch_each_its_own_profile(void **state)
{
    unsigned char bytes[PROFILE_SIZE];
    inspyr_bytes profiles[2] = { { NULL, 0, NULL, NULL }, profile_view(bytes, PROFILE_SIZE) };
    canvas picture = scene(), alphas[2], alone;
    inspyr_view pictures[2] = { picture.view, picture.view }, planes[2];
    inspyr_model *model = *state;
    inspyr_matte_options options;
    inspyr_cutout_options cutout;
    inspyr_image *image;

    profile_make(bytes, profile_p3, 1.4);
    for (int i = 0; i < 2; i++) {
        alphas[i] = canvas_make(SIDE, SIDE, INSPYR_GREY8, 0);
        planes[i] = alphas[i].view;
    }
    inspyr_matte_options_init(&options);
    options.profiles = profiles;
    assert_int_equal(inspyr_matte(model, pictures, planes, 2, &options, NULL), INSPYR_OK);
    for (int i = 0; i < 2; i++) {
        alone = matte(model, &picture, &profiles[i], 0, INSPYR_GREY8);
        assert_true(canvas_same(&alone, &alphas[i]));
        canvas_free(&alone);
    }
    inspyr_cutout_options_init(&cutout);
    cutout.profile = &profiles[1];
    cutout.flags = INSPYR_CUTOUT_KEEP_COLOURS;
    assert_int_equal(inspyr_remove_background(&image, model, &picture.view, &cutout, NULL), INSPYR_OK);
    for (int32_t x = 0; x < SIDE; x++) {
        const unsigned char *p = view_row(&image->view, 48) + 4 * x;

        assert_int_equal(p[3], view_row(&alphas[1].view, 48)[x]);
        if (p[3] == 255)
            assert_memory_equal(p, view_row(&picture.view, 48) + 3 * x, 3);
    }
    inspyr_image_free(image);
    bytes[36] = 0;
    assert_int_equal(inspyr_remove_background(&image, model, &picture.view, &cutout, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_matte(model, pictures, planes, 2, &options, NULL), INSPYR_ERR_ARGUMENT);
    canvas_free(&alphas[0]);
    canvas_free(&alphas[1]);
    canvas_free(&picture);
}

static int load(void **state)
{
    return inspyr_model_load((inspyr_model **)state, NULL, NULL, NULL) != INSPYR_OK;
}

static int unload(void **state)
{
    inspyr_model_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_network_sees_srgb),
        cmocka_unit_test(a_cut_out_keeps_its_colours_and_a_batch_each_its_own_profile),
    };
    return cmocka_run_group_tests(tests, load, unload);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support/effects.h"
#include "support/files.h"

/* CRC-32 of what the service whose effects these are drew. */
static const struct {
    const char *effect;
    uint32_t rgb, rgba;
} goldens[] = {
    { "color", 0x0c123e4e, 0x69caf5ae },
    { "popart", 0x59bce6cb, 0xf6d76273 },
    { "enhancedblackwhite:grain_strength=0", 0x878d5be8, 0xea7f3fd3 },
    { "dithering", 0x0ccb9c91, 0x356c51f3 },
    { "retro8bit", 0x579eaa7b, 0x8454cdf3 },
    { "retro8bit:quality_preset=speed", 0xe99bd02a, 0x27418805 },
};

static void results_are_those_of_the_service_to_the_byte(void **state)
{
    pixels rgb = golden_picture(INSPYR_RGB8), rgba = golden_picture(INSPYR_RGBA8);

    (void)state;
    assert_int_equal(view_crc(&rgb.view), 0x0c123e4e);
    assert_int_equal(view_crc(&rgba.view), 0x69caf5ae);
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        inspyr_image *opaque = drawn(goldens[i].effect, &rgb.view, NULL);
        inspyr_image *cutout = drawn(goldens[i].effect, &rgba.view, NULL);
        inspyr_view view;

        inspyr_image_view(opaque, &view);
        assert_int_equal(view.format, INSPYR_RGB8);
        assert_int_equal(view_crc(&view), goldens[i].rgb);
        inspyr_image_view(cutout, &view);
        assert_int_equal(view.format, INSPYR_RGBA8);
        assert_int_equal(view_crc(&view), goldens[i].rgba);
        inspyr_image_free(opaque);
        inspyr_image_free(cutout);
    }
    free(rgb.data);
    free(rgba.data);
}

/* Comparable where this decoder gives the pixels that the service's did. */
static void results_on_photographs_are_those_of_the_service(void **state)
{
    static const struct {
        const char *photo, *effect;
        uint32_t decoded, result;
    } photos[] = {
        { "data/photos/Rosie.jpg", "popart", 0x12e060c7, 0xc1aca91b },
        { "data/photos/Rosie.jpg", "enhancedblackwhite:grain_strength=0", 0x12e060c7, 0x656e93ee },
        { "data/photos/Rosie.jpg", "dithering", 0x12e060c7, 0xb9979550 },
        { "data/photos/Rosie.jpg", "retro8bit", 0x12e060c7, 0xed86ab94 },
        { "data/photos/Tex.jpeg", "popart", 0x3137c84c, 0x8aa65346 },
        { "data/photos/Tex.jpeg", "enhancedblackwhite:grain_strength=0", 0x3137c84c, 0x6e336320 },
        { "data/photos/Tex.jpeg", "dithering", 0x3137c84c, 0x0024c630 },
        { "data/photos/Tex.jpeg", "retro8bit", 0x3137c84c, 0x864c0ef5 },
    };
    int compared = 0;

    (void)state;
    if (!strstr(inspyr_features(), "jpeg")) {
        print_message("this build is without JPEG: skipped\n");
        skip();
    }
    need_shared("data/photos");
    for (size_t i = 0; i < sizeof photos / sizeof *photos; i++) {
        inspyr_image *photo = file_decode(shared_path(photos[i].photo), INSPYR_RGB8, 0), *result;
        inspyr_view view;

        inspyr_image_view(photo, &view);
        if (view_crc(&view) == photos[i].decoded) {
            result = drawn(photos[i].effect, &view, NULL);
            inspyr_image_view(result, &view);
            assert_int_equal(view_crc(&view), photos[i].result);
            inspyr_image_free(result);
            compared++;
        }
        inspyr_image_free(photo);
    }
    if (!compared)
        skip();
}

#define BLACK 0, 0, 0
#define PINK 255, 20, 147
#define SPRING 0, 255, 127
#define VIOLET 138, 43, 226
#define SKY 0, 191, 255
#define REDORANGE 255, 69, 0
#define LIME 50, 205, 50

/* Rows: levels of red and green; columns: of blue. */
static const unsigned char table[27][3] = {
    { BLACK },  { VIOLET },    { VIOLET }, /* 0 0 */
    { SPRING }, { PINK },      { VIOLET }, /* 0 1 */
    { SPRING }, { SPRING },    { LIME },   /* 0 2 */
    { PINK },   { BLACK },     { VIOLET }, /* 1 0 */
    { PINK },   { PINK },      { SKY },    /* 1 1 */
    { SPRING }, { LIME },      { PINK },   /* 1 2 */
    { PINK },   { PINK },      { SKY },    /* 2 0 */
    { PINK },   { REDORANGE }, { SPRING }, /* 2 1 */
    { PINK },   { SKY },       { SKY },    /* 2 2 */
};

static void popart_paints_the_27_colours_that_are_left(void **state)
{
    static const unsigned char levels[3] = { 0, 128, 255 };
    pixels p = noise(27, 1, INSPYR_RGB8, 3);
    inspyr_image *result;
    inspyr_view view;

    (void)state;
    for (int i = 0; i < 27; i++) {
        p.data[3 * i] = levels[i / 9];
        p.data[3 * i + 1] = levels[i / 3 % 3];
        p.data[3 * i + 2] = levels[i % 3];
    }
    result = drawn("popart:contrast=1,saturation=1", &p.view, NULL);
    inspyr_image_view(result, &view);
    assert_memory_equal(view.data, table, sizeof table);
    inspyr_image_free(result);
    free(p.data);
}

/* What the rule for luminances says where they are whole: dark at black, light at white. */
static void duotone_goes_from_its_dark_to_its_light_colour(void **state)
{
    unsigned char grey[3] = { 0, 51, 255 };
    inspyr_view picture = { grey, 3, 3, 1, INSPYR_GREY8, 0 }, view;
    inspyr_image *result = drawn("duotone:dark=102030,light=ff0040", &picture, NULL);
    static const unsigned char want[9] = { 0x10, 0x20, 0x30, 64, 26, 51, 0xff, 0, 0x40 };

    (void)state;
    inspyr_image_view(result, &view);
    assert_memory_equal(view.data, want, sizeof want);
    inspyr_image_free(result);
}

static void sketch_leaves_a_plain_white_page_white(void **state)
{
    pixels p = noise(40, 30, INSPYR_GREY8, 1);
    inspyr_image *result;
    inspyr_view view;

    (void)state;
    memset(p.data, 255, 40 * 30);
    result = drawn("sketch", &p.view, NULL);
    inspyr_image_view(result, &view);
    for (int32_t y = 0; y < 30; y++)
        for (int32_t i = 0; i < 40 * 3; i++)
            assert_int_equal(((unsigned char *)view.data + y * view.stride)[i], 255);
    inspyr_image_free(result);
    free(p.data);
}

static void sketch_draws_a_line_at_the_dark_side_of_an_edge_and_none_far_from_it(void **state)
{
    pixels p = noise(200, 9, INSPYR_GREY8, 1);
    inspyr_image *result;
    inspyr_view view;
    unsigned char *row;

    (void)state;
    for (int i = 0; i < 200 * 9; i++)
        p.data[i] = i % 200 < 100 ? 100 : 220;
    result = drawn("sketch:shading=0", &p.view, NULL);
    inspyr_image_view(result, &view);
    row = (unsigned char *)view.data + 4 * view.stride;
    assert_true(row[3 * 99] < 160);
    assert_int_equal(row[3 * 100], 255);
    assert_int_equal(row[3 * 20], 255);
    assert_int_equal(row[3 * 180], 255);
    inspyr_image_free(result);
    free(p.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_those_of_the_service_to_the_byte),
        cmocka_unit_test(results_on_photographs_are_those_of_the_service),
        cmocka_unit_test(popart_paints_the_27_colours_that_are_left),
        cmocka_unit_test(duotone_goes_from_its_dark_to_its_light_colour),
        cmocka_unit_test(sketch_leaves_a_plain_white_page_white),
        cmocka_unit_test(sketch_draws_a_line_at_the_dark_side_of_an_edge_and_none_far_from_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "image/icc.h"
#include "image/icc_srgb.h"
#include "image/image.h"
#include "support/files.h"
#include "support/profiles.h"
#include "support/scarce.h"

static void need(const char *feature)
{
    if (strstr(inspyr_features(), feature))
        return;
    print_message("skipped: this build is without %s\n", feature);
    skip();
}

static inspyr_image *draw(void)
{
    return file_decode(data_path("image/detail.png"), INSPYR_RGB8, 0);
}

static void a_profile_goes_into_a_file_and_comes_out_of_it(void **state)
{
    static const struct {
        inspyr_file file;
        inspyr_format format;
        uint64_t flags;
    } cases[] = {
        { INSPYR_FILE_PNG, INSPYR_RGB8, 0 },   { INSPYR_FILE_PNG, INSPYR_RGBA8, 0 },
        { INSPYR_FILE_JPEG, INSPYR_RGB8, 0 },  { INSPYR_FILE_WEBP, INSPYR_RGB8, 0 },
        { INSPYR_FILE_WEBP, INSPYR_RGBA8, 0 }, { INSPYR_FILE_WEBP, INSPYR_RGBA8, INSPYR_ENCODE_LOSSLESS },
    };
    unsigned char bytes[PROFILE_SIZE + 1] = { 0 };

    (void)state;
    profile_make(bytes, profile_p3, 2.2);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t odd = 0; odd < 2; odd++) { /* WebP pads what is odd, JPEG and PNG do not */
            inspyr_bytes profile = profile_view(bytes, PROFILE_SIZE + odd), file, found;
            inspyr_image *image = file_decode(data_path("image/cutout.png"), cases[i].format, 0), *back;
            inspyr_encode_options options;
            inspyr_probe probe;
            bool exact = cases[i].file == INSPYR_FILE_PNG || cases[i].flags;

            bytes[3] = (unsigned char)(PROFILE_SIZE + odd); /* its own size */
            bytes[2] = (PROFILE_SIZE + (unsigned)odd) >> 8;
            inspyr_encode_options_init(&options);
            options.file = cases[i].file;
            options.flags = cases[i].flags;
            options.profile = &profile;
            assert_int_equal(inspyr_image_encode(&file, &image->view, &options, NULL), INSPYR_OK);
            assert_int_equal(inspyr_image_decode(&back, file.data, file.size, NULL, NULL), INSPYR_OK);
            inspyr_image_profile(back, &found);
            assert_int_equal(found.size, profile.size);
            assert_memory_equal(found.data, bytes, found.size);
            inspyr_probe_init(&probe);
            assert_int_equal(inspyr_image_probe(&probe, file.data, file.size, NULL), INSPYR_OK);
            assert_int_equal(probe.has_alpha, cases[i].format == INSPYR_RGBA8);
            for (int32_t y = 0; exact && y < back->view.height; y++)
                assert_memory_equal(view_row(&back->view, y), view_row(&image->view, y),
                                    (size_t)back->view.width * format_bytes(back->view.format));
            inspyr_bytes_free(&file);
            inspyr_image_free(image);
            inspyr_image_free(back);
        }
    inspyr_image_profile(NULL, &(inspyr_bytes){ 0 });
    inspyr_image_profile(NULL, NULL);
}

static void phones_and_cameras_profiles_are_carried(void **state)
{
    static const struct {
        const char *name;
        size_t least;
    } photos[] = { { "Squid.jpg", 500 }, { "polly.jpg", 500 }, { "aeroplane.jpg", 500 } };

    (void)state;
    need_shared("data/photos");
    for (size_t i = 0; i < 3; i++) {
        char name[64];
        inspyr_bytes found;
        inspyr_image *image;

        snprintf(name, sizeof name, "data/photos/%s", photos[i].name);
        image = file_decode(shared_path(name), 0, 0);
        inspyr_image_profile(image, &found);
        assert_true(found.size >= photos[i].least);
        inspyr_image_free(image);
    }
}

static void a_profile_of_other_colours_than_the_pictures_is_left_out(void **state)
{
    unsigned char bytes[PROFILE_SIZE];
    inspyr_bytes profile = profile_view(bytes, PROFILE_SIZE), file, found;
    inspyr_encode_options options;
    inspyr_decode_options decoding;
    inspyr_image *image = draw(), *back;

    (void)state;
    profile_make(bytes, profile_p3, 2.2);
    inspyr_encode_options_init(&options);
    options.profile = &profile;
    assert_int_equal(inspyr_image_encode(&file, &image->view, &options, NULL), INSPYR_OK);
    inspyr_decode_options_init(&decoding);
    decoding.format = INSPYR_GREY8;
    assert_int_equal(inspyr_image_decode(&back, file.data, file.size, &decoding, NULL), INSPYR_OK);
    inspyr_image_profile(back, &found);
    assert_int_equal(found.size, 0);
    inspyr_bytes_free(&file);
    assert_int_equal(inspyr_image_encode(&file, &back->view, &options, NULL), INSPYR_ERR_ARGUMENT);
    options.file = INSPYR_FILE_PAM;
    assert_int_equal(inspyr_image_encode(&file, &image->view, &options, NULL), INSPYR_ERR_ENCODE);
    inspyr_image_free(back);
    inspyr_image_free(image);
}

static void a_profile_that_cannot_be_one_is_refused_and_a_damaged_one_in_a_file_left_out(void **state)
{
    unsigned char good[PROFILE_SIZE], bad[PROFILE_SIZE];
    size_t used;
    static const struct {
        size_t at;
        unsigned char value;
    } faults[] = { { 0, 1 },    { 36, 'x' },   { 128, 1 }, { 131, 101 },
                   { 131, 20 }, { 136, 0x7f }, { 140, 1 }, { 138, 0 } };

    (void)state;
    profile_make(good, profile_p3, 2.2);
    assert_int_equal(icc_space_of(&used, good, sizeof good), ICC_RGB);
    assert_int_equal(used, sizeof good);
    for (size_t size = 0; size < sizeof good; size++) {
        unsigned char *exact = malloc(size + !size);

        assert_non_null(exact);
        memcpy(exact, good, size);
        assert_int_equal(icc_space_of(&used, exact, size), ICC_NONE);
        free(exact);
    }
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        memcpy(bad, good, sizeof bad);
        bad[faults[i].at] = faults[i].value;
        if (faults[i].at == 138) /* a tag that lies in the header */
            bad[139] = 40;
        if (icc_space_of(&used, bad, sizeof bad) != ICC_NONE)
            fail_msg("fault %zu", i);
    }
    memcpy(bad, good, sizeof bad);
    memcpy(bad + 16, "CMYK", 4);
    assert_int_equal(icc_check(&(inspyr_bytes){ bad, sizeof bad, NULL, NULL }, ICC_RGB, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(icc_check(&(inspyr_bytes){ NULL, 9, NULL, NULL }, ICC_RGB, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(icc_check(NULL, ICC_RGB, NULL), INSPYR_OK);
}

/* The textbook's way: power, primaries, the inverse of sRGB's for D50, sRGB's curve. */
static int in_srgb(const unsigned char p3[3], int channel)
{
    static const double inverse[3][3] = { { 3.1338561, -1.6168667, -0.4906146 },
                                          { -0.9787684, 1.9161415, 0.0334540 },
                                          { 0.0719453, -0.2289914, 1.4052427 } };
    double light = 0, xyz[3] = { 0 };

    for (int c = 0; c < 3; c++)
        for (int i = 0; i < 3; i++)
            xyz[i] += pow(p3[c] / 255.0, 2.19921875) * profile_p3[c][i];
    for (int i = 0; i < 3; i++)
        light += inverse[channel][i] * xyz[i];
    light = light < 0 ? 0 : light > 1 ? 1 : light;
    light = light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055;
    return (int)lround(light * 255);
}

static void colours_become_those_of_srgb(void **state)
{
    unsigned char bytes[PROFILE_SIZE], rgb[16 * 16 * 3], was[16 * 16 * 3];
    inspyr_bytes profile = profile_view(bytes, PROFILE_SIZE);
    inspyr_allocator allocator;

    (void)state;
    need("lcms");
    profile_make(bytes, profile_p3, 2.19921875);
    memory_import(&allocator, NULL, NULL);
    for (int i = 0; i < 256; i++) {
        was[3 * i] = (unsigned char)(i % 16 * 17);
        was[3 * i + 1] = (unsigned char)(i / 16 * 17);
        was[3 * i + 2] = (unsigned char)(255 - i);
    }
    memcpy(rgb, was, sizeof rgb);
    assert_int_equal(icc_to_srgb(rgb, 256, &profile, &allocator, NULL), INSPYR_OK);
    for (int i = 0; i < 256 * 3; i++)
        if (abs(rgb[i] - in_srgb(was + i / 3 * 3, i % 3)) > 2)
            fail_msg("sample %d: %d, not %d", i, rgb[i], in_srgb(was + i / 3 * 3, i % 3));
}

static void what_is_srgb_or_unreadable_changes_nothing(void **state)
{
    unsigned char bytes[PROFILE_SIZE], rgb[3] = { 200, 10, 90 };
    inspyr_bytes profile = profile_view(bytes, PROFILE_SIZE);
    inspyr_allocator allocator;

    (void)state;
    need("lcms");
    memory_import(&allocator, NULL, NULL);
    profile_make(bytes, profile_p3, 2.2);
    memcpy(bytes + 128 + 4 + 84 + 80, "xxxx", 4); /* the curve is of an unknown kind */
    assert_int_equal(icc_to_srgb(rgb, 1, &profile, &allocator, NULL), INSPYR_OK);
    assert_int_equal(icc_to_srgb(rgb, 1, &(inspyr_bytes){ 0 }, &allocator, NULL), INSPYR_OK);
    profile_make(bytes, profile_p3, 2.2);
    assert_true(icc_is_matrix(bytes, sizeof bytes));
    memcpy(bytes + 132, "A2B0", 4); /* its first tag: a lookup table would count */
    assert_false(icc_is_matrix(bytes, sizeof bytes));
    assert_int_equal(icc_to_srgb(rgb, 1, &profile, &allocator, NULL), INSPYR_OK);
    assert_memory_equal(rgb, "\xc8\x0a\x5a", 3);
}

static void every_failed_allocation_of_a_conversion_is_reported_and_leaves_nothing(void **state)
{
    unsigned char bytes[PROFILE_SIZE], rgb[3] = { 1, 2, 3 };
    inspyr_bytes profile = profile_view(bytes, PROFILE_SIZE);

    (void)state;
    need("lcms");
    profile_make(bytes, profile_p3, 2.2);
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_status status = icc_to_srgb(rgb, 1, &profile, &allocator, NULL);

        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK && s.asked <= nth)
            break;
        assert_true(status == INSPYR_OK || status == INSPYR_ERR_MEMORY);
    }
}

static void every_failed_allocation_of_a_picture_with_a_profile_leaves_nothing(void **state)
{
    static const inspyr_file files[] = { INSPYR_FILE_PNG, INSPYR_FILE_JPEG, INSPYR_FILE_WEBP };
    unsigned char bytes[PROFILE_SIZE];
    inspyr_bytes profile = profile_view(bytes, PROFILE_SIZE), file;
    inspyr_decode_options decoding;
    inspyr_image *image = draw();

    (void)state;
    profile_make(bytes, profile_p3, 2.2);
    inspyr_decode_options_init(&decoding);
    for (int i = 0; i < 3; i++) {
        inspyr_encode_options options;

        inspyr_encode_options_init(&options);
        options.file = files[i];
        options.profile = &profile;
        starve_encoder(&image->view, &options);
        assert_int_equal(inspyr_image_encode(&file, &image->view, &options, NULL), INSPYR_OK);
        starve_decoder(file.data, file.size, &decoding);
        inspyr_bytes_free(&file);
    }
    inspyr_image_free(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_goes_into_a_file_and_comes_out_of_it),
        cmocka_unit_test(phones_and_cameras_profiles_are_carried),
        cmocka_unit_test(a_profile_of_other_colours_than_the_pictures_is_left_out),
        cmocka_unit_test(a_profile_that_cannot_be_one_is_refused_and_a_damaged_one_in_a_file_left_out),
        cmocka_unit_test(colours_become_those_of_srgb),
        cmocka_unit_test(what_is_srgb_or_unreadable_changes_nothing),
        cmocka_unit_test(every_failed_allocation_of_a_conversion_is_reported_and_leaves_nothing),
        cmocka_unit_test(every_failed_allocation_of_a_picture_with_a_profile_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

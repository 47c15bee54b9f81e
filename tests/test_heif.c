#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "support/files.h"

static const char *const names[] = { "image/detail.heic", "image/detail.avif" };

static void need_heif(void)
{
    if (strstr(inspyr_features(), "heif"))
        return;
    print_message("skipped: this build is without libheif\n");
    skip();
}

static inspyr_status try(const void *bytes, size_t size, uint64_t flags, inspyr_error *error)
{
    inspyr_decode_options options;
    inspyr_image *image;
    inspyr_status status;

    inspyr_decode_options_init(&options);
    options.flags = flags;
    status = inspyr_image_decode(&image, bytes, size, &options, error);
    inspyr_image_free(image);
    return status;
}

static void a_file_is_refused_unless_it_was_asked_for(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        size_t size;
        void *bytes = file_read(&size, data_path(names[i]));
        inspyr_error error;
        inspyr_probe probe;

        assert_int_equal(try(bytes, size, 0, &error), INSPYR_ERR_IMAGE_FORMAT);
        assert_non_null(strstr(error.message, "HEIC or AVIF"));
        inspyr_probe_init(&probe);
        assert_int_equal(inspyr_image_probe(&probe, bytes, size, NULL), INSPYR_ERR_IMAGE_FORMAT);
        if (!strstr(inspyr_features(), "heif"))
            assert_int_equal(try(bytes, size, INSPYR_DECODE_HEIF, NULL), INSPYR_ERR_IMAGE_FORMAT);
        free(bytes);
    }
}

static void the_picture_is_what_was_put_in(void **state)
{
    inspyr_image *want;

    (void)state;
    need_heif();
    want = file_decode(data_path("image/detail.png"), INSPYR_RGB8, 0);
    for (int i = 0; i < 2; i++) {
        inspyr_image *image = file_decode(data_path(names[i]), 0, INSPYR_DECODE_HEIF);
        int64_t difference = 0;
        inspyr_bytes profile;

        assert_int_equal(image->view.format, INSPYR_RGB8);
        assert_int_equal(image->view.width, 97);
        assert_int_equal(image->view.height, 61);
        for (int32_t y = 0; y < 61; y++)
            for (int32_t x = 0; x < 97 * 3; x++)
                difference += abs(view_row(&image->view, y)[x] - view_row(&want->view, y)[x]);
        assert_true(difference < (int64_t)6 * 97 * 61 * 3);
        inspyr_image_profile(image, &profile);
        assert_true(profile.size > 500);
        inspyr_image_free(image);
    }
    inspyr_image_free(want);
}

static void limits_hold_before_the_decoder_runs(void **state)
{
    size_t size;
    void *bytes;
    inspyr_decode_options options;
    inspyr_image *image;

    (void)state;
    need_heif();
    bytes = file_read(&size, data_path(names[0]));
    inspyr_decode_options_init(&options);
    options.flags = INSPYR_DECODE_HEIF | INSPYR_DECODE_SHRINK;
    options.max_pixels = 97 * 61 - 1;
    assert_int_equal(inspyr_image_decode(&image, bytes, size, &options, NULL), INSPYR_ERR_LIMIT);
    free(bytes);
}

static void cut_files_are_damage(void **state)
{
    (void)state;
    need_heif();
    for (int i = 0; i < 2; i++) {
        size_t size;
        unsigned char *bytes = file_read(&size, data_path(names[i]));

        for (size_t cut = 12; cut < size; cut += 97) {
            unsigned char *exact = malloc(cut);
            inspyr_error error;

            assert_non_null(exact);
            memcpy(exact, bytes, cut);
            assert_int_not_equal(try(exact, cut, INSPYR_DECODE_HEIF, &error), INSPYR_OK);
            assert_string_not_equal(error.message, "");
            free(exact);
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_refused_unless_it_was_asked_for),
        cmocka_unit_test(the_picture_is_what_was_put_in),
        cmocka_unit_test(limits_hold_before_the_decoder_runs),
        cmocka_unit_test(cut_files_are_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <png.h>

#include "image/image.h"
#include "support/files.h"
#include "support/png_memory.h"

static void every_kind_of_png_has_the_pixels_of_another_reader(void **state)
{
    (void)state;
    assert_int_equal(expected_check("pngsuite/", ".png"), 81);
    assert_int_equal(expected_check("detail", ".png"), 2);
    assert_int_equal(expected_check("cutout", ".png"), 1);
}

/* All 16 bits as libpng reads them, rounded here. */
static void compare_16_bits(void *user, const char *path, const char *name)
{
    inspyr_image *image = file_decode(path, INSPYR_RGBA8, 0);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    memory_file file;
    void *bytes = file_read(&file.left, path);
    int channels;

    (void)user;
    file.at = bytes;
    png_set_read_fn(png, &file, read_memory);
    png_read_png(png, info, PNG_TRANSFORM_EXPAND | PNG_TRANSFORM_GRAY_TO_RGB, NULL);
    channels = png_get_channels(png, info);
    assert_int_equal(png_get_bit_depth(png, info), 16);
    for (int32_t y = 0; y < image->view.height; y++)
        for (int32_t x = 0; x < image->view.width; x++)
            for (int c = 0; c < 4; c++) {
                png_bytep wide = png_get_rows(png, info)[y] + 2 * (x * channels + c);
                int want = c < channels ? (int)((wide[0] * 256 + wide[1]) * 255.0 / 65535.0 + 0.5) : 255;

                if (view_row(&image->view, y)[4 * x + c] != want)
                    fail_msg("%s: pixel %d, %d", name, (int)x, (int)y);
            }
    png_destroy_read_struct(&png, &info, NULL);
    inspyr_image_free(image);
    free(bytes);
}

static void sixteen_bits_are_rounded_to_eight(void **state)
{
    (void)state;
    assert_int_equal(folder_visit(data_path("image/pngsuite/16bit"), compare_16_bits, NULL), 23);
}

static void refuse(void *user, const char *path, const char *name)
{
    inspyr_error error;
    inspyr_status status = file_try(path, &error);

    (void)user;
    if (status != INSPYR_ERR_IMAGE && status != INSPYR_ERR_IMAGE_FORMAT)
        fail_msg("%s: status %d", name, (int)status);
    assert_string_not_equal(error.message, "");
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    assert_int_equal(folder_visit(data_path("image/pngsuite/corrupt"), refuse, NULL), 14);
}

static void every_truncation_and_every_changed_byte_of_the_pixels_is_damage(void **state)
{
    size_t size;
    unsigned char *bytes = file_read(&size, data_path("image/pngsuite/primary/basi6a08.png"));
    inspyr_image *image;

    (void)state;
    for (size_t cut = 8; cut < size; cut++) {
        unsigned char *exact = malloc(cut);

        assert_non_null(exact);
        memcpy(exact, bytes, cut);
        assert_int_equal(inspyr_image_decode(&image, exact, cut, NULL, NULL), INSPYR_ERR_IMAGE);
        free(exact);
    }
    for (size_t i = 8; i < size; i++) {
        bytes[i] ^= 0x10;
        assert_int_not_equal(inspyr_image_decode(&image, bytes, size, NULL, NULL), INSPYR_OK);
        bytes[i] ^= 0x10;
    }
    free(bytes);
}

static void without_the_flag_a_palette_is_looked_up(void **state)
{
    inspyr_image *image = file_decode(data_path("image/pngsuite/primary/basn3p08.png"), 0, 0);

    (void)state;
    assert_int_equal(image->view.format, INSPYR_RGB8);
    inspyr_image_free(image);
}

static void the_probe_tells_depth_and_transparency(void **state)
{
    static const struct {
        const char *name;
        int bits, alpha;
    } files[] = { { "basn0g01", 1, 0 }, { "basn4a08", 8, 1 }, { "tbbn0g04", 4, 1 }, { "tm3n3p02", 2, 1 } };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[64];
        size_t size;
        void *bytes;
        inspyr_probe probe;

        snprintf(name, sizeof name, "image/pngsuite/primary/%s.png", files[i].name);
        bytes = file_read(&size, data_path(name));
        inspyr_probe_init(&probe);
        assert_int_equal(inspyr_image_probe(&probe, bytes, size, NULL), INSPYR_OK);
        assert_int_equal(probe.width, 32);
        assert_int_equal(probe.bits, files[i].bits);
        assert_int_equal(probe.has_alpha, files[i].alpha);
        free(bytes);
    }
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    static const char *names[] = { "basi3p02.png", "tbbn0g04.png", "basn6a08.png" };

    (void)state;
    for (int i = 0; i < 3; i++) {
        char name[64];
        inspyr_decode_options options;
        size_t size;
        void *bytes;

        snprintf(name, sizeof name, "image/pngsuite/primary/%s", names[i]);
        bytes = file_read(&size, data_path(name));
        inspyr_decode_options_init(&options);
        options.format = INSPYR_GREY8;
        starve_decoder(bytes, size, &options);
        free(bytes);
    }
}

static void try_file(void *user, const char *path, const char *name)
{
    (void)name;
    *(int *)user += file_try(path, NULL) == INSPYR_OK;
}

static void a_corpus_of_damaged_files_is_survived(void **state)
{
    int good = 0;

    (void)state;
    need_shared("data/decode/fuzz-png");
    assert_int_equal(folder_visit(shared_path("data/decode/fuzz-png"), try_file, &good), 134);
    assert_true(good >= 30);
    print_message("%d of 134 could be read\n", good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_png_has_the_pixels_of_another_reader),
        cmocka_unit_test(sixteen_bits_are_rounded_to_eight),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(every_truncation_and_every_changed_byte_of_the_pixels_is_damage),
        cmocka_unit_test(without_the_flag_a_palette_is_looked_up),
        cmocka_unit_test(the_probe_tells_depth_and_transparency),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
        cmocka_unit_test(a_corpus_of_damaged_files_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

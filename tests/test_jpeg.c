#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <jpeglib.h>

#include "image/image.h"
#include "support/files.h"

static void every_kind_of_jpeg_has_the_pixels_of_the_reference_decoder(void **state)
{
    (void)state;
    assert_int_equal(expected_check("", ".jpg"), 11);
}

static void the_probe_reads_the_header(void **state)
{
    inspyr_probe probe;
    size_t size;
    void *bytes = file_read(&size, data_path("image/grey.jpg"));

    (void)state;
    inspyr_probe_init(&probe);
    assert_int_equal(inspyr_image_probe(&probe, bytes, size, NULL), INSPYR_OK);
    assert_int_equal(probe.width, 97);
    assert_int_equal(probe.height, 61);
    assert_int_equal(probe.file, INSPYR_FILE_JPEG);
    assert_int_equal(probe.orientation, 1);
    assert_int_equal(probe.bits, 8);
    assert_int_equal(probe.has_alpha, 0);
    free(bytes);
}

static void every_truncation_is_damage(void **state)
{
    static const char *names[] = { "image/420.jpg", "image/progressive.jpg", "image/cmyk.jpg" };

    (void)state;
    for (int n = 0; n < 3; n++) {
        size_t size;
        unsigned char *bytes = file_read(&size, data_path(names[n]));

        for (size_t cut = 3; cut < size; cut++) {
            unsigned char *exact = malloc(cut);
            inspyr_image *image;
            inspyr_error error;

            assert_non_null(exact);
            memcpy(exact, bytes, cut);
            assert_int_equal(inspyr_image_decode(&image, exact, cut, NULL, &error), INSPYR_ERR_IMAGE);
            assert_null(image);
            assert_int_equal(strncmp(error.message, "JPEG: ", 6), 0);
            free(exact);
        }
        free(bytes);
    }
}

static void grey_can_come_out_as_grey_or_with_alpha(void **state)
{
    inspyr_image *grey = file_decode(data_path("image/grey.jpg"), INSPYR_GREY8, 0);
    inspyr_image *rgba = file_decode(data_path("image/grey.jpg"), INSPYR_RGBA8, 0);

    (void)state;
    for (int32_t x = 0; x < 97; x++) {
        unsigned char g = view_row(&grey->view, 60)[x];
        const unsigned char *p = view_row(&rgba->view, 60) + 4 * x;

        assert_true(p[0] == g && p[1] == g && p[2] == g && p[3] == 255);
    }
    inspyr_image_free(grey);
    inspyr_image_free(rgba);
}

/* A progressive file of one grey pixel whose last scan is repeated. */
static void a_file_of_endless_scans_is_refused(void **state)
{
    size_t size, scan = 0, length;
    unsigned char *bytes = file_read(&size, data_path("image/progressive.jpg")), *bomb;
    inspyr_image *image;
    inspyr_error error;

    (void)state;
    for (size_t i = 2; i + 1 < size; i++)
        if (bytes[i] == 0xff && bytes[i + 1] == 0xda)
            scan = i;
    length = size - 2 - scan;
    bomb = malloc(size + 2000 * length);
    assert_non_null(bomb);
    memcpy(bomb, bytes, size - 2);
    for (size_t i = 0; i < 2000; i++)
        memcpy(bomb + size - 2 + i * length, bytes + scan, length);
    memcpy(bomb + size - 2 + 2000 * length, "\xff\xd9", 2);
    assert_int_equal(inspyr_image_decode(&image, bomb, size + 2000 * length, NULL, &error), INSPYR_ERR_IMAGE);
    assert_string_equal(error.message, "JPEG: too many scans");
    free(bomb);
    free(bytes);
}

static void ink_without_the_adobe_marker_is_not_inverted(void **state)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr manager;
    unsigned char *file = NULL, ink[8 * 4];
    unsigned long size = 0;
    JSAMPROW row = ink;
    inspyr_image *image;

    (void)state;
    for (int i = 0; i < 8; i++)
        memcpy(ink + 4 * i, "\xff\x00\x00\x00", 4); /* cyan alone */
    c.err = jpeg_std_error(&manager);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &file, &size);
    c.image_width = 8;
    c.image_height = 1;
    c.input_components = 4;
    c.in_color_space = JCS_CMYK;
    jpeg_set_defaults(&c);
    c.write_Adobe_marker = FALSE;
    jpeg_set_quality(&c, 100, TRUE);
    jpeg_start_compress(&c, TRUE);
    jpeg_write_scanlines(&c, &row, 1);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    assert_int_equal(inspyr_image_decode(&image, file, size, NULL, NULL), INSPYR_OK);
    assert_true(view_row(&image->view, 0)[0] < 8);
    assert_true(view_row(&image->view, 0)[1] > 247 && view_row(&image->view, 0)[2] > 247);
    inspyr_image_free(image);
    free(file);
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    inspyr_decode_options options;
    size_t size;
    void *bytes = file_read(&size, data_path("image/cmyk.jpg"));

    (void)state;
    inspyr_decode_options_init(&options);
    options.format = INSPYR_RGBA8;
    starve_decoder(bytes, size, &options);
    free(bytes);
}

static void try_file(void *user, const char *path, const char *name)
{
    inspyr_error error;
    inspyr_status status = file_try(path, &error);

    (void)name;
    assert_true(status == INSPYR_OK || error.message[0]);
    *(int *)user += status == INSPYR_OK;
}

static void a_corpus_of_damaged_files_is_survived(void **state)
{
    int good = 0;

    (void)state;
    need_shared("data/decode/fuzz-jpeg");
    assert_int_equal(folder_visit(shared_path("data/decode/fuzz-jpeg"), try_file, &good), 150);
    assert_true(good >= 15);
    print_message("%d of 150 could be read\n", good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_jpeg_has_the_pixels_of_the_reference_decoder),
        cmocka_unit_test(the_probe_reads_the_header),
        cmocka_unit_test(every_truncation_is_damage),
        cmocka_unit_test(grey_can_come_out_as_grey_or_with_alpha),
        cmocka_unit_test(a_file_of_endless_scans_is_refused),
        cmocka_unit_test(ink_without_the_adobe_marker_is_not_inverted),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
        cmocka_unit_test(a_corpus_of_damaged_files_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

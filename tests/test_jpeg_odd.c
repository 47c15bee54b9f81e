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
#include "image/jpeg_markers.h"
#include "support/files.h"

typedef struct file {
    unsigned char *bytes;
    size_t size;
} file;

static file open_file(const char *name)
{
    file f;

    f.bytes = file_read(&f.size, data_path(name));
    return f;
}

static inspyr_status try(const file *f, const inspyr_decode_options *options, inspyr_error *error)
{
    inspyr_image *image;
    inspyr_status status = inspyr_image_decode(&image, f->bytes, f->size, options, error);

    inspyr_image_free(image);
    return status;
}

/* Where a marker is, in a file whose pixels hold none of it. */
static size_t find(const file *f, unsigned char marker)
{
    for (size_t i = 0; i + 1 < f->size; i++)
        if (f->bytes[i] == 0xff && f->bytes[i + 1] == marker)
            return i;
    fail_msg("no marker %02x", marker);
    return 0;
}

static void of_several_pictures_the_first_is_read(void **state)
{
    file first = open_file("image/420.jpg"), second = open_file("image/grey.jpg");
    file both = { malloc(first.size + second.size), first.size + second.size };
    inspyr_image *image, *alone = file_decode(data_path("image/420.jpg"), 0, 0);
    jpeg_markers m;

    (void)state;
    assert_non_null(both.bytes);
    memcpy(both.bytes, first.bytes, first.size);
    memcpy(both.bytes + first.size, second.bytes, second.size);
    jpeg_markers_find(&m, both.bytes, both.size);
    assert_int_equal(m.scans, 1);
    assert_int_equal(inspyr_image_decode(&image, both.bytes, both.size, NULL, NULL), INSPYR_OK);
    assert_int_equal(image->view.width, alone->view.width);
    for (int32_t y = 0; y < image->view.height; y++)
        assert_memory_equal(view_row(&image->view, y), view_row(&alone->view, y), 97 * 3);
    inspyr_image_free(image);
    inspyr_image_free(alone);
    free(both.bytes);
    free(first.bytes);
    free(second.bytes);
}

static void a_phones_file_of_several_pictures_is_read(void **state)
{
    inspyr_image *image;

    (void)state;
    need_shared("data/photos/Rosie.jpg");
    image = file_decode(shared_path("data/photos/Rosie.jpg"), 0, 0);
    assert_int_equal(image->view.width, 480);
    assert_int_equal(image->view.height, 640);
    inspyr_image_free(image);
}

static void what_the_codec_lacks_is_no_damage(void **state)
{
    file f = open_file("image/420.jpg");
    inspyr_error error;

    (void)state;
    f.bytes[find(&f, 0xc0) + 4] = 12; /* bits */
    f.bytes[find(&f, 0xc0) + 1] = 0xc1;
    assert_int_equal(try(&f, NULL, &error), INSPYR_ERR_IMAGE_FORMAT);
    assert_non_null(strstr(error.message, "precision 12"));
    free(f.bytes);
    f = open_file("image/420.jpg");
    f.bytes[find(&f, 0xc0) + 1] = 0xc3; /* without loss */
    assert_int_equal(try(&f, NULL, &error), INSPYR_ERR_IMAGE_FORMAT);
    free(f.bytes);
}

/* A grey square of 1024 restart intervals. */
static file file_of_restarts(void)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr manager;
    unsigned char row[1024] = { 0 };
    unsigned long size = 0;
    file f = { NULL, 0 };
    JSAMPROW rows = row;

    c.err = jpeg_std_error(&manager);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &f.bytes, &size);
    c.image_width = c.image_height = 1024;
    c.input_components = 1;
    c.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&c);
    c.restart_interval = 16;
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < 1024)
        jpeg_write_scanlines(&c, &rows, 1);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    f.size = size;
    return f;
}

/* Gives so many restart markers a number far from their own. */
static void damage(file *f, int markers)
{
    for (size_t i = find(f, 0xda); markers && i + 1 < f->size; i++)
        if (f->bytes[i] == 0xff && f->bytes[i + 1] >= 0xd0 && f->bytes[i + 1] <= 0xd7) {
            f->bytes[i + 1] ^= 4;
            markers--;
        }
}

static void passed_over_damage_is_reported(void **state)
{
    file f = file_of_restarts();
    inspyr_decode_options options;
    inspyr_decode_report report;

    (void)state;
    inspyr_decode_options_init(&options);
    inspyr_decode_report_init(&report);
    options.report = &report;
    assert_int_equal(try(&f, &options, NULL), INSPYR_OK);
    assert_int_equal(report.warnings, 0);
    assert_string_equal(report.warning, "");
    assert_int_equal(report.file, INSPYR_FILE_JPEG);
    assert_int_equal(report.stored_width, 1024);
    damage(&f, 40);
    assert_int_equal(try(&f, &options, NULL), INSPYR_OK);
    assert_int_equal(report.warnings, 40);
    assert_memory_equal(report.warning, "JPEG: Corrupt JPEG data", 23);
    report.struct_size = 3;
    assert_int_equal(try(&f, &options, NULL), INSPYR_ERR_ARGUMENT);
    free(f.bytes);
}

static void a_file_that_is_mostly_damage_is_refused(void **state)
{
    file f = file_of_restarts();
    inspyr_error error;

    (void)state;
    damage(&f, 1000);
    assert_int_equal(try(&f, NULL, &error), INSPYR_ERR_IMAGE);
    assert_string_equal(error.message, "JPEG: too much of it is damaged");
    free(f.bytes);
}

static void coefficients_of_a_progressive_picture_have_a_limit(void **state)
{
    file f = open_file("image/progressive.jpg");
    size_t frame = find(&f, 0xc2);
    inspyr_decode_options options;
    inspyr_error error;

    (void)state;
    inspyr_decode_options_init(&options);
    options.flags = INSPYR_DECODE_SHRINK;
    memcpy(f.bytes + frame + 5, "\x4a\x38\x4e\x20", 4);            /* 20 000 x 19 000, 570 MB of coefficients */
    assert_int_equal(try(&f, &options, &error), INSPYR_ERR_IMAGE); /* no bit for each block */
    assert_string_equal(error.message, "JPEG: the file is truncated");
    f.bytes = realloc(f.bytes, 2 << 20);
    assert_non_null(f.bytes);
    memset(f.bytes + f.size, 0, (2 << 20) - f.size);
    f.size = 2 << 20;
    assert_int_equal(try(&f, &options, &error), INSPYR_ERR_LIMIT);
    assert_string_equal(error.message, "JPEG: a progressive picture of this size takes too much memory");
    free(f.bytes);
}

static void markers_are_found_without_a_decoder(void **state)
{
    file f = open_file("image/progressive.jpg");
    jpeg_markers m;
    int32_t scans = 0;

    (void)state;
    for (size_t i = 0; i + 1 < f.size; i++)
        scans += f.bytes[i] == 0xff && f.bytes[i + 1] == 0xda;
    jpeg_markers_find(&m, f.bytes, f.size);
    assert_int_equal(m.scans, scans);
    assert_null(m.exif);
    assert_int_equal(m.parts, 0);
    for (size_t cut = 2; cut < f.size; cut++) {
        unsigned char *exact = malloc(cut);

        assert_non_null(exact);
        memcpy(exact, f.bytes, cut);
        jpeg_markers_find(&m, exact, cut);
        assert_true(m.scans <= scans);
        free(exact);
    }
    free(f.bytes);
}

static void parts_of_a_profile_may_come_in_any_order_and_must_all_be_there(void **state)
{
    static const char a[] =
        "\xff\xd8\xff\xe2\0\x12ICC_PROFILE\0\2\2cd\xff\xe2\0\x12ICC_PROFILE\0\1\2ab\xff\xd9";
    unsigned char copy[sizeof a];
    jpeg_markers m;

    (void)state;
    memcpy(copy, a, sizeof a);
    jpeg_markers_find(&m, copy, sizeof a - 1);
    assert_int_equal(m.parts, 2);
    assert_int_equal(m.part_size[0], 2);
    assert_memory_equal(m.part[0], "ab", 2);
    assert_memory_equal(m.part[1], "cd", 2);
    copy[19] = 3; /* says three */
    jpeg_markers_find(&m, copy, sizeof a - 1);
    assert_int_equal(m.parts, -1);
    copy[19] = 2;
    copy[18] = 1; /* the first twice */
    jpeg_markers_find(&m, copy, sizeof a - 1);
    assert_int_equal(m.parts, -1);
    copy[18] = 0;
    jpeg_markers_find(&m, copy, sizeof a - 1);
    assert_int_equal(m.parts, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_several_pictures_the_first_is_read),
        cmocka_unit_test(a_phones_file_of_several_pictures_is_read),
        cmocka_unit_test(what_the_codec_lacks_is_no_damage),
        cmocka_unit_test(passed_over_damage_is_reported),
        cmocka_unit_test(a_file_that_is_mostly_damage_is_refused),
        cmocka_unit_test(coefficients_of_a_progressive_picture_have_a_limit),
        cmocka_unit_test(markers_are_found_without_a_decoder),
        cmocka_unit_test(parts_of_a_profile_may_come_in_any_order_and_must_all_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

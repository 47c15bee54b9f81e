#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "image/image.h"
#include "support/files.h"
#include "support/scarce.h"

static inspyr_decode_options defaults(void)
{
    inspyr_decode_options options;

    inspyr_decode_options_init(&options);
    return options;
}

static inspyr_status decode_text(const char *text, const inspyr_decode_options *options, inspyr_error *error)
{
    inspyr_image *image;
    inspyr_status status = inspyr_image_decode(&image, text, strlen(text), options, error);

    inspyr_image_free(image);
    return status;
}

static void formats_are_told_apart_by_content_and_strangers_are_named(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(decode_text("GIF89a", NULL, &error), INSPYR_ERR_IMAGE_FORMAT);
    assert_string_equal(error.message, "a GIF file; JPEG, PNG, WebP and PNM can be read");
    assert_int_equal(decode_text("hello", NULL, &error), INSPYR_ERR_IMAGE_FORMAT);
    assert_int_equal(decode_text("", NULL, &error), INSPYR_ERR_IMAGE_FORMAT);
    assert_string_equal(error.message, "an empty file; JPEG, PNG, WebP and PNM can be read");
    assert_int_equal(decode_text("\x89PNG\r\n\x1a\n", NULL, &error), INSPYR_ERR_IMAGE);
    assert_int_equal(decode_text("\xff\xd8\xff", NULL, &error), INSPYR_ERR_IMAGE);
    assert_int_equal(decode_text("RIFF    WEBP", NULL, &error), INSPYR_ERR_IMAGE);
    assert_int_equal(decode_text("P9\n", NULL, &error), INSPYR_ERR_IMAGE_FORMAT);
}

static void limits_are_held_against_the_header_before_pixels_are_allocated(void **state)
{
    inspyr_decode_options o = defaults();
    inspyr_error error;
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, 0); /* no allocation may succeed */

    (void)state;
    o.allocator = &allocator;
    assert_int_equal(decode_text("P5 10000 6000 255\n", &o, &error), INSPYR_ERR_LIMIT);
    assert_string_equal(error.message,
                        "10000 x 6000 are 60 megapixels; the limit is 50: 9128 x 5477 would fit");
    assert_int_equal(decode_text("P5 32768 1 255\n", &o, &error), INSPYR_ERR_LIMIT);
    assert_string_equal(error.message, "32768 x 1 pixels; the limit is 32767 a side: 32767 x 1 would fit");
    assert_int_equal(decode_text("P5 2147483647 2147483647 255\n", &o, &error), INSPYR_ERR_LIMIT);
    o.max_bytes = 4;
    assert_int_equal(decode_text("P5 1 1 255\n", &o, &error), INSPYR_ERR_LIMIT);
    assert_int_equal(s.asked, 0);
}

static void limits_are_met_exactly(void **state)
{
    inspyr_decode_options o = defaults();

    (void)state;
    o.max_bytes = 16;
    o.max_pixels = 6;
    o.max_side = 3;
    assert_int_equal(decode_text("P5 3 2 255\nabcdef", &o, NULL), INSPYR_ERR_LIMIT); /* 17 bytes */
    o.max_bytes = 17;
    assert_int_equal(decode_text("P5 3 2 255\nabcdef", &o, NULL), INSPYR_OK);
    o.max_pixels = 5;
    assert_int_equal(decode_text("P5 3 2 255\nabcdef", &o, NULL), INSPYR_ERR_LIMIT);
    o.max_pixels = 6;
    o.max_side = 2;
    assert_int_equal(decode_text("P5 3 2 255\nabcdef", &o, NULL), INSPYR_ERR_LIMIT);
}

static void raised_limits_let_larger_pictures_in_as_far_as_memory_goes(void **state)
{
    inspyr_decode_options o = defaults();

    (void)state;
    o.max_pixels = UINT64_MAX;
    o.max_side = INT32_MAX;
    assert_int_equal(decode_text("P6 2147483647 2147483647 255\n", &o, NULL), INSPYR_ERR_MEMORY);
}

static void pictures_without_alpha_come_out_as_rgb_and_others_as_rgba(void **state)
{
    inspyr_image *grey = file_decode(data_path("image/grey.jpg"), 0, 0);
    inspyr_image *cutout = file_decode(data_path("image/cutout.png"), 0, 0);

    (void)state;
    assert_int_equal(grey->view.format, INSPYR_RGB8);
    assert_int_equal(cutout->view.format, INSPYR_RGBA8);
    inspyr_image_free(grey);
    inspyr_image_free(cutout);
}

static void the_view_of_an_image_has_aligned_rows_from_the_top(void **state)
{
    inspyr_image *image = file_decode(data_path("image/detail.png"), 0, 0);
    inspyr_view view;

    (void)state;
    inspyr_image_view(image, &view);
    assert_int_equal(view_check(&view, FORMATS_PICTURE, "image", NULL), INSPYR_OK);
    assert_int_equal(view.stride, (97 * 3 + 63) / 64 * 64);
    assert_int_equal((uintptr_t)view.data % 64, 0);
    inspyr_image_free(image);
    inspyr_image_free(NULL);
    inspyr_image_view(NULL, &view);
    assert_null(view.data);
}

static void options_out_of_range_are_refused(void **state)
{
    inspyr_decode_options o = defaults();
    inspyr_image *image = (inspyr_image *)&o;
    static const char text[] = "P5 1 1 255\na";

    (void)state;
    assert_int_equal(inspyr_image_decode(NULL, text, 12, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_image_decode(&image, NULL, 12, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_null(image);
    o.format = INSPYR_BGR8;
    assert_int_equal(decode_text(text, &o, NULL), INSPYR_ERR_ARGUMENT);
    o = defaults();
    o.max_side = -1;
    assert_int_equal(decode_text(text, &o, NULL), INSPYR_ERR_ARGUMENT);
    o = defaults();
    o.flags = 16;
    assert_int_equal(decode_text(text, &o, NULL), INSPYR_ERR_UNSUPPORTED);
    memset(&o, 0, sizeof o);
    assert_int_equal(decode_text(text, &o, NULL), INSPYR_ERR_ARGUMENT);
}

static void an_older_probe_gets_no_more_than_it_knows(void **state)
{
    struct {
        inspyr_probe probe;
        unsigned char beyond[8];
    } newer;

    (void)state;
    memset(&newer, 0xaa, sizeof newer);
    newer.probe.struct_size = sizeof newer;
    assert_int_equal(inspyr_image_probe(&newer.probe, "P4 9 8\n", 7, NULL), INSPYR_OK);
    assert_int_equal(newer.probe.width, 9);
    assert_int_equal(newer.probe.bits, 1);
    assert_int_equal(newer.beyond[0], 0);
    newer.probe.struct_size = 0;
    assert_int_equal(inspyr_image_probe(&newer.probe, "P4 9 8\n", 7, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_image_probe(NULL, "P4 9 8\n", 7, NULL), INSPYR_ERR_ARGUMENT);
}

static void a_view_that_cannot_be_is_refused(void **state)
{
    unsigned char pixels[64] = { 0 };
    inspyr_view good = { pixels, 12, 4, 5, INSPYR_RGB8, 0 }, v = good;
    unsigned formats = FORMATS_PICTURE | FORMAT_BIT(INSPYR_GREY16);

    (void)state;
#define REFUSED(change)                                                                                        \
    v = good;                                                                                                  \
    change;                                                                                                    \
    assert_int_equal(view_check(&v, formats, "picture", NULL), INSPYR_ERR_ARGUMENT)
    assert_int_equal(view_check(&good, formats, "picture", NULL), INSPYR_OK);
    v.stride = -12;
    assert_int_equal(view_check(&v, formats, "picture", NULL), INSPYR_OK);
    assert_int_equal(view_check(NULL, formats, "picture", NULL), INSPYR_ERR_ARGUMENT);
    REFUSED(v.data = NULL);
    REFUSED(v.width = 0);
    REFUSED(v.height = -1);
    REFUSED(v.stride = 11);
    REFUSED(v.stride = -11);
    REFUSED(v.stride = INT64_MIN);
    REFUSED(v.stride = INT64_MAX);
    REFUSED(v.format = (inspyr_format)0);
    REFUSED(v.format = (inspyr_format)33);
    REFUSED(v.format = INSPYR_GREYF32);
    REFUSED(v.reserved = 1);
    REFUSED((v.format = INSPYR_GREY16, v.data = pixels + 1, v.stride = 8));
    REFUSED((v.format = INSPYR_GREY16, v.stride = 9));
#undef REFUSED
}

static void try_cuts(void *user, const char *path, const char *name)
{
    size_t size;
    void *bytes = file_read(&size, path);
    inspyr_image *image;

    (void)user;
    (void)name;
    for (size_t cut = size; cut > 12; cut /= 2)
        if (inspyr_image_decode(&image, bytes, cut, NULL, NULL) == INSPYR_OK)
            inspyr_image_free(image);
    free(bytes);
}

static void nothing_is_printed_about_damaged_files(void **state)
{
    FILE *printed = tmpfile();
    int out = dup(1), err = dup(2);

    (void)state;
    assert_non_null(printed);
    fflush(stdout);
    dup2(fileno(printed), 1);
    dup2(fileno(printed), 2);
    folder_visit(data_path("image/pngsuite/corrupt"), try_cuts, NULL);
    folder_visit(data_path("image"), try_cuts, NULL);
    folder_visit(shared_path("data/decode/fuzz-jpeg"), try_cuts, NULL);
    fflush(stdout);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    fseek(printed, 0, SEEK_END);
    assert_int_equal(ftell(printed), 0);
    fclose(printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_told_apart_by_content_and_strangers_are_named),
        cmocka_unit_test(limits_are_held_against_the_header_before_pixels_are_allocated),
        cmocka_unit_test(limits_are_met_exactly),
        cmocka_unit_test(raised_limits_let_larger_pictures_in_as_far_as_memory_goes),
        cmocka_unit_test(pictures_without_alpha_come_out_as_rgb_and_others_as_rgba),
        cmocka_unit_test(the_view_of_an_image_has_aligned_rows_from_the_top),
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(an_older_probe_gets_no_more_than_it_knows),
        cmocka_unit_test(a_view_that_cannot_be_is_refused),
        cmocka_unit_test(nothing_is_printed_about_damaged_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

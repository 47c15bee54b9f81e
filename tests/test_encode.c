#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <png.h>
#include <webp/decode.h>

#include "base/memory.h"
#include "image/convert.h"
#include "image/image.h"
#include "support/files.h"

static inspyr_encode_options options_for(inspyr_file file)
{
    inspyr_encode_options options;

    inspyr_encode_options_init(&options);
    options.file = file;
    return options;
}

static inspyr_bytes encode(const inspyr_view *view, const inspyr_encode_options *options)
{
    inspyr_bytes bytes;
    inspyr_error error;

    if (inspyr_image_encode(&bytes, view, options, &error))
        fail_msg("%s", error.message);
    return bytes;
}

/* The picture in another format, its rows from the bottom up with a gap between them. *image owns it. */
static inspyr_view flipped(inspyr_image **image, const inspyr_view *view, inspyr_format format)
{
    inspyr_allocator allocator;
    inspyr_view up;

    assert_int_equal(memory_import(&allocator, NULL, NULL), INSPYR_OK);
    assert_int_equal(image_create(image, &allocator, view->width, view->height, format, NULL), INSPYR_OK);
    up = (*image)->view;
    up.data = view_row(&up, up.height - 1);
    up.stride = -up.stride;
    convert_view(&up, view);
    return up;
}

static void libpng_reads_back_what_was_written_from_any_format(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_RGB8, INSPYR_BGRA8, INSPYR_BGR8,
                                             INSPYR_GREY8 };
    inspyr_image *cutout = file_decode(data_path("image/cutout.png"), INSPYR_RGBA8, 0);

    (void)state;
    for (size_t f = 0; f < 5; f++)
        for (int level = 0; level <= 9; level += 3) {
            inspyr_image *copy, *rgba;
            inspyr_view view = flipped(&copy, &cutout->view, formats[f]);
            inspyr_view want = flipped(&rgba, &view, INSPYR_RGBA8);
            inspyr_encode_options options = options_for(INSPYR_FILE_PNG);
            inspyr_bytes file;
            png_image png = { .version = PNG_IMAGE_VERSION };
            unsigned char *got = malloc((size_t)view.width * (size_t)view.height * 4);

            options.compression = level;
            file = encode(&view, &options);
            assert_non_null(got);
            assert_true(png_image_begin_read_from_memory(&png, file.data, file.size));
            assert_int_equal(png.format, formats[f] == INSPYR_GREY8      ? PNG_FORMAT_GRAY
                                         : format_bytes(formats[f]) == 4 ? PNG_FORMAT_RGBA
                                                                         : PNG_FORMAT_RGB);
            png.format = PNG_FORMAT_RGBA;
            assert_true(png_image_finish_read(&png, NULL, got, view.width * 4, NULL));
            for (int32_t y = 0; y < view.height; y++)
                assert_memory_equal(got + y * view.width * 4, view_row(&want, y), (size_t)view.width * 4);
            inspyr_image_free(rgba);
            inspyr_image_free(copy);
            inspyr_bytes_free(&file);
            free(got);
        }
    inspyr_image_free(cutout);
}

static void sixteen_bits_survive_in_png_and_pam(void **state)
{
    uint16_t grey[3] = { 0x0102, 0xfffe, 0x8000 };
    inspyr_view view = { grey, 6, 3, 1, INSPYR_GREY16, 0 };
    inspyr_encode_options options = options_for(INSPYR_FILE_PAM);
    inspyr_bytes file = encode(&view, &options);
    static const char want[] = "P7\nWIDTH 3\nHEIGHT 1\nDEPTH 1\nMAXVAL 65535\nTUPLTYPE GRAYSCALE\nENDHDR\n"
                               "\x01\x02\xff\xfe\x80\x00";
    inspyr_probe probe;
    inspyr_image *image;

    (void)state;
    assert_int_equal(file.size, sizeof want - 1);
    assert_memory_equal(file.data, want, file.size);
    inspyr_bytes_free(&file);
    options.file = INSPYR_FILE_PNG;
    file = encode(&view, &options);
    inspyr_probe_init(&probe);
    assert_int_equal(inspyr_image_probe(&probe, file.data, file.size, NULL), INSPYR_OK);
    assert_int_equal(probe.bits, 16);
    assert_int_equal(inspyr_image_decode(&image, file.data, file.size, NULL, NULL), INSPYR_OK);
    assert_int_equal(view_row(&image->view, 0)[0], 1);
    assert_int_equal(view_row(&image->view, 0)[3], 255);
    assert_int_equal(view_row(&image->view, 0)[6], 128);
    inspyr_image_free(image);
    inspyr_bytes_free(&file);
}

static void jpeg_holds_what_the_reference_encoder_writes(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGB8, INSPYR_BGR8 };
    inspyr_image *detail = file_decode(data_path("image/detail.png"), INSPYR_RGB8, 0);
    inspyr_image *want = file_decode(data_path("image/q90.jpg"), INSPYR_RGB8, 0);

    (void)state;
    for (int f = 0; f < 2; f++) {
        inspyr_image *copy, *got;
        inspyr_view view = flipped(&copy, &detail->view, formats[f]);
        inspyr_encode_options options = options_for(INSPYR_FILE_JPEG);
        inspyr_bytes file = encode(&view, &options);
        char a[33], b[33];

        assert_int_equal(inspyr_image_decode(&got, file.data, file.size, NULL, NULL), INSPYR_OK);
        view_md5(a, &got->view);
        view_md5(b, &want->view);
        assert_string_equal(a, b);
        inspyr_image_free(got);
        inspyr_image_free(copy);
        inspyr_bytes_free(&file);
    }
    inspyr_image_free(want);
    inspyr_image_free(detail);
}

static void grey_jpegs_stay_grey_and_quality_costs_bytes(void **state)
{
    inspyr_image *grey = file_decode(data_path("image/detail.png"), INSPYR_GREY8, 0), *got;
    inspyr_encode_options options = options_for(INSPYR_FILE_JPEG);
    inspyr_bytes good, poor;

    (void)state;
    options.quality = 100;
    good = encode(&grey->view, &options);
    options.quality = 20;
    poor = encode(&grey->view, &options);
    assert_true(good.size > 2 * poor.size);
    assert_int_equal(inspyr_image_decode(&got, good.data, good.size, NULL, NULL), INSPYR_OK);
    for (int32_t y = 0; y < grey->view.height; y++)
        for (int32_t x = 0; x < grey->view.width; x++)
            assert_true(abs(view_row(&got->view, y)[3 * x] - view_row(&grey->view, y)[x]) <= 3);
    inspyr_image_free(got);
    inspyr_image_free(grey);
    inspyr_bytes_free(&good);
    inspyr_bytes_free(&poor);
}

static void lossless_webp_keeps_even_hidden_colours(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_BGRA8 };
    inspyr_image *cutout = file_decode(data_path("image/cutout.png"), INSPYR_RGBA8, 0);

    (void)state;
    for (int f = 0; f < 2; f++) {
        inspyr_image *copy;
        inspyr_view view = flipped(&copy, &cutout->view, formats[f]);
        inspyr_encode_options options = options_for(INSPYR_FILE_WEBP);
        inspyr_bytes file;
        int width, height;
        uint8_t *got;

        options.flags = INSPYR_ENCODE_LOSSLESS;
        file = encode(&view, &options);
        got = WebPDecodeRGBA(file.data, file.size, &width, &height);
        assert_non_null(got);
        for (int32_t y = 0; y < height; y++)
            assert_memory_equal(got + 4 * width * y, view_row(&cutout->view, y), 4 * (size_t)width);
        WebPFree(got);
        inspyr_bytes_free(&file);
        inspyr_image_free(copy);
    }
    inspyr_image_free(cutout);
}

static void lossy_webp_is_close_from_every_format(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGB8, INSPYR_BGR8, INSPYR_GREY8, INSPYR_RGBA8 };
    inspyr_image *detail = file_decode(data_path("image/detail.png"), INSPYR_RGB8, 0);

    (void)state;
    for (int f = 0; f < 4; f++) {
        inspyr_image *copy, *rgb, *got;
        inspyr_view view = flipped(&copy, &detail->view, formats[f]), want = flipped(&rgb, &view, INSPYR_RGB8);
        inspyr_encode_options options = options_for(INSPYR_FILE_WEBP);
        inspyr_bytes file = encode(&view, &options);
        int64_t difference = 0;

        assert_int_equal(inspyr_image_decode(&got, file.data, file.size, NULL, NULL), INSPYR_OK);
        for (int32_t y = 0; y < want.height; y++)
            for (int32_t i = 0; i < want.width * 3; i++)
                difference += abs(view_row(&got->view, y)[i] - view_row(&want, y)[i]);
        assert_true(difference < (int64_t)6 * want.width * want.height * 3);
        inspyr_image_free(got);
        inspyr_image_free(rgb);
        inspyr_image_free(copy);
        inspyr_bytes_free(&file);
    }
    inspyr_image_free(detail);
}

static void what_a_file_format_cannot_hold_is_refused(void **state)
{
    static unsigned char row[70000 * 4];
    static const struct {
        inspyr_file file;
        inspyr_format format;
        int32_t width;
        uint64_t flags;
    } cases[] = {
        { INSPYR_FILE_JPEG, INSPYR_RGBA8, 8, 0 },
        { INSPYR_FILE_JPEG, INSPYR_BGRA8, 8, 0 },
        { INSPYR_FILE_JPEG, INSPYR_GREY16, 8, 0 },
        { INSPYR_FILE_WEBP, INSPYR_GREY16, 8, 0 },
        { INSPYR_FILE_JPEG, INSPYR_RGB8, 65536, 0 },
        { INSPYR_FILE_WEBP, INSPYR_RGB8, 16384, 0 },
        { INSPYR_FILE_JPEG, INSPYR_RGB8, 8, INSPYR_ENCODE_LOSSLESS },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int upright = 0; upright < 2; upright++) {
            inspyr_encode_options options = options_for(cases[i].file);
            int64_t step = (int64_t)format_bytes(cases[i].format);
            inspyr_view view = { row,
                                 upright ? step : step * cases[i].width,
                                 upright ? 1 : cases[i].width,
                                 upright ? cases[i].width : 1,
                                 cases[i].format,
                                 0 };
            inspyr_bytes bytes;
            inspyr_error error;

            options.flags = cases[i].flags;
            assert_int_equal(inspyr_image_encode(&bytes, &view, &options, &error), INSPYR_ERR_ENCODE);
            assert_null(bytes.data);
            assert_string_not_equal(error.message, "");
        }
}

static void options_out_of_range_are_refused(void **state)
{
    unsigned char pixel[3] = { 0 };
    inspyr_view view = { pixel, 3, 1, 1, INSPYR_RGB8, 0 };
    inspyr_encode_options o = options_for(INSPYR_FILE_PNG);
    inspyr_bytes bytes;

    (void)state;
    assert_int_equal(inspyr_image_encode(NULL, &view, &o, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_image_encode(&bytes, NULL, &o, NULL), INSPYR_ERR_ARGUMENT);
    o.compression = 10;
    assert_int_equal(inspyr_image_encode(&bytes, &view, &o, NULL), INSPYR_ERR_ARGUMENT);
    o = options_for((inspyr_file)4);
    assert_int_equal(inspyr_image_encode(&bytes, &view, &o, NULL), INSPYR_ERR_ARGUMENT);
    o = options_for(INSPYR_FILE_JPEG);
    o.quality = 101;
    assert_int_equal(inspyr_image_encode(&bytes, &view, &o, NULL), INSPYR_ERR_ARGUMENT);
    o.quality = 0;
    o.flags = 2;
    assert_int_equal(inspyr_image_encode(&bytes, &view, &o, NULL), INSPYR_ERR_UNSUPPORTED);
    view.format = INSPYR_GREYF32;
    assert_int_equal(inspyr_image_encode(&bytes, &view, NULL, NULL), INSPYR_ERR_ARGUMENT);
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    inspyr_image *detail = file_decode(data_path("image/detail.png"), INSPYR_RGB8, 0);

    (void)state;
    for (int file = INSPYR_FILE_PNG; file <= INSPYR_FILE_PAM; file++) {
        inspyr_encode_options options = options_for((inspyr_file)file);

        starve_encoder(&detail->view, &options);
    }
    inspyr_image_free(detail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libpng_reads_back_what_was_written_from_any_format),
        cmocka_unit_test(sixteen_bits_survive_in_png_and_pam),
        cmocka_unit_test(jpeg_holds_what_the_reference_encoder_writes),
        cmocka_unit_test(grey_jpegs_stay_grey_and_quality_costs_bytes),
        cmocka_unit_test(lossless_webp_keeps_even_hidden_colours),
        cmocka_unit_test(lossy_webp_is_close_from_every_format),
        cmocka_unit_test(what_a_file_format_cannot_hold_is_refused),
        cmocka_unit_test(options_out_of_range_are_refused),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

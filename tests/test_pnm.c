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

static inspyr_status decode(inspyr_image **out, const char *text, size_t size, inspyr_format format)
{
    inspyr_decode_options options;
    unsigned char *exact = malloc(size + !size);
    inspyr_status status;

    assert_non_null(exact);
    memcpy(exact, text, size);
    inspyr_decode_options_init(&options);
    options.format = format;
    status = inspyr_image_decode(out, exact, size, &options, NULL);
    free(exact);
    return status;
}

#define DECODE(out, literal, format) decode(out, literal, sizeof(literal) - 1, format)

static void every_kind_of_pnm_has_the_pixels_of_another_reader(void **state)
{
    (void)state;
    assert_int_equal(expected_check("", ".ppm"), 2);
    assert_int_equal(expected_check("", ".pgm"), 2);
    assert_int_equal(expected_check("", ".pbm"), 1);
}

static void bits_written_as_text_need_no_blanks(void **state)
{
    inspyr_image *image;

    (void)state;
    assert_int_equal(DECODE(&image, "P1\n# bits\n3 2\n101\n0 1 0", INSPYR_GREY8), INSPYR_OK);
    assert_memory_equal(view_row(&image->view, 0), "\0\xff\0", 3);
    assert_memory_equal(view_row(&image->view, 1), "\xff\0\xff", 3);
    inspyr_image_free(image);
}

static void any_maximum_is_scaled_and_rounded(void **state)
{
    (void)state;
    for (int maximum = 1; maximum <= 65535; maximum = maximum * 2 + maximum % 3) {
        inspyr_image *image;
        int value = maximum * 5 / 8;
        char text[64];
        int length = snprintf(text, sizeof text, "P2 1 1 %d %d", maximum, value);

        assert_int_equal(decode(&image, text, (size_t)length, INSPYR_GREY8), INSPYR_OK);
        assert_int_equal(view_row(&image->view, 0)[0], (int)(value * 255.0 / maximum + 0.5));
        inspyr_image_free(image);
    }
}

static void wide_samples_are_big_endian(void **state)
{
    inspyr_image *image;

    (void)state;
    assert_int_equal(DECODE(&image, "P5 2 1 65535\n\x80\x00\x00\xff", INSPYR_GREY8), INSPYR_OK);
    assert_int_equal(view_row(&image->view, 0)[0], 128);
    assert_int_equal(view_row(&image->view, 0)[1], 1);
    inspyr_image_free(image);
}

static void pam_holds_alpha_beside_grey_and_beside_colour(void **state)
{
    inspyr_image *image;

    (void)state;
    assert_int_equal(DECODE(&image,
                            "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\n"
                            "\x01\x02\x03\x04",
                            0),
                     INSPYR_OK);
    assert_int_equal(image->view.format, INSPYR_RGBA8);
    assert_memory_equal(view_row(&image->view, 0), "\1\1\1\2\3\3\3\4", 8);
    inspyr_image_free(image);
    assert_int_equal(DECODE(&image, "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 15\nENDHDR\n\x0f\x00\x01\x08", 0),
                     INSPYR_OK);
    assert_memory_equal(view_row(&image->view, 0), "\xff\x00\x11\x88", 4);
    inspyr_image_free(image);
}

static void what_is_not_to_the_letter_is_damage(void **state)
{
    static const char *texts[] = {
        "P2 1 1 255 256", /* over the maximum */
        "P2 1 1 0 0",
        "P2 1 1 65536 0",
        "P2 0 1 255 0",
        "P2 1 1 255",
        "P2 1 1 255 x",
        "P2 1 1 255 1x",
        "P2 -1 1 255 1",
        "P2 99999999999 1 255 1",
        "P1 2 1 12",
        "P6 1 1 255 ab",
        "P5 1 1 100\nx",
        "P5 1 1 255",
        "P3 1 1 255 1 2",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\nabc",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\nabcde",
        "P7\nWIDTH 1\nHEIGHT 1\nMAXVAL 255\nENDHDR\nabc",
        "P7\nWIDTH 1\nSIZE 1\nENDHDR\nabc",
        "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        inspyr_image *image;

        if (decode(&image, texts[i], strlen(texts[i]), 0) != INSPYR_ERR_IMAGE)
            fail_msg("%s", texts[i]);
    }
}

static void the_probe_tells_bits_and_alpha(void **state)
{
    inspyr_probe probe;
    static const char pam[] = "P7\nWIDTH 7\nHEIGHT 9\nDEPTH 2\nMAXVAL 1000\nENDHDR\n";

    (void)state;
    inspyr_probe_init(&probe);
    assert_int_equal(inspyr_image_probe(&probe, pam, sizeof pam - 1, NULL), INSPYR_OK);
    assert_int_equal(probe.width, 7);
    assert_int_equal(probe.height, 9);
    assert_int_equal(probe.bits, 10);
    assert_int_equal(probe.has_alpha, 1);
    assert_int_equal(probe.file, INSPYR_FILE_PAM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_pnm_has_the_pixels_of_another_reader),
        cmocka_unit_test(bits_written_as_text_need_no_blanks),
        cmocka_unit_test(any_maximum_is_scaled_and_rounded),
        cmocka_unit_test(wide_samples_are_big_endian),
        cmocka_unit_test(pam_holds_alpha_beside_grey_and_beside_colour),
        cmocka_unit_test(what_is_not_to_the_letter_is_damage),
        cmocka_unit_test(the_probe_tells_bits_and_alpha),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

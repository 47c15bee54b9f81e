#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/exif.h"
#include "image/image.h"
#include "image/orient.h"
#include "support/files.h"

static const unsigned char little[] = {
    'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0
};
static const unsigned char big[] = { 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0 };

static void both_byte_orders_are_read(void **state)
{
    (void)state;
    assert_int_equal(exif_orientation(little, sizeof little), 6);
    assert_int_equal(exif_orientation(big, sizeof big), 6);
}

static void every_cut_of_the_data_says_nothing_and_reads_nothing_beyond(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof little; size++) {
        unsigned char *exact = malloc(size + !size);

        assert_non_null(exact);
        memcpy(exact, little, size);
        assert_int_equal(exif_orientation(exact, size), 1);
        free(exact);
    }
}

static void values_that_do_not_exist_mean_upright(void **state)
{
    unsigned char copy[sizeof little];

    (void)state;
    memcpy(copy, little, sizeof copy);
    for (int value = 0; value < 256; value++) {
        copy[18] = (unsigned char)value;
        assert_int_equal(exif_orientation(copy, sizeof copy), value >= 1 && value <= 8 ? value : 1);
    }
    copy[18] = 6;
    copy[4] = 0xff; /* a directory far outside */
    copy[7] = 0xff;
    assert_int_equal(exif_orientation(copy, sizeof copy), 1);
}

/* Independent of orient.c: the definition of each orientation as the place of the first row and column. */
static void each_orientation_puts_the_first_row_and_column_where_exif_says(void **state)
{
    static const unsigned char stored[6] = { 'a', 'b', 'c', 'd', 'e', 'f' }; /* abc over def */
    static const char *upright[9] = { NULL,     "abcdef", "cbafed", "fedcba", "defabc",
                                      "adbecf", "daebfc", "fcebda", "cfbead" };
    inspyr_view src = { (void *)(uintptr_t)stored, 3, 3, 2, INSPYR_GREY8, 0 };

    (void)state;
    for (int k = 1; k <= 8; k++) {
        unsigned char got[6];
        int32_t width = k < 5 ? 3 : 2;
        inspyr_view dst = { got, width, width, 6 / width, INSPYR_GREY8, 0 };

        orient_view(&dst, &src, k);
        assert_memory_equal(got, upright[k], 6);
    }
}

static void the_corpus_of_eighteen_photos_comes_out_upright(void **state)
{
    static const char *names[] = { "Landscape", "Portrait" };

    (void)state;
    need_shared("data/decode/exif");
    for (int n = 0; n < 2; n++) {
        inspyr_image *first = NULL;

        for (int k = 0; k <= 8; k++) {
            char name[64];
            inspyr_view a, b;
            inspyr_image *image;
            int64_t difference = 0;

            snprintf(name, sizeof name, "data/decode/exif/%s_%d.jpg", names[n], k);
            image = file_decode(shared_path(name), INSPYR_RGB8, 0);
            inspyr_image_view(image, &b);
            assert_int_equal(b.width, n ? 200 : 300);
            assert_int_equal(b.height, n ? 300 : 200);
            if (!first) {
                first = image;
                continue;
            }
            inspyr_image_view(first, &a);
            for (int32_t y = 0; y < b.height; y++)
                for (int32_t x = 0; x < b.width * 3; x++)
                    difference += abs(view_row(&a, y)[x] - view_row(&b, y)[x]);
            assert_true(difference < (int64_t)4 * 3 * b.width * b.height);
            inspyr_image_free(image);
            image = file_decode(shared_path(name), INSPYR_RGB8, INSPYR_DECODE_AS_STORED);
            inspyr_image_view(image, &b);
            assert_int_equal(b.width, (k > 4) != n ? 200 : 300);
            inspyr_image_free(image);
        }
        inspyr_image_free(first);
    }
}

static void png_and_webp_are_turned_too(void **state)
{
    (void)state;
    assert_int_equal(expected_check("turned", ".png"), 8);
    assert_int_equal(expected_check("turned", ".webp"), 2);
}

static void the_probe_tells_the_orientation_and_the_upright_size(void **state)
{
    inspyr_probe probe;
    size_t size;
    void *bytes = file_read(&size, data_path("image/turned6.webp"));

    (void)state;
    inspyr_probe_init(&probe);
    assert_int_equal(inspyr_image_probe(&probe, bytes, size, NULL), INSPYR_OK);
    assert_int_equal(probe.orientation, 6);
    assert_int_equal(probe.width, 19);
    assert_int_equal(probe.height, 31);
    assert_int_equal(probe.file, INSPYR_FILE_WEBP);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_byte_orders_are_read),
        cmocka_unit_test(every_cut_of_the_data_says_nothing_and_reads_nothing_beyond),
        cmocka_unit_test(values_that_do_not_exist_mean_upright),
        cmocka_unit_test(each_orientation_puts_the_first_row_and_column_where_exif_says),
        cmocka_unit_test(the_corpus_of_eighteen_photos_comes_out_upright),
        cmocka_unit_test(png_and_webp_are_turned_too),
        cmocka_unit_test(the_probe_tells_the_orientation_and_the_upright_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

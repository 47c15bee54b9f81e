#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/pool.h"
#include "image/image.h"
#include "image/resize.h"
#include "support/chance.h"
#include "support/files.h"
#include "support/scarce.h"

static inspyr_allocator c_library(void)
{
    inspyr_allocator allocator;

    assert_int_equal(memory_import(&allocator, NULL, NULL), INSPYR_OK);
    return allocator;
}

static inspyr_image *blank(int32_t width, int32_t height, inspyr_format format)
{
    inspyr_allocator allocator = c_library();
    inspyr_image *image;

    assert_int_equal(image_create(&image, &allocator, width, height, format, NULL), INSPYR_OK);
    return image;
}

/* The same picture as formula() in tests/data/make_image_fixtures.py. */
static inspyr_image *draw(int64_t width, int64_t height)
{
    inspyr_image *image = blank((int32_t)width, (int32_t)height, INSPYR_RGB8);

    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++)
            for (int64_t c = 0; c < 3; c++)
                view_row(&image->view, y)[3 * x + c] =
                    (unsigned char)(x * x * 31 + y * x * 17 + y * y * 7 + c * 101);
    return image;
}

/* A copy in another format, its rows from the bottom up and with a gap between them. */
static inspyr_view reshape(unsigned char **memory, const inspyr_view *rgb, inspyr_format format)
{
    static const int order[8][3] = { [INSPYR_RGBA8] = { 0, 1, 2 },
                                     [INSPYR_RGB8] = { 0, 1, 2 },
                                     [INSPYR_BGRA8] = { 2, 1, 0 },
                                     [INSPYR_BGR8] = { 2, 1, 0 } };
    size_t bytes = format_bytes(format), stride = (size_t)rgb->width * bytes + 5;
    inspyr_view view = { NULL, -(int64_t)stride, rgb->width, rgb->height, format, 0 };

    *memory = malloc(stride * (size_t)rgb->height);
    assert_non_null(*memory);
    memset(*memory, 255, stride * (size_t)rgb->height);
    view.data = *memory + stride * (size_t)(rgb->height - 1);
    for (int32_t y = 0; y < rgb->height; y++)
        for (int32_t x = 0; x < rgb->width; x++)
            for (int c = 0; c < 3; c++)
                view_row(&view, y)[(size_t)x * bytes + (size_t)order[format][c]] = view_row(rgb, y)[3 * x + c];
    return view;
}

static void resize(const inspyr_view *dst, const inspyr_view *src, inspyr_pool *pool)
{
    inspyr_allocator allocator = c_library();
    inspyr_error error;

    if (resize_picture(dst, src, RESIZE_OVER_GREY, pool, &allocator, &error))
        fail_msg("%s", error.message);
}

static void every_size_up_and_down_gives_the_bytes_of_the_reference(void **state)
{
    FILE *list = fopen(data_path("image/resize.txt"), "r");
    int w, h, to_w, to_h, cases = 0;
    char want[33], got[33];
    inspyr_pool *pool;

    (void)state;
    assert_non_null(list);
    assert_int_equal(inspyr_pool_open(&pool, 2, NULL, NULL), INSPYR_OK);
    while (fscanf(list, "%d %d %d %d %32s", &w, &h, &to_w, &to_h, want) == 5) {
        inspyr_image *src = draw(w, h), *dst = blank(to_w, to_h, INSPYR_RGB8);

        resize(&dst->view, &src->view, cases++ % 2 ? pool : NULL);
        view_md5(got, &dst->view);
        if (strcmp(got, want) != 0)
            fail_msg("%d x %d to %d x %d: other bytes", w, h, to_w, to_h);
        inspyr_image_free(src);
        inspyr_image_free(dst);
    }
    fclose(list);
    inspyr_pool_free(pool);
    assert_true(cases > 100);
}

static void the_format_and_the_strides_of_the_source_do_not_matter(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_BGRA8, INSPYR_BGR8, INSPYR_RGB8 };
    static const int32_t sizes[][2] = { { 20, 31 }, { 45, 31 }, { 20, 77 }, { 45, 77 } };
    inspyr_image *src = draw(45, 77);

    (void)state;
    for (size_t s = 0; s < 4; s++)
        for (size_t f = 0; f < 4; f++) {
            inspyr_image *want = blank(sizes[s][0], sizes[s][1], INSPYR_RGB8);
            inspyr_image *got = blank(sizes[s][0], sizes[s][1], INSPYR_RGB8);
            unsigned char *memory;
            inspyr_view other = reshape(&memory, &src->view, formats[f]);
            char want_text[33], got_text[33];

            resize(&want->view, &src->view, NULL);
            resize(&got->view, &other, NULL);
            view_md5(want_text, &want->view);
            view_md5(got_text, &got->view);
            assert_string_equal(got_text, want_text);
            inspyr_image_free(want);
            inspyr_image_free(got);
            free(memory);
        }
    inspyr_image_free(src);
}

static void grey_becomes_three_equal_channels(void **state)
{
    unsigned char grey[4] = { 10, 20, 30, 40 }, rgb[4 * 4 * 3];
    inspyr_view src = { grey, 2, 2, 2, INSPYR_GREY8, 0 }, dst = { rgb, 12, 4, 4, INSPYR_RGB8, 0 };

    (void)state;
    resize(&dst, &src, NULL);
    assert_int_equal(rgb[0], 10);
    assert_int_equal(rgb[47], 40);
    for (int i = 0; i < 16; i++)
        assert_true(rgb[3 * i] == rgb[3 * i + 1] && rgb[3 * i] == rgb[3 * i + 2]);
}

static void hidden_colours_have_no_effect(void **state)
{
    unsigned char rgba[2][8] = { { 200, 100, 50, 0, 10, 20, 30, 255 }, { 1, 255, 7, 0, 10, 20, 30, 255 } };
    unsigned char rgb[2][15];

    (void)state;
    for (int i = 0; i < 2; i++) {
        inspyr_view src = { rgba[i], 8, 2, 1, INSPYR_RGBA8, 0 }, dst = { rgb[i], 15, 5, 1, INSPYR_RGB8, 0 };

        resize(&dst, &src, NULL);
    }
    assert_memory_equal(rgb[0], rgb[1], 15);
    assert_int_equal(rgb[0][0], 128);
    assert_int_equal(rgb[0][14], 30);
}

static void half_transparent_colours_are_laid_over_middle_grey(void **state)
{
    unsigned char rgba[4], rgb[3];
    inspyr_view src = { rgba, 4, 1, 1, INSPYR_RGBA8, 0 }, dst = { rgb, 3, 1, 1, INSPYR_RGB8, 0 };

    (void)state;
    for (int alpha = 0; alpha < 256; alpha++)
        for (int value = 0; value < 256; value++) {
            double want = (value * alpha + 128.0 * (255 - alpha)) / 255.0;

            rgba[0] = rgba[1] = rgba[2] = (unsigned char)value;
            rgba[3] = (unsigned char)alpha;
            resize(&dst, &src, NULL);
            assert_true(rgb[0] >= want - 0.5 && rgb[0] <= want + 0.5);
        }
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    inspyr_image *src = draw(40, 30), *dst = blank(20, 50, INSPYR_RGB8);

    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_status status = resize_picture(&dst->view, &src->view, RESIZE_OVER_GREY, NULL, &allocator, NULL);

        assert_int_equal(s.balance, 0);
        assert_int_equal(status, s.asked > nth ? INSPYR_ERR_MEMORY : INSPYR_OK);
        if (status == INSPYR_OK)
            break;
    }
    inspyr_image_free(src);
    inspyr_image_free(dst);
}

static void nothing_is_written_beyond_the_destination(void **state)
{
    chance c = { 1 };

    (void)state;
    for (int i = 0; i < 300; i++) {
        inspyr_image *src = draw(chance_between(&c, 1, 70), chance_between(&c, 1, 70));
        int32_t w = chance_between(&c, 1, 70), h = chance_between(&c, 1, 70);
        unsigned char *memory = malloc((size_t)(w * 3 + 2) * (size_t)h);
        inspyr_view dst = { memory, w * 3 + 2, w, h, INSPYR_RGB8, 0 };

        assert_non_null(memory);
        memset(memory, 0xa5, (size_t)(w * 3 + 2) * (size_t)h);
        resize(&dst, &src->view, NULL);
        for (int32_t y = 0; y < h; y++)
            assert_true(view_row(&dst, y)[3 * w] == 0xa5 && view_row(&dst, y)[3 * w + 1] == 0xa5);
        free(memory);
        inspyr_image_free(src);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_up_and_down_gives_the_bytes_of_the_reference),
        cmocka_unit_test(the_format_and_the_strides_of_the_source_do_not_matter),
        cmocka_unit_test(grey_becomes_three_equal_channels),
        cmocka_unit_test(hidden_colours_have_no_effect),
        cmocka_unit_test(half_transparent_colours_are_laid_over_middle_grey),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
        cmocka_unit_test(nothing_is_written_beyond_the_destination),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

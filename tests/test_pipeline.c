#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/pictures.h"

static void assert_same_pixels(const inspyr_view *a, const inspyr_view *b, size_t pixel)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (int32_t y = 0; y < a->height; y++)
        assert_memory_equal((const char *)a->data + y * a->stride, (const char *)b->data + y * b->stride,
                            (size_t)a->width * pixel);
}

static void the_bytes_do_not_depend_on_the_pool(void **state)
{
    pixels p = noise(123, 77, INSPYR_RGB8, 3);
    inspyr_model *alone = loaded(TINY, NULL, NULL);
    inspyr_image *want = cut_out(alone, &p.view, NULL);
    inspyr_view a, b;

    (void)state;
    inspyr_image_view(want, &a);
    for (int32_t width = 2; width <= 5; width++) {
        inspyr_pool *pool;
        inspyr_model *m;
        inspyr_image *got;

        assert_int_equal(inspyr_pool_open(&pool, width, NULL, NULL), INSPYR_OK);
        m = loaded(TINY, pool, NULL);
        got = cut_out(m, &p.view, NULL);
        inspyr_image_view(got, &b);
        assert_same_pixels(&a, &b, 4);
        inspyr_image_free(got);
        inspyr_model_free(m);
        inspyr_pool_free(pool);
    }
    inspyr_image_free(want);
    inspyr_model_free(alone);
    free(p.data);
}

static void a_picture_has_the_same_matte_alone_and_in_a_batch(void **state)
{
    enum { N = 3 };
    static const int32_t sizes[N][2] = { { 64, 64 }, { 31, 90 }, { 200, 13 } };
    inspyr_model *m = loaded(TINY, NULL, NULL);
    pixels pictures[N], alone[N], together[N];
    inspyr_view in[N], out[N];
    inspyr_report reports[N];
    inspyr_report *pointers[N] = { &reports[0], NULL, &reports[2] };
    inspyr_matte_options options;

    (void)state;
    inspyr_matte_options_init(&options);
    options.reports = pointers;
    for (int i = 0; i < N; i++) {
        pictures[i] = noise(sizes[i][0], sizes[i][1], INSPYR_RGB8, 3);
        alone[i] = noise(sizes[i][0], sizes[i][1], INSPYR_GREYF32, 4);
        together[i] = noise(sizes[i][0], sizes[i][1], INSPYR_GREYF32, 4);
        in[i] = pictures[i].view;
        out[i] = together[i].view;
        inspyr_report_init(&reports[i]);
        assert_int_equal(inspyr_matte(m, &in[i], &alone[i].view, 1, NULL, NULL), INSPYR_OK);
    }
    assert_int_equal(inspyr_matte(m, in, out, N, &options, NULL), INSPYR_OK);
    for (int i = 0; i < N; i++) {
        assert_same_pixels(&alone[i].view, &together[i].view, 4);
        free(pictures[i].data);
        free(alone[i].data);
        free(together[i].data);
    }
    assert_true(reports[0].logit_max >= reports[0].logit_min);
    assert_true(reports[2].total_ms > 0);
    assert_int_equal(reports[1].total_ms == 0, 1); /* its pointer was NULL */
    inspyr_model_free(m);
}

static void channel_order_and_the_direction_of_rows_do_not_matter(void **state)
{
    pixels rgb = noise(50, 40, INSPYR_RGB8, 3), bgr = noise(50, 40, INSPYR_BGR8, 3);
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_cutout_options map;
    inspyr_image *a, *b;
    inspyr_view va, vb;

    (void)state;
    for (int y = 0; y < 40; y++) /* upside down in memory */
        for (int x = 0; x < 50; x++)
            for (int i = 0; i < 3; i++)
                bgr.data[((39 - y) * 50 + x) * 3 + i] = rgb.data[(y * 50 + x) * 3 + 2 - i];
    bgr.view.data = bgr.data + 39 * 150;
    bgr.view.stride = -150;
    inspyr_cutout_options_init(&map);
    map.output = INSPYR_OUTPUT_MAP;
    for (int output = 0; output < 2; output++) {
        a = cut_out(m, &rgb.view, output ? &map : NULL);
        b = cut_out(m, &bgr.view, output ? &map : NULL);
        inspyr_image_view(a, &va);
        inspyr_image_view(b, &vb);
        assert_same_pixels(&va, &vb, output ? 1 : 4);
        inspyr_image_free(a);
        inspyr_image_free(b);
    }
    inspyr_model_free(m);
    free(rgb.data);
    free(bgr.data);
}

static void hidden_colours_change_nothing_and_stay_hidden(void **state)
{
    pixels p = noise(60, 50, INSPYR_RGBA8, 4), q = noise(60, 50, INSPYR_RGBA8, 4);
    inspyr_model *m = loaded(TINY, NULL, NULL);
    pixels a = noise(60, 50, INSPYR_GREY8, 1), b = noise(60, 50, INSPYR_GREY8, 1);

    (void)state;
    for (int i = 0; i < 60 * 50; i++) {
        p.data[4 * i + 3] = q.data[4 * i + 3] = i % 60 < 20 ? 0 : 255;
        for (int k = 0; k < 3 && i % 60 < 20; k++)
            q.data[4 * i + k] = 77;
    }
    assert_int_equal(inspyr_matte(m, &p.view, &a.view, 1, NULL, NULL), INSPYR_OK);
    assert_int_equal(inspyr_matte(m, &q.view, &b.view, 1, NULL, NULL), INSPYR_OK);
    assert_same_pixels(&a.view, &b.view, 1);
    for (int i = 0; i < 60 * 50; i++)
        if (i % 60 < 20)
            assert_int_equal(a.data[i], 0);
    inspyr_model_free(m);
    free(p.data);
    free(q.data);
    free(a.data);
    free(b.data);
}

static void a_crop_is_a_part_of_the_whole(void **state)
{
    pixels p = noise(97, 81, INSPYR_RGB8, 3);
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_cutout_options options;
    inspyr_report report;
    inspyr_image *whole, *part;
    inspyr_view a, b;

    (void)state;
    inspyr_cutout_options_init(&options);
    inspyr_report_init(&report);
    options.report = &report;
    whole = cut_out(m, &p.view, &options);
    assert_int_equal(report.no_subject, 0);
    options.flags = INSPYR_CUTOUT_CROP;
    part = cut_out(m, &p.view, &options);
    inspyr_image_view(whole, &a);
    inspyr_image_view(part, &b);
    assert_int_equal(report.result_bytes, report.subject_width * report.subject_height * 4);
    assert_int_equal(report.result_x, report.subject_x);
    assert_int_equal(report.result_y, report.subject_y);
    assert_int_equal(b.width, report.subject_width);
    assert_int_equal(b.height, report.subject_height);
    a.data = (unsigned char *)a.data + report.subject_y * a.stride + report.subject_x * 4;
    a.width = b.width;
    a.height = b.height;
    assert_same_pixels(&a, &b, 4);
    inspyr_image_free(part);
    options.crop_margin = 1000; /* kept inside the picture */
    part = cut_out(m, &p.view, &options);
    inspyr_image_view(part, &b);
    assert_int_equal(report.result_x + report.result_y, 0);
    assert_int_equal(b.width, 97);
    assert_int_equal(b.height, 81);
    inspyr_image_free(whole);
    inspyr_image_free(part);
    inspyr_model_free(m);
    free(p.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_do_not_depend_on_the_pool),
        cmocka_unit_test(a_picture_has_the_same_matte_alone_and_in_a_batch),
        cmocka_unit_test(channel_order_and_the_direction_of_rows_do_not_matter),
        cmocka_unit_test(hidden_colours_change_nothing_and_stay_hidden),
        cmocka_unit_test(a_crop_is_a_part_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

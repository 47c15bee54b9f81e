#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "inspyr_experimental.h"
#include "matte/quality.h"
#include "support/canvas.h"
#include "support/fixture.h"
#include "support/scarce.h"

static canvas plane(int32_t width, int32_t height, inspyr_format format)
{
    return canvas_make(width, height, format, 0);
}

static float *matte_row(const canvas *c, int32_t y)
{
    return (float *)(void *)view_row(&c->view, y);
}

static inspyr_measures measured(const canvas *matte, const canvas *mask)
{
    inspyr_measures m;

    inspyr_measures_init(&m);
    assert_int_equal(inspyr_measure(&m, &matte->view, &mask->view, NULL), INSPYR_OK);
    return m;
}

static void close_to(double got, double want, const char *what, int32_t k)
{
    if (!(fabs(got - want) < 2e-7)) /* expected numbers are stored as float32 */
        fail_msg("case %d: %s is %.9g, not %.9g", (int)k, what, got, want);
}

/* -1 stands for what the other programs do not give. */
static void compare(const inspyr_measures *m, const float *want, int32_t k)
{
    close_to(m->iou, (double)want[0], "iou", k);
    close_to(m->mae, (double)want[1], "mae", k);
    if (want[3] < 0)
        assert_true(isnan(m->mba));
    else
        close_to(m->mba, (double)want[3], "mba", k);
    if (want[2] < 0)
        return;
    close_to(m->s_measure, (double)want[2], "s_measure", k);
    for (int32_t i = 0; i < 256; i++)
        close_to(m->f_curve[i], (double)want[4 + i], "f_curve", k * 1000 + i);
}

static void measures_are_those_of_the_published_programs(void **state)
{
    fixture f;

    (void)state;
    assert_true(fixture_open(&f, TEST_DATA "/matte/matte.safetensors"));
    for (int32_t k = 0; k < 7; k++) {
        int32_t shape[4];
        float *matte = fixture_numbers(&f, shape, "measure/%d/matte", (int)k);
        float *mask = fixture_numbers(&f, NULL, "measure/%d/mask", (int)k);
        float *want = fixture_numbers(&f, NULL, "measure/%d/expected", (int)k);
        canvas a = plane(shape[2], shape[1], INSPYR_GREYF32), g = plane(shape[2], shape[1], INSPYR_GREY8);
        inspyr_measures m;

        for (int32_t y = 0; y < shape[1]; y++)
            for (int32_t x = 0; x < shape[2]; x++) {
                matte_row(&a, y)[x] = matte[y * shape[2] + x];
                view_row(&g.view, y)[x] = (unsigned char)mask[y * shape[2] + x];
            }
        m = measured(&a, &g);
        compare(&m, want, k);
        canvas_free(&g);
        canvas_free(&a);
        free(want);
        free(mask);
        free(matte);
    }
    fixture_close(&f);
}

/* scene() of make_matte_fixtures.py */
static void draw_scene(const canvas *matte, const canvas *mask)
{
    int64_t w = matte->view.width, h = matte->view.height;

    for (int64_t y = 0; y < h; y++)
        for (int64_t x = 0; x < w; x++) {
            int64_t dx = (2 * x - w) * h, dy = (2 * y - h) * w;
            int64_t noise = (x * 7919 + y * 104729 + x * y % 251 * 31) % 256;
            int32_t subject = dx * dx + dy * dy < w * h * w * h / 4;
            int64_t level = noise < 24 ? noise : subject ? 255 - noise / 4 : noise / 3;

            view_row(&mask->view, y)[x] = subject ? 255 : 0;
            matte_row(matte, (int32_t)y)[x] = (float)((double)level / 255);
        }
}

static void wide_bands_are_those_of_a_large_picture(void **state)
{
    canvas matte = plane(1601, 1200, INSPYR_GREYF32), mask = plane(1601, 1200, INSPYR_GREY8);
    inspyr_measures m;
    fixture f;
    float *want;

    (void)state;
    assert_true(fixture_open(&f, TEST_DATA "/matte/matte.safetensors"));
    want = fixture_numbers(&f, NULL, "measure/scene/expected");
    draw_scene(&matte, &mask);
    m = measured(&matte, &mask);
    compare(&m, want, 99);
    free(want);
    fixture_close(&f);
    canvas_free(&mask);
    canvas_free(&matte);
}

static void ignored_columns_are_as_if_cut_off(void **state)
{
    canvas matte = plane(60, 40, INSPYR_GREYF32), mask = plane(60, 40, INSPYR_GREY8);
    canvas whole = matte, cut = mask;
    inspyr_measures with, without;

    (void)state;
    draw_scene(&matte, &mask);
    whole.view.width = cut.view.width = 41;
    without = measured(&whole, &cut);
    for (int32_t y = 0; y < 40; y++)
        memset(view_row(&mask.view, y) + 41, MASK_IGNORED, 19);
    matte_row(&matte, 3)[50] = 7; /* which would spoil every stretch and mean */
    with = measured(&matte, &mask);
    close_to(with.iou, without.iou, "iou", 0);
    close_to(with.mae, without.mae, "mae", 0);
    close_to(with.s_measure, without.s_measure, "s_measure", 0);
    for (int32_t i = 0; i < 256; i++)
        close_to(with.f_curve[i], without.f_curve[i], "f_curve", i);
    canvas_free(&mask);
    canvas_free(&matte);
}

static void a_perfect_matte_has_perfect_measures(void **state)
{
    canvas matte = plane(31, 23, INSPYR_GREYF32), mask = plane(31, 23, INSPYR_GREY8);
    inspyr_measures m;

    (void)state;
    draw_scene(&matte, &mask);
    for (int32_t y = 0; y < 23; y++)
        for (int32_t x = 0; x < 31; x++)
            matte_row(&matte, y)[x] = view_row(&mask.view, y)[x] ? 1.0f : 0.0f;
    m = measured(&matte, &mask);
    assert_true(m.iou == 1 && m.mae == 0 && m.mba == 1);
    close_to(m.s_measure, 1, "s_measure", 0);
    close_to(m.f_curve[255], 1, "f_curve", 0);
    canvas_free(&mask);
    canvas_free(&matte);
}

static void a_matte_beyond_its_range_counts_as_its_nearest_end(void **state)
{
    canvas matte = plane(31, 23, INSPYR_GREYF32), mask = plane(31, 23, INSPYR_GREY8);
    inspyr_measures beyond, within;

    (void)state;
    draw_scene(&matte, &mask);
    matte_row(&matte, 3)[4] = matte_row(&matte, 20)[4] = 1;
    matte_row(&matte, 11)[15] = matte_row(&matte, 0)[0] = 0;
    within = measured(&matte, &mask);
    matte_row(&matte, 3)[4] = 1.5f;
    matte_row(&matte, 20)[4] = 2e30f;
    matte_row(&matte, 11)[15] = -3;
    matte_row(&matte, 0)[0] = NAN;
    beyond = measured(&matte, &mask);
    close_to(beyond.s_measure, within.s_measure, "s_measure", 0);
    close_to(beyond.mba, within.mba, "mba", 0);
    assert_memory_equal(beyond.f_curve, within.f_curve, sizeof within.f_curve);
    canvas_free(&mask);
    canvas_free(&matte);
}

static void a_mask_that_is_ignored_altogether_finds_no_fault(void **state)
{
    canvas matte = plane(5, 4, INSPYR_GREYF32), mask = plane(5, 4, INSPYR_GREY8);
    inspyr_measures m;

    (void)state;
    draw_scene(&matte, &mask);
    for (int32_t y = 0; y < 4; y++)
        memset(view_row(&mask.view, y), MASK_IGNORED, 5);
    m = measured(&matte, &mask);
    assert_true(m.iou == 1 && m.mae == 0 && m.s_measure == 1 && isnan(m.mba) && m.f_curve[0] == 0);
    canvas_free(&mask);
    canvas_free(&matte);
}

static void every_size_up_to_forty_works(void **state)
{
    (void)state;
    for (int32_t w = 1; w <= 40; w++)
        for (int32_t h = 1; h <= 40; h++) {
            canvas matte = plane(w, h, INSPYR_GREYF32), mask = plane(w, h, INSPYR_GREY8);
            inspyr_measures m;

            draw_scene(&matte, &mask);
            view_row(&mask.view, h / 3)[w / 3] = MASK_IGNORED;
            matte_row(&matte, h - 1)[w - 1] = w & 1 ? NAN : 1e30f;
            m = measured(&matte, &mask);
            assert_true(m.iou >= 0 && m.iou <= 1 && m.s_measure >= 0 && m.s_measure <= 1 + 1e-9);
            canvas_free(&mask);
            canvas_free(&matte);
        }
}

static void views_that_do_not_fit_are_refused(void **state)
{
    canvas matte = plane(5, 4, INSPYR_GREYF32), mask = plane(5, 5, INSPYR_GREY8);
    inspyr_measures m;

    (void)state;
    inspyr_measures_init(&m);
    m.iou = 5;
    assert_int_equal(inspyr_measure(&m, &matte.view, &mask.view, NULL), INSPYR_ERR_ARGUMENT);
    assert_true(m.iou == 0); /* cleared first */
    assert_int_equal(inspyr_measure(&m, &matte.view, &matte.view, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_measure(&m, &mask.view, &mask.view, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_measure(&m, NULL, &mask.view, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_measure(NULL, &matte.view, &mask.view, NULL), INSPYR_ERR_ARGUMENT);
    m.struct_size = 3;
    assert_int_equal(inspyr_measure(&m, &matte.view, &mask.view, NULL), INSPYR_ERR_ARGUMENT);
    canvas_free(&mask);
    canvas_free(&matte);
}

static void every_allocation_may_fail(void **state)
{
    unsigned char levels[12] = { 0 };
    canvas mask = plane(4, 3, INSPYR_GREY8);
    stored_matte stored = { levels, &mask.view, 4, 3, 0, 0, 0, 12 };

    (void)state;
    for (int32_t nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        double accuracy;
        inspyr_status status = boundary_accuracy(&accuracy, &stored, &allocator, NULL);

        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK) {
            assert_int_equal(nth, 2);
            break;
        }
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
    canvas_free(&mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_are_those_of_the_published_programs),
        cmocka_unit_test(wide_bands_are_those_of_a_large_picture),
        cmocka_unit_test(ignored_columns_are_as_if_cut_off),
        cmocka_unit_test(a_perfect_matte_has_perfect_measures),
        cmocka_unit_test(a_matte_beyond_its_range_counts_as_its_nearest_end),
        cmocka_unit_test(a_mask_that_is_ignored_altogether_finds_no_fault),
        cmocka_unit_test(every_size_up_to_forty_works),
        cmocka_unit_test(views_that_do_not_fit_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "matte/matte.h"
#include "support/canvas.h"
#include "support/fixture.h"
#include "support/meter.h"
#include "support/scarce.h"

static void foreground_of(const canvas *dst, const canvas *picture, const canvas *alpha, inspyr_pool *pool)
{
    inspyr_allocator allocator = fixture_allocator();

    assert_int_equal(matte_foreground(&dst->view, 0, &picture->view, &alpha->view, pool, &allocator, NULL),
                     INSPYR_OK);
}

/* What is seen of an error in F, over all pixels where something is: mean of a |F - truth|, in levels. */
static double visible_error(const canvas *rgba, const canvas *alpha, const float *truth)
{
    double sum = 0, pixels = 0;

    for (int32_t y = 0; y < alpha->view.height; y++)
        for (int32_t x = 0; x < alpha->view.width; x++) {
            int32_t a = view_row(&alpha->view, y)[x];

            if (a == 0 || a == 255)
                continue;
            for (int32_t c = 0; c < 3; c++)
                sum += a / 255.0 *
                       fabs(view_row(&rgba->view, y)[x * 4 + c] -
                            (double)truth[(y * alpha->view.width + x) * 3 + c]);
            pixels += 3;
        }
    return sum / pixels;
}

static canvas canvas_of(const float *values, int32_t width, int32_t height, inspyr_format format)
{
    canvas c = canvas_make(width, height, format, 0);
    int32_t n = width * (int32_t)format_bytes(format);

    for (int32_t y = 0; y < height; y++)
        for (int32_t i = 0; i < n; i++)
            view_row(&c.view, y)[i] = (unsigned char)(values[y * n + i] + 0.5f);
    return c;
}

static void known_colours_are_found_as_well_as_by_the_paper_s_own_order(void **state)
{
    static const char *const names[] = { "hair", "soft" };
    fixture f;

    (void)state;
    assert_true(fixture_open(&f, TEST_DATA "/matte/matte.safetensors"));
    for (int32_t k = 0; k < 2; k++) {
        int32_t shape[4];
        float *colours = fixture_numbers(&f, shape, "colours/%s/picture", names[k]);
        float *truth = fixture_numbers(&f, NULL, "colours/%s/truth", names[k]);
        float *reference = fixture_numbers(&f, NULL, "colours/%s/reference", names[k]);
        float *levels = fixture_numbers(&f, NULL, "colours/%s/alpha", names[k]);
        canvas picture = canvas_of(colours, shape[2], shape[1], INSPYR_RGB8);
        canvas alpha = canvas_of(levels, shape[2], shape[1], INSPYR_GREY8);
        canvas ours = canvas_make(shape[2], shape[1], INSPYR_RGBA8, 1);
        canvas none = canvas_make(shape[2], shape[1], INSPYR_RGBA8, 0);
        canvas estimate = canvas_of(reference, shape[2], shape[1], INSPYR_RGB8);
        canvas theirs = canvas_make(shape[2], shape[1], INSPYR_RGBA8, 0);
        double error, error_of_none, error_of_reference, distance;

        foreground_of(&ours, &picture, &alpha, NULL);
        matte_rgba(&none.view, &picture.view, &alpha.view, NULL);
        error = visible_error(&ours, &alpha, truth);
        error_of_none = visible_error(&none, &alpha, truth);
        matte_rgba(&theirs.view, &estimate.view, &alpha.view, NULL);
        error_of_reference = visible_error(&theirs, &alpha, truth);
        distance = visible_error(&ours, &alpha, reference);
        assert_true(error < error_of_none / 3);
        assert_true(error < error_of_reference * 1.2);
        assert_true(distance < 1.5);
        canvas_free(&theirs);
        canvas_free(&estimate);
        canvas_free(&none);
        canvas_free(&ours);
        canvas_free(&alpha);
        canvas_free(&picture);
        free(levels);
        free(reference);
        free(truth);
        free(colours);
    }
    fixture_close(&f);
}

static void opaque_pixels_keep_their_colour_and_all_get_their_alpha(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_RGB8, INSPYR_BGRA8, INSPYR_BGR8,
                                             INSPYR_GREY8 };
    chance random = { 4 };

    (void)state;
    for (int32_t k = 0; k < 20; k++) {
        int32_t w = chance_between(&random, 30, 300), h = chance_between(&random, 30, 200);
        canvas picture = canvas_make(w, h, formats[k % 5], k & 1),
               alpha = canvas_make(w, h, INSPYR_GREY8, k & 2);
        canvas dst = canvas_make(w, h, INSPYR_RGBA8, k & 4), plain = canvas_make(w, h, INSPYR_RGBA8, 0);

        canvas_fill(&picture, &random);
        canvas_fill_matte(&alpha, &random);
        foreground_of(&dst, &picture, &alpha, NULL);
        matte_rgba(&plain.view, &picture.view, &alpha.view, NULL);
        for (int32_t y = 0; y < h; y++)
            for (int32_t x = 0; x < w; x++) {
                const unsigned char *out = view_row(&dst.view, y) + x * 4,
                                    *in = view_row(&plain.view, y) + x * 4;

                assert_int_equal(out[3], in[3]);
                if (in[3] == 255)
                    assert_memory_equal(out, in, 3);
            }
        canvas_free(&plain);
        canvas_free(&dst);
        canvas_free(&alpha);
        canvas_free(&picture);
    }
}

static void fill_colour(const canvas *c, unsigned red, unsigned green, unsigned blue)
{
    for (int32_t y = 0; y < c->view.height; y++)
        for (int32_t x = 0; x < c->view.width; x++) {
            unsigned char *out = view_row(&c->view, y) + x * 3;

            out[0] = (unsigned char)red;
            out[1] = (unsigned char)green;
            out[2] = (unsigned char)blue;
        }
}

static void a_flat_subject_leaves_no_fringe_even_where_nothing_shows(void **state)
{
    canvas picture = canvas_make(301, 222, INSPYR_RGB8, 0), alpha = canvas_make(301, 222, INSPYR_GREY8, 0);
    canvas dst = canvas_make(301, 222, INSPYR_RGBA8, 0);

    (void)state;
    for (int32_t y = 0; y < 222; y++)
        for (int32_t x = 0; x < 301; x++) {
            float far = hypotf((float)x - 150, (float)y - 111);
            float a = far < 50 ? 1 : far > 70 ? 0 : (70 - far) / 20;
            int32_t level = (int32_t)(a * 255 + 0.5f);
            unsigned char *out = view_row(&picture.view, y) + x * 3;

            view_row(&alpha.view, y)[x] = (unsigned char)level;
            out[0] = (unsigned char)((230 * level + 10 * (255 - level) + 127) / 255);
            out[1] = (unsigned char)((60 * level + 200 * (255 - level) + 127) / 255);
            out[2] = 90;
        }
    foreground_of(&dst, &picture, &alpha, NULL);
    for (int32_t y = 0; y < 222; y++)
        for (int32_t x = 0; x < 301; x++) {
            const unsigned char *out = view_row(&dst.view, y) + x * 4;

            assert_in_range(out[0], 224, 234);
            assert_in_range(out[1], 56, 66);
            assert_in_range(out[2], 89, 91);
        }
    canvas_free(&dst);
    canvas_free(&alpha);
    canvas_free(&picture);
}

static void mattes_of_one_level_are_no_trouble(void **state)
{
    canvas picture = canvas_make(150, 90, INSPYR_RGB8, 0), alpha = canvas_make(150, 90, INSPYR_GREY8, 0);
    canvas dst = canvas_make(150, 90, INSPYR_RGBA8, 0);

    (void)state;
    fill_colour(&picture, 200, 100, 50);
    for (int32_t level = 0; level < 256; level += 51) {
        for (int32_t y = 0; y < 90; y++)
            memset(view_row(&alpha.view, y), level, 150);
        foreground_of(&dst, &picture, &alpha, NULL);
        for (int32_t y = 0; y < 90; y++)
            for (int32_t x = 0; x < 150; x++)
                assert_memory_equal(view_row(&dst.view, y) + x * 4,
                                    ((unsigned char[4]){ 200, 100, 50, (unsigned char)level }), 4);
    }
    canvas_free(&dst);
    canvas_free(&alpha);
    canvas_free(&picture);
}

static void the_bytes_do_not_depend_on_the_pool(void **state)
{
    chance random = { 6 };

    (void)state;
    for (int32_t k = 0; k < 6; k++) {
        int32_t w = chance_between(&random, 1, 400), h = chance_between(&random, 1, 400);
        canvas picture = canvas_make(w, h, INSPYR_RGB8, 0), alpha = canvas_make(w, h, INSPYR_GREY8, 0);
        canvas alone = canvas_make(w, h, INSPYR_RGBA8, 0);

        canvas_fill(&picture, &random);
        canvas_fill_matte(&alpha, &random);
        foreground_of(&alone, &picture, &alpha, NULL);
        for (int32_t width = 1; width <= 7; width += width < 3 ? 1 : 4) {
            canvas dst = canvas_make(w, h, INSPYR_RGBA8, 1);
            inspyr_pool *pool;

            assert_int_equal(inspyr_pool_open(&pool, width, NULL, NULL), INSPYR_OK);
            foreground_of(&dst, &picture, &alpha, pool);
            assert_true(canvas_same(&alone, &dst));
            inspyr_pool_free(pool);
            canvas_free(&dst);
        }
        canvas_free(&alone);
        canvas_free(&alpha);
        canvas_free(&picture);
    }
}

static void every_size_up_to_forty_works(void **state)
{
    chance random = { 8 };

    (void)state;
    for (int32_t w = 1; w <= 40; w++)
        for (int32_t h = 1; h <= 40; h++) {
            canvas picture = canvas_make(w, h, INSPYR_RGB8, h & 1),
                   alpha = canvas_make(w, h, INSPYR_GREY8, w & 1);
            canvas dst = canvas_make(w, h, INSPYR_RGBA8, 0);

            canvas_fill(&picture, &random);
            canvas_fill_matte(&alpha, &random);
            foreground_of(&dst, &picture, &alpha, NULL);
            canvas_free(&dst);
            canvas_free(&alpha);
            canvas_free(&picture);
        }
}

static void every_allocation_may_fail(void **state)
{
    canvas picture = canvas_make(70, 40, INSPYR_RGB8, 0), alpha = canvas_make(70, 40, INSPYR_GREY8, 0);
    canvas dst = canvas_make(70, 40, INSPYR_RGBA8, 0);

    (void)state;
    for (int32_t nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_status status =
            matte_foreground(&dst.view, 0, &picture.view, &alpha.view, NULL, &allocator, NULL);

        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK) {
            assert_true(nth >= 4);
            break;
        }
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
    canvas_free(&dst);
    canvas_free(&alpha);
    canvas_free(&picture);
}

/* Bytes taken at the same time; every block remembers its size in front of itself. */
static void twelve_megapixels_need_less_than_twice_the_result(void **state)
{
    meter m = { 0, 0 };
    inspyr_allocator allocator = meter_allocator(&m);
    canvas picture = canvas_make(4000, 3000, INSPYR_RGB8, 0), alpha = canvas_make(4000, 3000, INSPYR_GREY8, 0);
    canvas dst = canvas_make(4000, 3000, INSPYR_RGBA8, 0);
    inspyr_pool *pool;

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 16, NULL, NULL), INSPYR_OK);
    assert_int_equal(matte_foreground(&dst.view, 0, &picture.view, &alpha.view, pool, &allocator, NULL),
                     INSPYR_OK);
    assert_int_equal(m.now, 0);
    assert_in_range(m.most, 1, (size_t)4000 * 3000 * 4 * 2);
    inspyr_pool_free(pool);
    canvas_free(&dst);
    canvas_free(&alpha);
    canvas_free(&picture);
}

/* Into memory without gaps, of which more and more is lent. */
static void what_is_lent_does_not_show(void **state)
{
    static const int32_t sizes[][2] = { { 1, 1 }, { 1, 40 }, { 3, 2 }, { 33, 31 }, { 160, 90 }, { 300, 7 } };
    inspyr_allocator allocator = fixture_allocator();
    chance random = { 11 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int32_t width = sizes[i][0], height = sizes[i][1];
        size_t bytes = (size_t)width * (size_t)height * 4;
        canvas picture = canvas_make(width, height, INSPYR_RGB8, 0),
               alpha = canvas_make(width, height, INSPYR_GREY8, 0);
        unsigned char *want = malloc(bytes), *got = malloc(bytes + 1);

        canvas_fill(&picture, &random);
        canvas_fill_matte(&alpha, &random);
        for (size_t lent = 0; lent <= bytes; lent += bytes / 16 ? bytes / 16 : 1) {
            inspyr_view dst = { (lent ? got + 1 : want), (int64_t)width * 4, width, height, INSPYR_RGBA8, 0 };

            assert_int_equal(matte_foreground(&dst, lent, &picture.view, &alpha.view, NULL, &allocator, NULL),
                             INSPYR_OK);
            assert_memory_equal(dst.data, want, bytes);
        }
        free(got);
        free(want);
        canvas_free(&alpha);
        canvas_free(&picture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_colours_are_found_as_well_as_by_the_paper_s_own_order),
        cmocka_unit_test(opaque_pixels_keep_their_colour_and_all_get_their_alpha),
        cmocka_unit_test(a_flat_subject_leaves_no_fringe_even_where_nothing_shows),
        cmocka_unit_test(mattes_of_one_level_are_no_trouble),
        cmocka_unit_test(the_bytes_do_not_depend_on_the_pool),
        cmocka_unit_test(every_size_up_to_forty_works),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(what_is_lent_does_not_show),
        cmocka_unit_test(twelve_megapixels_need_less_than_twice_the_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

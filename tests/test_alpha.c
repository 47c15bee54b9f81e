#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "image/image.h"
#include "matte/matte.h"
#include "matte/sigmoid.h"
#include "support/canvas.h"
#include "support/fixture.h"
#include "support/scarce.h"

static inspyr_status alpha_of(const canvas *alpha, matte_subject *subject, const float *logits, int32_t width,
                              int32_t height, const canvas *picture, inspyr_pool *pool)
{
    matte_logits map = { logits, width, height, 0, 0 };
    inspyr_allocator allocator = fixture_allocator();

    return matte_alpha(&alpha->view, subject, &map, &picture->view, pool, &allocator, NULL);
}

static void the_sigmoid_is_within_four_units_of_the_last_place(void **state)
{
    (void)state;
    for (int32_t i = -90000; i <= 90000; i++) {
        float x = (float)i * 1e-3f, p;
        double exact;

        sigmoid_row(&p, &x, 1);
        exact = 1 / (1 + exp(-fmin(fmax((double)x, -87), 87)));
        if (fabs((double)p - exact) > ldexp(4, ilogb(exact) - 23))
            fail_msg("sigmoid(%g) = %.9g, not %.9g", (double)x, (double)p, exact);
    }
}

static void logits_that_are_not_numbers_are_background(void **state)
{
    float x[4] = { NAN, INFINITY, -INFINITY, 0 }, p[4];

    (void)state;
    sigmoid_row(p, x, 4);
    assert_true(p[0] < 1e-30f && p[1] == 1 && p[2] < 1e-30f && p[3] == 0.5f);
}

static void alpha_is_what_torch_makes_of_the_logits(void **state)
{
    fixture f;

    (void)state;
    assert_true(fixture_open(&f, TEST_DATA "/matte/matte.safetensors"));
    for (int32_t k = 0; k < 8; k++) {
        int32_t small[4], large[4];
        float *logits = fixture_numbers(&f, small, "alpha/%d/logits", (int)k);
        float *want = fixture_numbers(&f, large, "alpha/%d/alpha", (int)k);
        int32_t w = large[2], h = large[1];
        canvas picture = canvas_make(w, h, INSPYR_RGB8, 0), exact = canvas_make(w, h, INSPYR_GREYF32, 1);
        canvas bytes = canvas_make(w, h, INSPYR_GREY8, 0), words = canvas_make(w, h, INSPYR_GREY16, 0);

        assert_int_equal(alpha_of(&exact, NULL, logits, small[2], small[1], &picture, NULL), INSPYR_OK);
        assert_int_equal(alpha_of(&bytes, NULL, logits, small[2], small[1], &picture, NULL), INSPYR_OK);
        assert_int_equal(alpha_of(&words, NULL, logits, small[2], small[1], &picture, NULL), INSPYR_OK);
        for (int32_t y = 0; y < h; y++)
            for (int32_t x = 0; x < w; x++) {
                float a = ((float *)(void *)view_row(&exact.view, y))[x];
                int32_t byte = view_row(&bytes.view, y)[x];
                int32_t word = ((uint16_t *)(void *)view_row(&words.view, y))[x];

                if (fabsf(a - want[y * w + x]) > 1e-5f) /* the place of a pixel is rounded to 2^-19 there */
                    fail_msg("case %d, (%d, %d): %.9g, not %.9g", (int)k, (int)x, (int)y, (double)a,
                             (double)want[y * w + x]);
                assert_true(fabsf((float)byte - a * 255) <= 0.5001f);
                assert_true(fabsf((float)word - a * 65535) <= 0.51f);
            }
        canvas_free(&words);
        canvas_free(&bytes);
        canvas_free(&exact);
        canvas_free(&picture);
        free(want);
        free(logits);
    }
    fixture_close(&f);
}

static void a_picture_that_is_already_transparent_stays_so(void **state)
{
    float logits[4] = { 100, 100, 100, 100 };
    canvas picture = canvas_make(9, 7, INSPYR_BGRA8, 0), alpha = canvas_make(9, 7, INSPYR_GREY8, 0);
    chance random = { 3 };

    (void)state;
    canvas_fill(&picture, &random);
    assert_int_equal(alpha_of(&alpha, NULL, logits, 2, 2, &picture, NULL), INSPYR_OK);
    for (int32_t y = 0; y < 7; y++)
        for (int32_t x = 0; x < 9; x++)
            assert_int_equal(view_row(&alpha.view, y)[x], view_row(&picture.view, y)[x * 4 + 3]);
    canvas_free(&alpha);
    canvas_free(&picture);
}

/* A map of background with a square of subject at (x, y). */
static void draw_square(float *logits, int32_t width, int32_t x, int32_t y, int32_t side, float logit)
{
    for (int32_t r = y; r < y + side; r++)
        for (int32_t c = x; c < x + side; c++)
            logits[r * width + c] = logit;
}

static float *background(int32_t n)
{
    float *logits = malloc((size_t)n * sizeof *logits);

    assert_non_null(logits);
    for (int32_t i = 0; i < n; i++)
        logits[i] = -20;
    return logits;
}

static void the_box_holds_the_subject_and_no_speck(void **state)
{
    float *logits = background(96 * 96);
    canvas picture = canvas_make(381, 191, INSPYR_RGB8, 0), alpha = canvas_make(381, 191, INSPYR_GREY8, 0);
    matte_subject subject;

    (void)state;
    draw_square(logits, 96, 30, 20, 16, 20);
    draw_square(logits, 96, 70, 30, 8, 20);
    draw_square(logits, 96, 5, 80, 1, 20); /* the speck */
    assert_int_equal(alpha_of(&alpha, &subject, logits, 96, 96, &picture, NULL), INSPYR_OK);
    assert_false(subject.none);
    assert_in_range(subject.x, 116, 120); /* sample 30 is at pixel 120, and a quarter of it at 117 */
    assert_in_range(subject.y, 38, 40);
    assert_in_range(subject.x + subject.width, 309, 313); /* sample 77 is at 308 */
    assert_in_range(subject.y + subject.height, 75, 77);  /* sample 37 is at 74 */
    assert_true(fabsf(subject.coverage - 321.0f / (96 * 96)) < 0.002f);
    canvas_free(&alpha);
    canvas_free(&picture);
    free(logits);
}

static void a_trace_of_subject_is_none(void **state)
{
    float *logits = background(96 * 96);
    canvas picture = canvas_make(40, 30, INSPYR_RGBA8, 0), alpha = canvas_make(40, 30, INSPYR_GREYF32, 0);
    matte_subject subject;

    (void)state;
    for (int32_t y = 0; y < 30; y++)
        memset(view_row(&picture.view, y), 255, 160);
    draw_square(logits, 96, 40, 40, 3, 20);
    assert_int_equal(alpha_of(&alpha, &subject, logits, 96, 96, &picture, NULL), INSPYR_OK);
    assert_true(subject.none && !subject.x && !subject.y && !subject.width && !subject.height);
    draw_square(logits, 96, 40, 40, 8, 20);
    assert_int_equal(alpha_of(&alpha, &subject, logits, 96, 96, &picture, NULL), INSPYR_OK);
    assert_false(subject.none);
    for (int32_t y = 0; y < 30; y++)
        memset(view_row(&picture.view, y), 0, 160);
    assert_int_equal(alpha_of(&alpha, &subject, logits, 96, 96, &picture, NULL), INSPYR_OK);
    assert_true(subject.none); /* hidden by the picture's own alpha */
    canvas_free(&alpha);
    canvas_free(&picture);
    free(logits);
}

static void the_bytes_do_not_depend_on_the_pool(void **state)
{
    float logits[37 * 29];
    canvas picture = canvas_make(333, 1999, INSPYR_RGBA8, 0), alone = canvas_make(333, 1999, INSPYR_GREY16, 0);
    matte_subject want, got;
    chance random = { 11 };

    (void)state;
    canvas_fill(&picture, &random);
    for (int32_t i = 0; i < 37 * 29; i++)
        logits[i] = chance_number(&random, -6, 6);
    assert_int_equal(alpha_of(&alone, &want, logits, 37, 29, &picture, NULL), INSPYR_OK);
    for (int32_t width = 1; width <= 7; width += width < 3 ? 1 : 4) {
        canvas alpha = canvas_make(333, 1999, INSPYR_GREY16, 1);
        inspyr_pool *pool;

        assert_int_equal(inspyr_pool_open(&pool, width, NULL, NULL), INSPYR_OK);
        for (int32_t again = 0; again < 20; again++) {
            assert_int_equal(alpha_of(&alpha, &got, logits, 37, 29, &picture, pool), INSPYR_OK);
            assert_true(canvas_same(&alone, &alpha));
            assert_memory_equal(&got, &want, sizeof want);
        }
        inspyr_pool_free(pool);
        canvas_free(&alpha);
    }
    canvas_free(&alone);
    canvas_free(&picture);
}

static void every_size_up_to_forty_works(void **state)
{
    static const inspyr_format formats[] = { INSPYR_GREY8, INSPYR_GREY16, INSPYR_GREYF32 };
    float logits[40 * 40];
    chance random = { 5 };

    (void)state;
    for (int32_t i = 0; i < 40 * 40; i++)
        logits[i] = chance_number(&random, -9, 9);
    for (int32_t w = 1; w <= 40; w++)
        for (int32_t h = 1; h <= 40; h++) {
            canvas picture = canvas_make(w, h, w & 1 ? INSPYR_RGBA8 : INSPYR_GREY8, h & 1);
            canvas alpha = canvas_make(w, h, formats[(w + h) % 3], w & 1);
            matte_subject subject;

            canvas_fill(&picture, &random);
            assert_int_equal(alpha_of(&alpha, &subject, logits, h, w, &picture, NULL), INSPYR_OK);
            assert_true(subject.x >= 0 && subject.x + subject.width <= w);
            assert_true(subject.y >= 0 && subject.y + subject.height <= h);
            canvas_free(&alpha);
            canvas_free(&picture);
        }
}

static void every_allocation_may_fail(void **state)
{
    float logits[5 * 4] = { 3, 3, 3, 3, 3, 3, 3 };
    matte_logits map = { logits, 5, 4, 0, 3 };
    canvas picture = canvas_make(33, 20, INSPYR_RGB8, 0), alpha = canvas_make(33, 20, INSPYR_GREY8, 0);

    (void)state;
    for (int32_t nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        matte_subject subject;
        inspyr_status status = matte_alpha(&alpha.view, &subject, &map, &picture.view, NULL, &allocator, NULL);

        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK) {
            assert_true(nth >= 6);
            break;
        }
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
    canvas_free(&alpha);
    canvas_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sigmoid_is_within_four_units_of_the_last_place),
        cmocka_unit_test(logits_that_are_not_numbers_are_background),
        cmocka_unit_test(alpha_is_what_torch_makes_of_the_logits),
        cmocka_unit_test(a_picture_that_is_already_transparent_stays_so),
        cmocka_unit_test(the_box_holds_the_subject_and_no_speck),
        cmocka_unit_test(a_trace_of_subject_is_none),
        cmocka_unit_test(the_bytes_do_not_depend_on_the_pool),
        cmocka_unit_test(every_size_up_to_forty_works),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

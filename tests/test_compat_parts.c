#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "image/linear.h"
#include "matte/compat.h"
#include "support/canvas.h"
#include "support/fixture.h"
#include "support/scarce.h"

#define RECORDED TEST_DATA "/matte/compat.safetensors"

/* A recorded picture of three channels or one, in a format; {0} if there is none. */
static canvas recorded(const fixture *f, inspyr_format format, int upwards, const char *name, int32_t i)
{
    int32_t shape[4];
    float *v = fixture_numbers(f, shape, name, (int)i);
    size_t bytes = format_bytes(format), channels;
    canvas c = { 0 };

    if (!v)
        return c;
    channels = (size_t)shape[3];
    c = canvas_make(shape[2], shape[1], format, upwards);
    for (int32_t y = 0; y < shape[1]; y++)
        for (int32_t x = 0; x < shape[2]; x++)
            for (size_t k = 0; k < channels; k++) {
                size_t to = format == INSPYR_BGR8 || format == INSPYR_BGRA8 ? 2 - k : k;

                view_row(&c.view, y)[(size_t)x * bytes + to] =
                    (unsigned char)v[((size_t)y * (size_t)shape[2] + (size_t)x) * channels + k];
            }
    free(v);
    return c;
}

typedef inspyr_status picture_to_picture(const inspyr_view *dst, const inspyr_view *src, inspyr_pool *pool,
                                         const inspyr_allocator *allocator, inspyr_error *error);

/* All recorded cases, from every format of three channels, with and without a pool. */
static void all_equal(picture_to_picture *made, const char *from, const char *to, int32_t cases)
{
    static const inspyr_format formats[] = { INSPYR_RGB8, INSPYR_BGR8, INSPYR_RGBA8, INSPYR_BGRA8 };
    inspyr_allocator allocator = fixture_allocator();
    inspyr_pool *pool;
    fixture f;

    assert_true(fixture_open(&f, RECORDED));
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    for (int32_t i = 0; i < cases; i++)
        for (int32_t k = 0; k < 8; k++) {
            canvas src = recorded(&f, formats[k / 2], k & 1, from, i),
                   want = recorded(&f, INSPYR_RGB8, 0, to, i);
            canvas got = canvas_make(want.view.width, want.view.height, INSPYR_RGB8, k & 1);

            assert_int_equal(made(&got.view, &src.view, k & 1 ? pool : NULL, &allocator, NULL), INSPYR_OK);
            if (!canvas_same(&got, &want))
                fail_msg("%s differs", to);
            canvas_free(&got);
            canvas_free(&want);
            canvas_free(&src);
        }
    inspyr_pool_free(pool);
    fixture_close(&f);
}

static void pictures_are_stretched_as_opencv_does(void **state)
{
    (void)state;
    all_equal(linear_picture, "linear/%d/from", "linear/%d/to", 6);
}

static void pictures_are_blurred_as_opencv_does(void **state)
{
    (void)state;
    all_equal(compat_blur, "gauss/%d/from", "gauss/%d/to", 4);
}

static void edges_are_those_of_opencv(void **state)
{
    fixture f;

    (void)state;
    assert_true(fixture_open(&f, RECORDED));
    for (int32_t i = 0; i < 4; i++) {
        canvas binary = recorded(&f, INSPYR_GREY8, 0, "edge/%d/from", i);
        canvas want = recorded(&f, INSPYR_GREY8, 0, "edge/%d/to", i);
        int32_t w = want.view.width, h = want.view.height, edges = 0;
        unsigned char *edge = malloc((size_t)w);

        assert_non_null(edge);
        for (int32_t y = 0; y < h; y++)
            for (int32_t x = 0; x < w; x++)
                view_row(&binary.view, y)[x] /= 255;
        for (int32_t y = 0; y < h; y++) {
            const unsigned char *rows[5];

            for (int32_t k = -2; k <= 2; k++)
                rows[k + 2] = view_row(&binary.view, y + k < 0 ? 0 : y + k < h ? y + k : h - 1);
            compat_edge_row(edge, rows, y > 0, y < h - 1, w);
            for (int32_t x = 0; x < w; x++) {
                if (edge[x] * 255 != view_row(&want.view, y)[x])
                    fail_msg("case %d: pixel %d, %d", (int)i, (int)x, (int)y);
                edges += edge[x];
            }
        }
        assert_true(edges > 0);
        free(edge);
        canvas_free(&want);
        canvas_free(&binary);
    }
    fixture_close(&f);
}

static void the_map_is_what_torch_makes_of_the_logits(void **state)
{
    inspyr_allocator allocator = fixture_allocator();
    matte_look look = { 0 };
    fixture f;

    (void)state;
    assert_true(fixture_open(&f, RECORDED));
    for (int32_t i = 0; i < 5; i++) {
        int32_t small[4], large[4];
        float *logits = fixture_numbers(&f, small, "map/%d/logits", (int)i);
        float *want = fixture_numbers(&f, large, "map/%d/map", (int)i);
        matte_logits in = { logits, small[2], small[1], INFINITY, -INFINITY };
        float *row = malloc((size_t)large[2] * sizeof *row);
        compat_map map;

        assert_non_null(row);
        for (int32_t k = 0; k < small[1] * small[2]; k++) {
            in.minimum = fminf(in.minimum, logits[k]);
            in.maximum = fmaxf(in.maximum, logits[k]);
        }
        assert_int_equal(compat_map_create(&map, &in, large[2], large[1], &look, NULL, &allocator, NULL),
                         INSPYR_OK);
        for (int32_t y = 0; y < large[1]; y++) {
            compat_map_row(&map, row, y);
            for (int32_t x = 0; x < large[2]; x++) /* an exponential may be off by a bit or two of float32 */
                assert_true(fabsf(row[x] - want[y * large[2] + x]) <= 3e-7f);
        }
        compat_map_free(&map, &allocator);
        free(row);
        free(want);
        free(logits);
    }
    fixture_close(&f);
}

/* A map whose samples are the pixels' alphas. */
static compat_map map_of(float *alpha, int32_t w, int32_t h, const matte_look *look, int32_t *column,
                         float *weight)
{
    compat_map map = { alpha, w, h, w, h, column, weight, look };

    for (int32_t x = 0; x < w; x++) {
        column[x] = x;
        weight[x] = 0;
    }
    return map;
}

static void colours_are_those_of_pymatting(void **state)
{
    inspyr_allocator allocator = fixture_allocator();
    matte_look look = { 0 };
    int32_t column[100];
    float weight[100];
    fixture f;

    (void)state;
    assert_true(fixture_open(&f, RECORDED));
    for (int32_t i = 0; i < 3; i++) {
        int32_t shape[4], differ = 0;
        float *alpha = fixture_numbers(&f, NULL, "colours/%d/alpha", (int)i);
        float *want = fixture_numbers(&f, shape, "colours/%d/front", (int)i);
        int32_t w = shape[2], h = shape[1];
        canvas picture = recorded(&f, INSPYR_RGB8, 1, "colours/%d/picture", i);
        canvas got = canvas_make(w, h, INSPYR_RGBA8, 0);
        compat_map map = map_of(alpha, w, h, &look, column, weight);

        assert_int_equal(compat_colours(&got.view, &picture.view, &map, &allocator, NULL), INSPYR_OK);
        for (int32_t y = 0; y < h; y++)
            for (int32_t x = 0; x < w; x++) {
                const unsigned char *p = view_row(&got.view, y) + 4 * x;

                assert_int_equal(p[3], 0xA5);
                for (int32_t k = 0; k < 3; k++) {
                    int32_t exact = (int32_t)(want[(y * w + x) * 3 + k] * 255.0f + 0.5f);

                    assert_in_range(p[k] + 1, exact, exact + 2);
                    differ += p[k] != exact;
                }
            }
        assert_in_range(differ, 0, w * h * 3 / 1000); /* numbers that lie between two levels */
        canvas_free(&got);
        canvas_free(&picture);
        free(want);
        free(alpha);
    }
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_are_stretched_as_opencv_does),
        cmocka_unit_test(pictures_are_blurred_as_opencv_does),
        cmocka_unit_test(edges_are_those_of_opencv),
        cmocka_unit_test(the_map_is_what_torch_makes_of_the_logits),
        cmocka_unit_test(colours_are_those_of_pymatting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

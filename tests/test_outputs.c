#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "image/image.h"
#include "matte/matte.h"
#include "support/canvas.h"
#include "support/fixture.h"

static unsigned char *pixel(const canvas *c, int32_t x, int32_t y)
{
    return view_row(&c->view, y) + (size_t)x * format_bytes(c->view.format);
}

static light *lights(void)
{
    inspyr_allocator allocator = fixture_allocator();
    light *l;

    assert_int_equal(light_create(&l, &allocator, NULL), INSPYR_OK);
    return l;
}

static void give(light *l)
{
    inspyr_allocator allocator = fixture_allocator();

    memory_give(&allocator, l);
}

/* IEC 61966-2-1, both ways. */
static double decoded(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double encoded(double v)
{
    return v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

static void light_mixes_as_the_standard_says(void **state)
{
    light *l = lights();

    (void)state;
    assert_int_equal(light_mix(l, 255, 0, 128), 188); /* half the light of white */
    assert_int_equal(light_mix(NULL, 255, 0, 128), 128);
    for (unsigned v = 0; v < 256; v++)
        for (unsigned w = 0; w < 256; w++) {
            assert_int_equal(light_mix(l, v, w, 255), v);
            assert_int_equal(light_mix(l, w, v, 0), v);
            assert_int_equal(light_mix(l, v, v, w), v);
            for (unsigned a = 1; a < 255; a += 23) {
                double exact = 255 * encoded((a * decoded(v / 255.0) + (255 - a) * decoded(w / 255.0)) / 255);

                /* Half a level, and two units of 65535 where a level is 20 of them. */
                assert_true(fabs(light_mix(l, v, w, a) - exact) <= 0.6);
            }
        }
    give(l);
}

static void reversed_alpha_is_what_is_left_of_the_pictures(void **state)
{
    canvas picture = canvas_make(256, 256, INSPYR_BGRA8, 1), opaque = canvas_make(256, 256, INSPYR_RGB8, 0);
    canvas alpha = canvas_make(256, 256, INSPYR_GREY8, 0), plain = canvas_make(256, 256, INSPYR_GREY8, 1);

    (void)state;
    for (int32_t y = 0; y < 256; y++)
        for (int32_t x = 0; x < 256; x++) {
            pixel(&picture, x, y)[3] = (unsigned char)y;
            *pixel(&alpha, x, y) = (unsigned char)(x < y ? x : y);
            *pixel(&plain, x, y) = (unsigned char)x;
        }
    matte_reverse(&alpha.view, &picture.view, NULL);
    matte_reverse(&plain.view, &opaque.view, NULL);
    for (int32_t y = 0; y < 256; y++)
        for (int32_t x = 0; x < 256; x++) {
            assert_int_equal(*pixel(&alpha, x, y) + (x < y ? x : y), y);
            assert_int_equal(*pixel(&plain, x, y) + x, 255);
        }
    canvas_free(&plain);
    canvas_free(&alpha);
    canvas_free(&opaque);
    canvas_free(&picture);
}

static void a_hard_matte_and_its_reverse_share_every_pixel(void **state)
{
    static const float thresholds[] = { 0, 0.25f, 0.5f, 1 };
    canvas picture = canvas_make(256, 1, INSPYR_RGBA8, 0);

    (void)state;
    for (size_t k = 0; k < 4; k++)
        for (int32_t own = 255; own >= 0; own -= 15) {
            canvas front = canvas_make(256, 1, INSPYR_RGBA8, 0), back = canvas_make(256, 1, INSPYR_GREY8, 0);

            for (int32_t x = 0; x < 256; x++) {
                pixel(&picture, x, 0)[3] = (unsigned char)own;
                pixel(&front, x, 0)[3] = *pixel(&back, x, 0) = (unsigned char)(x < own ? x : own);
            }
            matte_reverse(&back.view, &picture.view, NULL);
            matte_harden(&front.view, &picture.view, thresholds[k], false, NULL);
            matte_harden(&back.view, &picture.view, thresholds[k], true, NULL);
            for (int32_t x = 0; x < 256; x++) {
                int32_t a = x < own ? x : own, level = pixel(&front, x, 0)[3];

                assert_int_equal(level, (float)a > thresholds[k] * 255 ? 255 : 0);
                assert_int_equal(level + *pixel(&back, x, 0), (float)own > thresholds[k] * 255 ? 255 : 0);
                assert_int_equal(pixel(&front, x, 0)[0], 0xA5);
            }
            canvas_free(&back);
            canvas_free(&front);
        }
    canvas_free(&picture);
}

static void a_background_picture_keeps_its_proportions_and_fills(void **state)
{
    static const int32_t sizes[][4] = { { 90, 30, 30, 30 }, { 30, 90, 20, 20 }, { 9, 3, 60, 60 },
                                        { 3, 1, 17, 17 },   { 1, 3, 5, 5 },     { 300, 100, 7, 7 } };
    inspyr_allocator allocator = fixture_allocator();

    (void)state;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        int32_t w = sizes[k][0], h = sizes[k][1];
        canvas ground = canvas_make(w, h, INSPYR_BGR8, k & 1);
        canvas src = canvas_make(sizes[k][2], sizes[k][3], INSPYR_RGBA8, 0);
        canvas dst = canvas_make(sizes[k][2], sizes[k][3], INSPYR_RGB8, 1);

        for (int32_t y = 0; y < h; y++)
            for (int32_t x = 0; x < w; x++) { /* three squares in a row, the middle one blue */
                int32_t square = w > h ? x / h : y / w;

                memcpy(pixel(&ground, x, y),
                       square == 1 ? (unsigned char[3]){ 200, 7, 9 } : (unsigned char[3]){ 0 }, 3);
            }
        for (int32_t i = 0; i < src.view.width * src.view.height; i++)
            memcpy(pixel(&src, i % src.view.width, i / src.view.width), (unsigned char[4]){ 90, 90, 90, 0 }, 4);
        pixel(&src, 0, 0)[3] = 255;
        assert_int_equal(matte_over_picture(&dst.view, &src.view, &ground.view, NULL, NULL, &allocator, NULL),
                         INSPYR_OK);
        assert_int_equal(pixel(&dst, 0, 0)[2], 90);
        for (int32_t i = 1; i < dst.view.width * dst.view.height; i++)
            assert_memory_equal(pixel(&dst, i % dst.view.width, i / dst.view.width),
                                ((unsigned char[3]){ 9, 7, 200 }), 3);
        canvas_free(&dst);
        canvas_free(&src);
        canvas_free(&ground);
    }
}

static void transparent_parts_of_a_background_are_white(void **state)
{
    inspyr_allocator allocator = fixture_allocator();
    unsigned char ground[4] = { 100, 40, 0, 51 }, src[4] = { 0, 0, 0, 0 }, dst[3];
    inspyr_view g = { ground, 4, 1, 1, INSPYR_RGBA8, 0 }, s = { src, 4, 1, 1, INSPYR_RGBA8, 0 };
    inspyr_view d = { dst, 3, 1, 1, INSPYR_RGB8, 0 };

    (void)state;
    assert_int_equal(matte_over_picture(&d, &s, &g, NULL, NULL, &allocator, NULL), INSPYR_OK);
    assert_memory_equal(dst, ((unsigned char[3]){ 224, 212, 204 }), 3); /* a fifth of it, four fifths of 255 */
}

static void an_overlay_tints_the_subject_and_draws_its_edge(void **state)
{
    inspyr_allocator allocator = fixture_allocator();
    canvas picture = canvas_make(100, 100, INSPYR_GREY8, 0), alpha = canvas_make(100, 100, INSPYR_GREY8, 0);
    canvas dst = canvas_make(100, 100, INSPYR_RGB8, 0);

    (void)state;
    for (int32_t i = 0; i < 100 * 100; i++) {
        *pixel(&picture, i % 100, i / 100) = (unsigned char)(i % 100);
        *pixel(&alpha, i % 100, i / 100) = i % 100 < 50 ? 255 : 0;
    }
    assert_int_equal(matte_overlay(&dst.view, &picture.view, &alpha.view, NULL, NULL, &allocator, NULL),
                     INSPYR_OK);
    for (int32_t y = 0; y < 100; y++)
        for (int32_t x = 0; x < 100; x++) {
            const unsigned char *p = pixel(&dst, x, y);

            if (x == 49) {
                assert_memory_equal(p, ((unsigned char[3]){ 120, 255, 155 }), 3);
            } else if (x == 50) {
                assert_in_range(p[0], 15, 25); /* darker than the 50 it was */
            } else if (x > 50) {
                assert_int_equal(p[0], x);
            } else { /* more green than red, and lighter to the right, as the picture is */
                assert_true(p[1] > p[0] + 40 && p[0] > 30);
                assert_true(x == 0 || p[0] >= pixel(&dst, x - 1, y)[0]);
            }
        }
    canvas_free(&dst);
    canvas_free(&alpha);
    canvas_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(light_mixes_as_the_standard_says),
        cmocka_unit_test(reversed_alpha_is_what_is_left_of_the_pictures),
        cmocka_unit_test(a_hard_matte_and_its_reverse_share_every_pixel),
        cmocka_unit_test(a_background_picture_keeps_its_proportions_and_fills),
        cmocka_unit_test(transparent_parts_of_a_background_are_white),
        cmocka_unit_test(an_overlay_tints_the_subject_and_draws_its_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

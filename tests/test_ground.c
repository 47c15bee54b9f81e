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

/* A disc of one colour with a wide soft edge before a plain background. */
typedef struct scene {
    canvas picture, alpha, rgba, dst;
} scene;

static const unsigned char front_colour[3] = { 220, 30, 60 }, back_colour[3] = { 20, 200, 120 };

static scene disc(int32_t size, inspyr_format format)
{
    inspyr_allocator allocator = fixture_allocator();
    scene s = { canvas_make(size, size, format, 0), canvas_make(size, size, INSPYR_GREY8, 0),
                canvas_make(size, size, INSPYR_RGBA8, 0), canvas_make(size, size, INSPYR_RGB8, 1) };

    for (int32_t y = 0; y < size; y++)
        for (int32_t x = 0; x < size; x++) {
            double far = hypot(x - size / 2.0, y - size / 2.0) / size, a = fmin(fmax((0.4 - far) * 6, 0), 1);
            unsigned char *p = pixel(&s.picture, x, y);

            *pixel(&s.alpha, x, y) = (unsigned char)(a * 255 + 0.5);
            for (int c = 0; c < 3; c++)
                p[c] = (unsigned char)(a * front_colour[c] + (1 - a) * back_colour[c] + 0.5);
            if (format == INSPYR_RGBA8)
                p[3] = 255;
        }
    assert_int_equal(matte_foreground(&s.rgba.view, 0, &s.picture.view, &s.alpha.view, NULL, &allocator, NULL),
                     INSPYR_OK);
    return s;
}

static void scene_free(scene *s)
{
    canvas_free(&s->dst);
    canvas_free(&s->rgba);
    canvas_free(&s->alpha);
    canvas_free(&s->picture);
}

static inspyr_status blur(scene *s, float sigma, const light *l, inspyr_pool *pool)
{
    inspyr_allocator allocator = fixture_allocator();

    return matte_over_blur(&s->dst.view, &s->picture.view, &s->alpha.view, &s->rgba.view, sigma, l, pool,
                           &allocator, NULL);
}

static void a_plain_background_is_the_same_when_blurred(void **state)
{
    static const float sigmas[] = { 0.5f, 1, 2, 5, 15, 60, 250 };

    (void)state;
    for (size_t k = 0; k < sizeof sigmas / sizeof *sigmas; k++) {
        scene s = disc(150, INSPYR_RGB8);

        assert_int_equal(blur(&s, sigmas[k], NULL, NULL), INSPYR_OK);
        for (int32_t y = 0; y < 150; y++)
            for (int32_t x = 0; x < 150; x++)
                for (int c = 0; c < 3; c++) { /* the colours that were estimated are a level or two off */
                    int far = pixel(&s.dst, x, y)[c] - pixel(&s.picture, x, y)[c];

                    if (abs(far) > 3)
                        fail_msg("sigma %g: pixel %d, %d is %d levels off", (double)sigmas[k], (int)x, (int)y,
                                 far);
                }
        scene_free(&s);
    }
}

/* Nothing of the subject: the picture itself, and what opencv makes of it. */
static void a_background_is_blurred_by_a_gaussian(void **state)
{
    static const float sigmas[] = { 0.7f, 1.5f, 3, 15, 40 };
    /* Cells of two pixels show at the steps of a sigma of 3. */
    static const double worst[] = { 0.6, 0.6, 7.5, 2, 2 };
    fixture f;

    (void)state;
    assert_true(fixture_open(&f, TEST_DATA "/matte/compat.safetensors"));
    for (int32_t k = 0; k < 5; k++) {
        int32_t shape[4];
        float *from = fixture_numbers(&f, shape, "soft/from");
        float *to = fixture_numbers(&f, shape, "soft/%d", (int)k);
        int32_t w = shape[2], h = shape[1];
        scene s = { canvas_make(w, h, INSPYR_RGB8, 0), canvas_make(w, h, INSPYR_GREY8, 0),
                    canvas_make(w, h, INSPYR_RGBA8, 0), canvas_make(w, h, INSPYR_RGB8, 1) };
        double largest = 0, sum = 0;

        for (int32_t i = 0; i < w * h; i++) {
            for (int c = 0; c < 3; c++)
                pixel(&s.picture, i % w, i / w)[c] = (unsigned char)from[3 * i + c];
            *pixel(&s.alpha, i % w, i / w) = 0;
            memset(pixel(&s.rgba, i % w, i / w), 0, 4);
        }
        assert_int_equal(blur(&s, sigmas[k], NULL, NULL), INSPYR_OK);
        for (int32_t i = 0; i < w * h * 3; i++) {
            double far = fabs((double)pixel(&s.dst, i / 3 % w, i / 3 / w)[i % 3] - (double)to[i]);

            largest = fmax(largest, far);
            sum += far;
        }
        if (largest > worst[k] || sum / (w * h * 3) > 1)
            fail_msg("sigma %g: at most %.2f levels off, %.2f on average", (double)sigmas[k], largest,
                     sum / (w * h * 3));
        scene_free(&s);
        free(to);
        free(from);
    }
    fixture_close(&f);
}

static void blurs_in_linear_light_let_lamps_shine(void **state)
{
    scene s = disc(64, INSPYR_RGB8);
    light *l = lights();
    int plain;

    (void)state;
    for (int32_t i = 0; i < 64 * 64; i++) { /* stripes of black and white, and no subject */
        memset(pixel(&s.picture, i % 64, i / 64), i % 2 ? 255 : 0, 3);
        *pixel(&s.alpha, i % 64, i / 64) = 0;
        memset(pixel(&s.rgba, i % 64, i / 64), 0, 4);
    }
    assert_int_equal(blur(&s, 20, NULL, NULL), INSPYR_OK);
    plain = pixel(&s.dst, 32, 32)[0];
    assert_in_range(plain, 127, 128);
    assert_int_equal(blur(&s, 20, l, NULL), INSPYR_OK);
    assert_in_range(pixel(&s.dst, 32, 32)[1], 187, 188);
    give(l);
    scene_free(&s);
}

static void hidden_colours_never_show(void **state)
{
    inspyr_allocator allocator = fixture_allocator();

    (void)state;
    for (int output = 0; output < 2; output++) {
        scene s[2] = { disc(60, INSPYR_RGBA8), disc(60, INSPYR_RGBA8) };

        for (int i = 0; i < 2; i++) {
            for (int32_t k = 0; k < 60 * 20; k++) {
                unsigned char *p = pixel(&s[i].picture, k % 60, k / 60);

                memset(p, i ? 250 : 3, 3);
                p[3] = 0;
                *pixel(&s[i].alpha, k % 60, k / 60) = 0;
            }
            assert_int_equal(matte_foreground(&s[i].rgba.view, 0, &s[i].picture.view, &s[i].alpha.view, NULL,
                                              &allocator, NULL),
                             INSPYR_OK);
            for (int32_t k = 0; k < 60 * 60;
                 k++) /* their own colours, where the estimate looked at hidden ones */
                memcpy(pixel(&s[i].rgba, k % 60, k / 60), front_colour, 3);
            if (output)
                assert_int_equal(matte_overlay(&s[i].dst.view, &s[i].picture.view, &s[i].alpha.view, NULL, NULL,
                                               &allocator, NULL),
                                 INSPYR_OK);
            else
                assert_int_equal(blur(&s[i], 8, NULL, NULL), INSPYR_OK);
        }
        assert_true(canvas_same(&s[0].dst, &s[1].dst));
        if (output)
            assert_int_equal(pixel(&s[0].dst, 3, 3)[0], 255);
        scene_free(&s[1]);
        scene_free(&s[0]);
    }
}

static void what_is_mostly_hidden_counts_little(void **state)
{
    scene s = disc(40, INSPYR_RGBA8);

    (void)state;
    for (int32_t i = 0; i < 40 * 40; i++) { /* columns of black, and of white of which a fifth shows */
        memset(pixel(&s.picture, i % 40, i / 40), i % 2 ? 255 : 0, 3);
        pixel(&s.picture, i % 40, i / 40)[3] = i % 2 ? 51 : 255;
        *pixel(&s.alpha, i % 40, i / 40) = 0;
        memset(pixel(&s.rgba, i % 40, i / 40), 0, 4);
    }
    assert_int_equal(blur(&s, 10, NULL, NULL), INSPYR_OK);
    assert_in_range(pixel(&s.dst, 20, 20)[0], 42, 43); /* 255 * 51 / 306 */
    scene_free(&s);
}

/* Otherwise what little is near would be drawn out to a hard edge, in full colour. */
static void white_shows_where_the_picture_is_not_there(void **state)
{
    scene s = disc(40, INSPYR_RGBA8);

    (void)state;
    for (int32_t i = 0; i < 40 * 40; i++) { /* black above, a third of it in the middle, nothing below */
        int32_t y = i / 40;

        memset(pixel(&s.picture, i % 40, y), 0, 3);
        pixel(&s.picture, i % 40, y)[3] = y < 15 ? 255 : y < 25 ? 85 : 0;
        *pixel(&s.alpha, i % 40, y) = 0;
        memset(pixel(&s.rgba, i % 40, y), 0, 4);
    }
    assert_int_equal(blur(&s, 5, NULL, NULL), INSPYR_OK);
    assert_int_equal(pixel(&s.dst, 20, 5)[0], 0);
    assert_int_equal(pixel(&s.dst, 20, 20)[0], 170);
    assert_int_equal(pixel(&s.dst, 20, 26)[0], 255);
    scene_free(&s);
}

/* Hair whose own colours are known, over colours that its old background is far from. */
static void no_old_background_shows_at_soft_edges(void **state)
{
    static const uint32_t colours[] = { 0xffffff, 0x000000, 0xff2010 };
    inspyr_allocator allocator = fixture_allocator();
    fixture f;
    int32_t shape[4];
    float *u, *a, *truth;

    (void)state;
    assert_true(fixture_open(&f, TEST_DATA "/matte/matte.safetensors"));
    u = fixture_numbers(&f, shape, "colours/hair/picture");
    a = fixture_numbers(&f, NULL, "colours/hair/alpha");
    truth = fixture_numbers(&f, NULL, "colours/hair/truth");
    for (int k = 0; k < 3; k++) {
        int32_t w = shape[2], h = shape[1];
        scene s = { canvas_make(w, h, INSPYR_RGB8, 0), canvas_make(w, h, INSPYR_GREY8, 0),
                    canvas_make(w, h, INSPYR_RGBA8, 0), canvas_make(w, h, INSPYR_RGB8, 1) };
        double ours = 0, naive = 0;

        for (int32_t i = 0; i < w * h; i++) {
            for (int c = 0; c < 3; c++)
                pixel(&s.picture, i % w, i / w)[c] = (unsigned char)u[3 * i + c];
            *pixel(&s.alpha, i % w, i / w) = (unsigned char)a[i];
        }
        assert_int_equal(
            matte_foreground(&s.rgba.view, 0, &s.picture.view, &s.alpha.view, NULL, &allocator, NULL),
            INSPYR_OK);
        matte_over_colour(&s.dst.view, &s.rgba.view, colours[k], NULL, NULL);
        for (int32_t i = 0; i < w * h; i++)
            for (int c = 0; c < 3; c++) {
                double share = (double)a[i] / 255, ground = colours[k] >> (16 - 8 * c) & 255;
                double want = share * (double)truth[3 * i + c] + (1 - share) * ground;

                ours += fabs(pixel(&s.dst, i % w, i / w)[c] - want);
                naive += fabs(share * (double)u[3 * i + c] + (1 - share) * ground - want);
            }
        if (ours > naive / 2)
            fail_msg("before 0x%06x: an error of %.2f levels, mixed naively %.2f", (unsigned)colours[k],
                     ours / (w * h * 3), naive / (w * h * 3));
        scene_free(&s);
    }
    free(truth);
    free(a);
    free(u);
    fixture_close(&f);
}

static void the_bytes_of_every_ground_do_not_depend_on_the_pool(void **state)
{
    inspyr_allocator allocator = fixture_allocator();
    inspyr_pool *pool;
    light *l = lights();
    chance random = { 5 };

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    for (int32_t w = 1; w <= 61; w += 6)
        for (int32_t h = 1; h <= 85; h += 7) {
            canvas picture = canvas_make(w, h, INSPYR_BGRA8, 0), alpha = canvas_make(w, h, INSPYR_GREY8, 0);
            canvas rgba = canvas_make(w, h, INSPYR_RGBA8, 1), dst[2][3];
            scene s;

            canvas_fill(&picture, &random);
            canvas_fill_matte(&alpha, &random);
            canvas_fill(&rgba, &random);
            for (int k = 0; k < 2; k++) {
                for (int i = 0; i < 3; i++)
                    dst[k][i] = canvas_make(w, h, INSPYR_RGB8, k);
                s = (scene){ picture, alpha, rgba, dst[k][0] };
                assert_int_equal(blur(&s, (float)(h % 5 * 7 + 1), w & 8 ? l : NULL, k ? pool : NULL),
                                 INSPYR_OK);
                assert_int_equal(matte_overlay(&dst[k][1].view, &picture.view, &alpha.view, w & 8 ? l : NULL,
                                               k ? pool : NULL, &allocator, NULL),
                                 INSPYR_OK);
                assert_int_equal(matte_over_picture(&dst[k][2].view, &rgba.view, &picture.view,
                                                    w & 8 ? l : NULL, k ? pool : NULL, &allocator, NULL),
                                 INSPYR_OK);
            }
            for (int i = 0; i < 3; i++) {
                assert_true(canvas_same(&dst[0][i], &dst[1][i]));
                canvas_free(&dst[0][i]);
                canvas_free(&dst[1][i]);
            }
            canvas_free(&rgba);
            canvas_free(&alpha);
            canvas_free(&picture);
        }
    give(l);
    inspyr_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_background_is_the_same_when_blurred),
        cmocka_unit_test(a_background_is_blurred_by_a_gaussian),
        cmocka_unit_test(white_shows_where_the_picture_is_not_there),
        cmocka_unit_test(blurs_in_linear_light_let_lamps_shine),
        cmocka_unit_test(hidden_colours_never_show),
        cmocka_unit_test(what_is_mostly_hidden_counts_little),
        cmocka_unit_test(no_old_background_shows_at_soft_edges),
        cmocka_unit_test(the_bytes_of_every_ground_do_not_depend_on_the_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

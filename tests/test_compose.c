#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "image/image.h"
#include "matte/matte.h"
#include "support/canvas.h"

static void colours_of_every_format_arrive_as_red_green_blue(void **state)
{
    static const struct {
        inspyr_format format;
        int32_t step, red, green, blue;
    } formats[] = {
        { INSPYR_RGBA8, 4, 0, 1, 2 }, { INSPYR_BGRA8, 4, 2, 1, 0 }, { INSPYR_RGB8, 3, 0, 1, 2 },
        { INSPYR_BGR8, 3, 2, 1, 0 },  { INSPYR_GREY8, 1, 0, 0, 0 },
    };
    chance random = { 1 };

    (void)state;
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        canvas picture = canvas_make(41, 70, formats[k].format, k & 1),
               alpha = canvas_make(41, 70, INSPYR_GREY8, 0);
        canvas dst = canvas_make(41, 70, INSPYR_RGBA8, !(k & 1));

        canvas_fill(&picture, &random);
        canvas_fill(&alpha, &random);
        matte_rgba(&dst.view, &picture.view, &alpha.view, NULL);
        for (int32_t y = 0; y < 70; y++)
            for (int32_t x = 0; x < 41; x++) {
                const unsigned char *in = view_row(&picture.view, y) + x * formats[k].step;
                const unsigned char *out = view_row(&dst.view, y) + x * 4;

                assert_int_equal(out[0], in[formats[k].red]);
                assert_int_equal(out[1], in[formats[k].green]);
                assert_int_equal(out[2], in[formats[k].blue]);
                assert_int_equal(out[3], view_row(&alpha.view, y)[x]);
            }
        canvas_free(&dst);
        canvas_free(&alpha);
        canvas_free(&picture);
    }
}

static void a_colour_shows_through_to_the_nearest_level(void **state)
{
    canvas src = canvas_make(256, 256, INSPYR_RGBA8, 0), dst = canvas_make(256, 256, INSPYR_RGB8, 1);

    (void)state;
    for (int32_t y = 0; y < 256; y++)
        for (int32_t x = 0; x < 256; x++)
            memcpy(view_row(&src.view, y) + x * 4,
                   (unsigned char[4]){ (unsigned char)x, 255, 7, (unsigned char)y }, 4);
    for (uint32_t level = 0; level < 256; level += 17) {
        matte_over_colour(&dst.view, &src.view, level << 16 | 0x00ff, NULL, NULL);
        for (int32_t y = 0; y < 256; y++)
            for (int32_t x = 0; x < 256; x++) {
                double want = (x * y + (double)level * (255 - y)) / 255;
                double difference = view_row(&dst.view, y)[x * 3] - want;

                assert_true(difference >= -0.5 && difference <= 0.5);
                assert_int_equal(view_row(&dst.view, y)[x * 3 + 1], y);
            }
    }
    assert_int_equal(view_row(&dst.view, 0)[2], 255);
    assert_int_equal(view_row(&dst.view, 255)[2], 7);
    canvas_free(&dst);
    canvas_free(&src);
}

static void a_crop_is_the_box_and_its_margin_inside_the_picture(void **state)
{
    canvas c = canvas_make(50, 40, INSPYR_RGB8, 1);
    matte_subject subject = { 3, 20, 10, 15, 0.1f, 0 };
    inspyr_view part = matte_crop(&c.view, &subject, 0);

    (void)state;
    assert_ptr_equal(part.data, view_row(&c.view, 20) + 9);
    assert_true(part.width == 10 && part.height == 15 && part.stride == c.view.stride);
    part = matte_crop(&c.view, &subject, 5);
    assert_ptr_equal(part.data, view_row(&c.view, 15));
    assert_true(part.width == 18 && part.height == 25);
    part = matte_crop(&c.view, &subject, INT32_MAX);
    assert_memory_equal(&part, &c.view, sizeof part);
    part = matte_crop(&c.view, &subject, -4);
    assert_true(part.width == 10 && part.height == 15);
    subject.none = 1;
    part = matte_crop(&c.view, &subject, 5);
    assert_memory_equal(&part, &c.view, sizeof part);
    canvas_free(&c);
}

static void every_size_gives_the_same_bytes_with_any_pool(void **state)
{
    inspyr_pool *pools[3] = { NULL, NULL, NULL };
    chance random = { 9 };

    (void)state;
    assert_int_equal(inspyr_pool_open(&pools[1], 3, NULL, NULL), INSPYR_OK);
    assert_int_equal(inspyr_pool_open(&pools[2], 7, NULL, NULL), INSPYR_OK);
    for (int32_t w = 1; w <= 40; w++)
        for (int32_t h = 1; h <= 80; h += 1 + h / 30) {
            canvas picture = canvas_make(w, h, INSPYR_BGR8, 0), alpha = canvas_make(w, h, INSPYR_GREY8, 0);
            canvas dst[3], flat[3];

            canvas_fill(&picture, &random);
            canvas_fill(&alpha, &random);
            for (int32_t k = 0; k < 3; k++) {
                dst[k] = canvas_make(w, h, INSPYR_RGBA8, k & 1);
                flat[k] = canvas_make(w, h, INSPYR_RGB8, k & 1);
                matte_rgba(&dst[k].view, &picture.view, &alpha.view, pools[k]);
                matte_over_colour(&flat[k].view, &dst[k].view, 0x123456, NULL, pools[k]);
                assert_true(canvas_same(&dst[0], &dst[k]) && canvas_same(&flat[0], &flat[k]));
            }
            for (int32_t k = 0; k < 3; k++) {
                canvas_free(&flat[k]);
                canvas_free(&dst[k]);
            }
            canvas_free(&alpha);
            canvas_free(&picture);
        }
    inspyr_pool_free(pools[2]);
    inspyr_pool_free(pools[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colours_of_every_format_arrive_as_red_green_blue),
        cmocka_unit_test(a_colour_shows_through_to_the_nearest_level),
        cmocka_unit_test(a_crop_is_the_box_and_its_margin_inside_the_picture),
        cmocka_unit_test(every_size_gives_the_same_bytes_with_any_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "effect/effect_table.h"
#include "image/image.h"
#include "support/canvas.h"
#include "support/effects.h"
#include "support/scarce.h"

/* All effects, by name. */
static size_t all_effects(const char *names[EFFECT_COUNT])
{
    for (int32_t i = 0; i < EFFECT_COUNT; i++)
        names[i] = effect_table[i].name;
    return EFFECT_COUNT;
}

static void free_images(inspyr_image **images, size_t n)
{
    for (size_t i = 0; i < n; i++)
        inspyr_image_free(images[i]);
}

static void crcs_of(uint32_t *crcs, inspyr_image **images, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        inspyr_view view;

        inspyr_image_view(images[i], &view);
        crcs[i] = view_crc(&view);
    }
}

static void results_do_not_depend_on_threads_nor_on_the_other_effects(void **state)
{
    const char *names[EFFECT_COUNT];
    size_t n = all_effects(names);
    pixels p = noise(523, 311, INSPYR_RGBA8, 4);
    uint32_t want[EFFECT_COUNT], got[EFFECT_COUNT];

    (void)state;
    for (size_t i = 0; i < n; i++) {
        inspyr_image *alone = drawn(names[i], &p.view, NULL);

        crcs_of(&want[i], &alone, 1);
        inspyr_image_free(alone);
    }
    for (int32_t width = 1; width <= 3; width++) {
        inspyr_effect_options options;
        inspyr_image *outs[EFFECT_COUNT];

        inspyr_effect_options_init(&options);
        assert_int_equal(inspyr_pool_open(&options.pool, width, NULL, NULL), INSPYR_OK);
        assert_int_equal(inspyr_apply_effects(outs, NULL, &p.view, NULL, names, n, &options, NULL), INSPYR_OK);
        crcs_of(got, outs, n);
        assert_memory_equal(got, want, sizeof want);
        free_images(outs, n);
        inspyr_pool_free(options.pool);
    }
    free(p.data);
}

/* Reads colour and alpha of any format, the plain way. */
static void any_format_and_stride_gives_what_rgba_gives(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_RGB8, INSPYR_BGRA8, INSPYR_BGR8 };
    chance random = { 21 };
    const char *names[EFFECT_COUNT];
    size_t n = all_effects(names);

    (void)state;
    for (int round = 0; round < 16; round++) {
        inspyr_format format = formats[round % 4];
        canvas in =
            canvas_make(chance_between(&random, 1, 90), chance_between(&random, 1, 90), format, round / 4 % 2);
        bool alpha = format_bytes(format) == 4, blue_first = format == INSPYR_BGRA8 || format == INSPYR_BGR8;
        canvas rgba = canvas_make(in.view.width, in.view.height, INSPYR_RGBA8, 0);
        inspyr_image *outs[EFFECT_COUNT], *wants[EFFECT_COUNT];

        canvas_fill(&in, &random);
        for (int32_t y = 0; y < in.view.height; y++)
            for (int32_t x = 0; x < in.view.width; x++) {
                const unsigned char *from = view_row(&in.view, y) + (size_t)x * format_bytes(format);
                unsigned char *to = view_row(&rgba.view, y) + 4 * (size_t)x;

                for (int c = 0; c < 3; c++)
                    to[c] = from[blue_first ? 2 - c : c];
                to[3] = alpha ? from[3] : 255;
            }
        assert_int_equal(inspyr_apply_effects(outs, NULL, &in.view, NULL, names, n, NULL, NULL), INSPYR_OK);
        assert_int_equal(inspyr_apply_effects(wants, NULL, &rgba.view, NULL, names, n, NULL, NULL), INSPYR_OK);
        for (size_t i = 0; i < n; i++) {
            const inspyr_view *got = &outs[i]->view, *want = &wants[i]->view;

            assert_int_equal(got->format, alpha ? INSPYR_RGBA8 : INSPYR_RGB8);
            for (int32_t y = 0; y < got->height; y++)
                for (int32_t x = 0; x < got->width; x++)
                    assert_memory_equal(view_row(got, y) + (size_t)x * format_bytes(got->format),
                                        view_row(want, y) + 4 * (size_t)x, format_bytes(got->format));
        }
        free_images(outs, n);
        free_images(wants, n);
        canvas_free(&in);
        canvas_free(&rgba);
    }
}

static void a_plane_takes_the_place_of_the_pictures_alpha(void **state)
{
    unsigned char rgba[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }, grey8[2] = { 0, 200 };
    uint16_t grey16[2] = { 65535, 128 };
    float greyf32[2] = { 0.5f, 7 };
    const inspyr_view picture = { rgba, 8, 2, 1, INSPYR_RGBA8, 0 };
    const inspyr_view planes[3] = { { grey8, 2, 2, 1, INSPYR_GREY8, 0 },
                                    { grey16, 4, 2, 1, INSPYR_GREY16, 0 },
                                    { greyf32, 8, 2, 1, INSPYR_GREYF32, 0 } };
    static const unsigned char want[3][2] = { { 0, 200 }, { 255, 0 }, { 128, 255 } };
    const char *color = "color";

    (void)state;
    for (int i = 0; i < 3; i++) {
        inspyr_image *out;

        assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, &planes[i], &color, 1, NULL, NULL),
                         INSPYR_OK);
        assert_int_equal(out->view.format, INSPYR_RGBA8);
        assert_memory_equal(out->view.data, rgba, 3);
        assert_int_equal(view_row(&out->view, 0)[3], want[i][0]);
        assert_int_equal(view_row(&out->view, 0)[7], want[i][1]);
        inspyr_image_free(out);
    }
}

typedef struct seen {
    size_t results, failed, stop_after;
    float scale;
} seen;

static int note_result(void *user, const inspyr_effect_result *result)
{
    seen *s = user;

    assert_int_equal(result->struct_size, sizeof *result);
    assert_int_equal(result->image != NULL, result->status == INSPYR_OK);
    assert_int_equal(result->message[0] != 0, result->status != INSPYR_OK);
    s->results++;
    s->failed += result->status != INSPYR_OK;
    s->scale = result->scale;
    return s->results == s->stop_after;
}

static void an_effect_that_fails_does_not_stop_the_others(void **state)
{
    static const char *const names[] = {
        "popart:contrast=99", "color", "color,popart", "classic", NULL, "popart"
    };
    pixels p = noise(9, 9, INSPYR_GREY8, 1);
    inspyr_effect_options options;
    inspyr_status statuses[6];
    inspyr_image *outs[6];
    inspyr_error error;
    seen s = { 0 };

    (void)state;
    inspyr_effect_options_init(&options);
    options.result = note_result;
    options.result_user = &s;
    assert_int_equal(inspyr_apply_effects(outs, statuses, &p.view, NULL, names, 6, &options, &error),
                     INSPYR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "from 0 to 8"));
    for (int i = 0; i < 6; i++) {
        assert_int_equal(outs[i] != NULL, i == 1 || i == 5);
        assert_int_equal(statuses[i], outs[i] ? INSPYR_OK : INSPYR_ERR_ARGUMENT);
    }
    assert_int_equal(s.results, 6);
    assert_int_equal(s.failed, 4);
    free_images(outs, 6);
    free(p.data);
}

static int stop_late(void *user, const inspyr_progress *progress)
{
    float *last = user;

    assert_int_equal(progress->stage, INSPYR_STAGE_EFFECTS);
    assert_true(progress->fraction >= *last);
    *last = progress->fraction;
    return progress->fraction > 0.3f;
}

static void either_callback_ends_the_call_and_leaves_nothing(void **state)
{
    const char *names[EFFECT_COUNT];
    size_t n = all_effects(names);
    pixels p = noise(99, 99, INSPYR_RGB8, 3);
    inspyr_effect_options options;
    inspyr_image *outs[EFFECT_COUNT];
    inspyr_allocator allocator;
    float last = 0;
    scarce counted;
    seen s = { .stop_after = 2 };

    (void)state;
    inspyr_effect_options_init(&options);
    allocator = scarce_allocator(&counted, -1);
    options.allocator = &allocator;
    options.result = note_result;
    options.result_user = &s;
    assert_int_equal(inspyr_apply_effects(outs, NULL, &p.view, NULL, names, n, &options, NULL),
                     INSPYR_ERR_CANCELLED);
    assert_int_equal(s.results, 2);
    options.result = NULL;
    options.progress = stop_late;
    options.progress_user = &last;
    assert_int_equal(inspyr_apply_effects(outs, NULL, &p.view, NULL, names, n, &options, NULL),
                     INSPYR_ERR_CANCELLED);
    assert_true(last > 0);
    for (size_t i = 0; i < n; i++)
        assert_null(outs[i]);
    assert_int_equal(atomic_load(&counted.balance), 0);
    free(p.data);
}

static void a_preview_is_small_and_says_how_small(void **state)
{
    canvas big = canvas_make(300, 200, INSPYR_RGBA8, 1);
    const char *color = "color";
    inspyr_effect_options options;
    inspyr_image *out;
    seen s = { 0 };

    (void)state;
    for (int32_t y = 0; y < 200; y++)
        for (int32_t x = 0; x < 300; x++) {
            unsigned char *pixel = view_row(&big.view, y) + 4 * (size_t)x;

            pixel[0] = x < 150 ? 200 : 10; /* hidden colours at the right */
            pixel[1] = (unsigned char)(y < 100 ? 40 : 80);
            pixel[2] = 7;
            pixel[3] = x < 150 ? 255 : 0;
        }
    inspyr_effect_options_init(&options);
    options.quality = INSPYR_QUALITY_PREVIEW;
    options.preview_side = 3;
    options.result = note_result;
    options.result_user = &s;
    assert_int_equal(inspyr_apply_effects(&out, NULL, &big.view, NULL, &color, 1, &options, NULL), INSPYR_OK);
    assert_int_equal(out->view.width, 3);
    assert_int_equal(out->view.height, 2);
    assert_true(s.scale == 0.01f);
    assert_memory_equal(view_row(&out->view, 0),
                        ((unsigned char[]){ 200, 40, 7, 255, 200, 40, 7, 128, 10, 40, 7, 0 }), 12);
    assert_memory_equal(view_row(&out->view, 1),
                        ((unsigned char[]){ 200, 80, 7, 255, 200, 80, 7, 128, 10, 80, 7, 0 }), 12);
    inspyr_image_free(out);
    options.preview_side = 0;
    assert_int_equal(inspyr_apply_effects(&out, NULL, &big.view, NULL, &color, 1, &options, NULL), INSPYR_OK);
    assert_int_equal(out->view.width, 300);
    assert_true(s.scale == 1);
    inspyr_image_free(out);
    canvas_free(&big);
}

static void pixels_of_parameters_shrink_with_a_preview(void **state)
{
    pixels p = golden_picture(INSPYR_RGB8); /* 128 x 96 */
    canvas half = canvas_make(64, 48, INSPYR_RGB8, 1);
    const char *large = "mosaic:tile=24,joint=3", *small = "mosaic:tile=12,joint=1.5";
    inspyr_effect_options options;
    inspyr_image *preview, *whole;

    (void)state;
    for (int32_t y = 0; y < 48; y++)
        for (int32_t x = 0; x < 64 * 3; x++) {
            int32_t at = x / 3 * 6 + x % 3;
            const unsigned char *above = view_row(&p.view, 2 * y), *below = view_row(&p.view, 2 * y + 1);

            view_row(&half.view, y)[x] =
                (unsigned char)((above[at] + above[at + 3] + below[at] + below[at + 3] + 2) / 4);
        }
    inspyr_effect_options_init(&options);
    options.quality = INSPYR_QUALITY_PREVIEW;
    options.preview_side = 64;
    assert_int_equal(inspyr_apply_effects(&preview, NULL, &p.view, NULL, &large, 1, &options, NULL), INSPYR_OK);
    assert_int_equal(inspyr_apply_effects(&whole, NULL, &half.view, NULL, &small, 1, NULL, NULL), INSPYR_OK);
    for (int32_t y = 0; y < 48; y++)
        assert_memory_equal(view_row(&preview->view, y), view_row(&whole->view, y), 64 * 3);
    inspyr_image_free(preview);
    inspyr_image_free(whole);
    canvas_free(&half);
    free(p.data);
}

static void the_seed_decides_what_is_random(void **state)
{
    pixels p = golden_picture(INSPYR_RGB8);
    inspyr_effect_options options;
    uint32_t crcs[3];

    (void)state;
    inspyr_effect_options_init(&options);
    for (int i = 0; i < 3; i++) {
        inspyr_image *out;

        options.seed = i == 1 ? UINT64_C(1) << 40 : 5;
        out = drawn("sketch", &p.view, &options);
        crcs_of(&crcs[i], &out, 1);
        inspyr_image_free(out);
    }
    assert_int_equal(crcs[0], crcs[2]);
    assert_int_not_equal(crcs[0], crcs[1]);
    free(p.data);
}

static void options_and_pictures_out_of_range_are_refused(void **state)
{
    unsigned char grey[4] = { 0 };
    inspyr_view picture = { grey, 2, 2, 2, INSPYR_GREY8, 0 }, plane = { grey, 1, 1, 1, INSPYR_GREY8, 0 };
    inspyr_view huge = { grey, 65536, 65536, 65536, INSPYR_GREY8, 0 };
    const char *color = "color";
    inspyr_effect_options options;
    inspyr_image *out;

    (void)state;
    inspyr_effect_options_init(&options);
    assert_int_equal(inspyr_apply_effects(NULL, NULL, &picture, NULL, &color, 1, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, NULL, NULL, 1, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, NULL, &color, 0, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, NULL, &color, 65, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_apply_effects(&out, NULL, NULL, NULL, &color, 1, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, &plane, &color, 1, NULL, NULL),
                     INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_apply_effects(&out, NULL, &huge, NULL, &color, 1, NULL, NULL), INSPYR_ERR_LIMIT);
    options.flags = 1;
    assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, NULL, &color, 1, &options, NULL),
                     INSPYR_ERR_UNSUPPORTED);
    options.flags = 0;
    options.preview_side = 9;
    assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, NULL, &color, 1, &options, NULL),
                     INSPYR_ERR_ARGUMENT);
    options.quality = 2;
    assert_int_equal(inspyr_apply_effects(&out, NULL, &picture, NULL, &color, 1, &options, NULL),
                     INSPYR_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_do_not_depend_on_threads_nor_on_the_other_effects),
        cmocka_unit_test(any_format_and_stride_gives_what_rgba_gives),
        cmocka_unit_test(a_plane_takes_the_place_of_the_pictures_alpha),
        cmocka_unit_test(an_effect_that_fails_does_not_stop_the_others),
        cmocka_unit_test(either_callback_ends_the_call_and_leaves_nothing),
        cmocka_unit_test(a_preview_is_small_and_says_how_small),
        cmocka_unit_test(pixels_of_parameters_shrink_with_a_preview),
        cmocka_unit_test(the_seed_decides_what_is_random),
        cmocka_unit_test(options_and_pictures_out_of_range_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

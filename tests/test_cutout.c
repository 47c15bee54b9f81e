#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "support/pictures.h"
#include "support/scarce.h"

static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_GREY8, INSPYR_RGB8,
                                         INSPYR_RGB8,  INSPYR_RGB8,  INSPYR_RGB8 };
enum { OUTPUTS = sizeof formats / sizeof *formats };

/* Every flag, alone and with those that change what it does. */
static const uint64_t flag_sets[] = {
    0,
    INSPYR_CUTOUT_REVERSE,
    INSPYR_CUTOUT_THRESHOLD,
    INSPYR_CUTOUT_REVERSE | INSPYR_CUTOUT_THRESHOLD | INSPYR_CUTOUT_CROP,
    INSPYR_CUTOUT_KEEP_COLOURS | INSPYR_CUTOUT_LINEAR_LIGHT,
    INSPYR_CUTOUT_LINEAR_LIGHT | INSPYR_CUTOUT_CROP,
    INSPYR_COMPAT,
    INSPYR_COMPAT | INSPYR_CUTOUT_REVERSE | INSPYR_CUTOUT_CROP,
    INSPYR_COMPAT | INSPYR_CUTOUT_THRESHOLD | INSPYR_CUTOUT_REVERSE,
    INSPYR_COMPAT | INSPYR_CUTOUT_KEEP_COLOURS,
    INSPYR_COMPAT | INSPYR_COMPAT_ARRAY,
};
enum { FLAG_SETS = sizeof flag_sets / sizeof *flag_sets };

static inspyr_cutout_options options_of(int output, uint64_t flags, const inspyr_view *background)
{
    inspyr_cutout_options o;

    inspyr_cutout_options_init(&o);
    o.output = (inspyr_output)output;
    o.flags = flags;
    if (output == INSPYR_OUTPUT_RGBA || output == INSPYR_OUTPUT_MAP)
        o.flags &= ~INSPYR_CUTOUT_LINEAR_LIGHT; /* refused: nothing is mixed there */
    o.colour = 0x3080f0;
    o.threshold = flags & INSPYR_CUTOUT_THRESHOLD ? 0.3f : 0; /* 0.5 is the same from both sides */
    o.background = output == INSPYR_OUTPUT_PICTURE ? background : NULL;
    return o;
}

static void all_outputs(inspyr_model *m, const inspyr_view *picture, const inspyr_view *background)
{
    for (int output = 0; output < OUTPUTS; output++)
        for (int k = 0; k < FLAG_SETS; k++) {
            inspyr_cutout_options o = options_of(output, flag_sets[k], background);
            inspyr_image *image = cut_out(m, picture, &o);
            inspyr_view view;

            inspyr_image_view(image, &view);
            assert_int_equal(view.format, formats[output]);
            assert_in_range(view.width, 1, picture->width);
            assert_in_range(view.height, 1, picture->height);
            if (!(flag_sets[k] & INSPYR_CUTOUT_CROP))
                assert_true(view.width == picture->width && view.height == picture->height);
            inspyr_image_free(image);
        }
}

static void every_output_takes_every_flag_at_every_size(void **state)
{
    static const int32_t sides[] = { 1, 2, 3, 16, 31, 33, 40 };
    pixels ground = noise(13, 9, INSPYR_BGRA8, 4);
    inspyr_model *m = loaded(TINY, NULL, NULL);

    (void)state;
    for (size_t i = 0; i < 49; i++) {
        int alpha = (int)(i & 1);
        pixels p = noise(sides[i / 7], sides[i % 7], alpha ? INSPYR_RGBA8 : INSPYR_GREY8, alpha ? 4 : 1);

        all_outputs(m, &p.view, &ground.view);
        free(p.data);
    }
    inspyr_model_free(m);
    free(ground.data);
}

static void assert_same_image(const inspyr_image *a, const inspyr_image *b, size_t bytes)
{
    inspyr_view v, w;

    inspyr_image_view(a, &v);
    inspyr_image_view(b, &w);
    assert_true(v.width == w.width && v.height == w.height && v.format == w.format);
    for (int32_t y = 0; y < v.height; y++)
        assert_memory_equal((char *)v.data + y * v.stride, (char *)w.data + y * w.stride,
                            (size_t)v.width * bytes);
}

static void no_output_depends_on_the_pool(void **state)
{
    pixels p = noise(123, 77, INSPYR_RGB8, 3), ground = noise(40, 50, INSPYR_RGB8, 3);
    inspyr_pool *pool;
    inspyr_model *alone = loaded(TINY, NULL, NULL), *pooled;

    (void)state;
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    pooled = loaded(TINY, pool, NULL);
    for (int output = 0; output < OUTPUTS; output++)
        for (int k = 0; k < FLAG_SETS; k++) {
            inspyr_cutout_options o = options_of(output, flag_sets[k], &ground.view);
            inspyr_image *a = cut_out(alone, &p.view, &o), *b = cut_out(pooled, &p.view, &o);

            assert_same_image(a, b, output == 0 ? 4 : output == 1 ? 1 : 3);
            inspyr_image_free(b);
            inspyr_image_free(a);
        }
    inspyr_model_free(pooled);
    inspyr_pool_free(pool);
    inspyr_model_free(alone);
    free(ground.data);
    free(p.data);
}

static void maps_and_their_reverse_make_up_the_whole(void **state)
{
    pixels p = noise(90, 70, INSPYR_RGB8, 3);
    inspyr_model *m = loaded(TINY, NULL, NULL);

    (void)state;
    for (int hard = 0; hard < 2; hard++) {
        uint64_t flags = hard ? INSPYR_CUTOUT_THRESHOLD : 0;
        inspyr_cutout_options forward = options_of(1, flags, NULL),
                              back = options_of(1, flags | INSPYR_CUTOUT_REVERSE, NULL);
        inspyr_image *a = cut_out(m, &p.view, &forward), *b = cut_out(m, &p.view, &back);
        inspyr_view v, w;

        inspyr_image_view(a, &v);
        inspyr_image_view(b, &w);
        for (int32_t i = 0; i < 90 * 70; i++) {
            int x = ((unsigned char *)v.data + i / 90 * v.stride)[i % 90];
            int y = ((unsigned char *)w.data + i / 90 * w.stride)[i % 90];

            assert_int_equal(x + y, 255);
            assert_true(!hard || x == 0 || x == 255);
        }
        inspyr_image_free(b);
        inspyr_image_free(a);
    }
    inspyr_model_free(m);
    free(p.data);
}

/* The map of a cut-out and the plane of inspyr_matte() are made in two ways. */
static void compat_stretches_every_map_and_shows_hidden_colours(void **state)
{
    pixels p = noise(70, 50, INSPYR_RGBA8, 4), q = noise(70, 50, INSPYR_RGB8, 3);
    pixels exact = noise(70, 50, INSPYR_GREYF32, 4), bytes = noise(70, 50, INSPYR_GREY8, 1);
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_cutout_options o = options_of(INSPYR_OUTPUT_MAP, INSPYR_COMPAT, NULL);
    inspyr_matte_options options;
    inspyr_image *a, *b;
    inspyr_view v;
    float low = 1, high = 0;

    (void)state;
    inspyr_matte_options_init(&options);
    options.flags = INSPYR_COMPAT;
    for (int i = 0; i < 70 * 50; i++)
        memcpy(q.data + 3 * i, p.data + 4 * i, 3);
    a = cut_out(m, &p.view, &o);
    b = cut_out(m, &q.view, &o);
    assert_same_image(a, b, 1);
    assert_int_equal(inspyr_matte(m, &p.view, &exact.view, 1, &options, NULL), INSPYR_OK);
    assert_int_equal(inspyr_matte(m, &q.view, &bytes.view, 1, &options, NULL), INSPYR_OK);
    inspyr_image_view(a, &v);
    for (int32_t i = 0; i < 70 * 50; i++) {
        float map = ((float *)(void *)exact.data)[i];

        assert_int_equal(bytes.data[i], (int)(map * 255));
        assert_int_equal(bytes.data[i], ((unsigned char *)v.data + i / 70 * v.stride)[i % 70]);
        low = fminf(low, map);
        high = fmaxf(high, map);
    }
    assert_true(low < 0.05f && high > 0.95f);
    inspyr_image_free(b);
    inspyr_image_free(a);
    inspyr_model_free(m);
    free(bytes.data);
    free(exact.data);
    free(q.data);
    free(p.data);
}

typedef struct listener {
    float last;
    int calls, late; /* late: in the second half */
} listener;

static int listen(void *user, const inspyr_progress *progress)
{
    listener *l = user;

    assert_true(progress->fraction >= l->last && progress->fraction <= 1);
    l->last = progress->fraction;
    l->calls++;
    l->late += progress->fraction > 0.5f && progress->fraction < 1;
    return 0;
}

static void pictures_of_unequal_dynamic_sizes_are_those_of_single_calls(void **state)
{
    enum { N = 4 };
    static const int32_t sizes[N][4] = {
        { 64, 64, 64, 64 }, { 100, 200, 64, 128 }, { 64, 70, 64, 64 }, { 300, 60, 288, 64 }
    };
    inspyr_model *m = loaded(TINY, NULL, NULL);
    pixels pictures[N], together[N], alone = noise(300, 200, INSPYR_GREY8, 1);
    inspyr_view in[N], out[N];
    inspyr_report reports[N], *pointers[N];
    inspyr_matte_options options;
    listener l = { 0, 0, 0 };

    (void)state;
    inspyr_matte_options_init(&options);
    options.reports = pointers;
    options.resize = INSPYR_RESIZE_DYNAMIC;
    options.short_side = 64;
    options.progress = listen;
    options.progress_user = &l;
    for (int i = 0; i < N; i++) {
        pictures[i] = noise(sizes[i][0], sizes[i][1], INSPYR_RGB8, 3);
        together[i] = noise(sizes[i][0], sizes[i][1], INSPYR_GREY8, 1);
        in[i] = pictures[i].view;
        out[i] = together[i].view;
        inspyr_report_init(&reports[i]);
        pointers[i] = &reports[i];
    }
    assert_int_equal(inspyr_matte(m, in, out, N, &options, NULL), INSPYR_OK);
    assert_true(l.last == 1 && l.calls > N * 3 && l.late >= l.calls / 3);
    options.reports = NULL;
    options.progress = NULL;
    for (int i = 0; i < N; i++) {
        inspyr_view plane = { alone.data, sizes[i][0], sizes[i][0], sizes[i][1], INSPYR_GREY8, 0 };

        assert_int_equal(inspyr_matte(m, &in[i], &plane, 1, &options, NULL), INSPYR_OK);
        assert_memory_equal(alone.data, together[i].data, (size_t)(sizes[i][0] * sizes[i][1]));
        assert_int_equal(reports[i].network_width, sizes[i][2]);
        assert_int_equal(reports[i].network_height, sizes[i][3]);
        free(pictures[i].data);
        free(together[i].data);
    }
    inspyr_model_free(m);
    free(alone.data);
}

static void every_allocation_of_every_output_may_fail(void **state)
{
    pixels p = noise(45, 37, INSPYR_RGB8, 3), ground = noise(20, 21, INSPYR_RGB8, 3);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_model *m = loaded(TINY, NULL, &allocator);

    (void)state;
    for (int output = 0; output < OUTPUTS; output++)
        for (int k = 0; k < FLAG_SETS; k++) {
            inspyr_cutout_options o = options_of(output, flag_sets[k], &ground.view);
            int balance;

            inspyr_image_free(cut_out(m, &p.view, &o)); /* the network's own memory is taken once */
            balance = s.balance;
            for (int nth = 0;; nth++) {
                inspyr_image *image;
                inspyr_status status;

                s.fails_at = s.asked + nth;
                status = inspyr_remove_background(&image, m, &p.view, &o, NULL);
                s.fails_at = -1;
                inspyr_image_free(image);
                assert_int_equal(s.balance, balance);
                if (status == INSPYR_OK)
                    break;
                assert_int_equal(status, INSPYR_ERR_MEMORY);
                assert_null(image);
            }
        }
    inspyr_model_free(m);
    assert_int_equal(s.balance, 0);
    free(ground.data);
    free(p.data);
}

static void expect(inspyr_model *m, const inspyr_cutout_options *o, inspyr_status status, const char *word)
{
    pixels p = noise(20, 20, INSPYR_RGB8, 3);
    inspyr_image *image;
    inspyr_error error;

    assert_int_equal(inspyr_remove_background(&image, m, &p.view, o, &error), status);
    assert_null(image);
    if (!strstr(error.message, word))
        fail_msg("\"%s\" does not name %s", error.message, word);
    assert_null(strchr(error.message, '\n'));
    free(p.data);
}

static void options_out_of_range_or_without_effect_are_named(void **state)
{
    static const struct {
        uint64_t flags;
        int output;
        float threshold, sigma;
        const char *word;
    } wrong[] = {
        { INSPYR_CUTOUT_THRESHOLD, 0, -0.1f, 0, "threshold" },
        { INSPYR_CUTOUT_THRESHOLD, 0, 1.5f, 0, "0 to 1" },
        { INSPYR_CUTOUT_THRESHOLD, 0, NAN, 0, "threshold" },
        { 0, 0, 0.5f, 0, "INSPYR_CUTOUT_THRESHOLD" },
        { 0, 0, NAN, 0, "threshold" },
        { 0, 3, 0, 0.4f, "0.5 to 250" },
        { 0, 3, 0, 251, "0.5 to 250" },
        { 0, 3, 0, NAN, "blur sigma" },
        { 0, 3, 0, -15, "blur sigma" },
        { 0, 0, 0, 20, "INSPYR_OUTPUT_BLUR" },
        { 0, 2, 0, 15, "INSPYR_OUTPUT_BLUR" },
        { INSPYR_COMPAT, 5, 0, 15, "INSPYR_OUTPUT_BLUR" },
        { INSPYR_CUTOUT_LINEAR_LIGHT, 0, 0, 0, "INSPYR_OUTPUT_RGBA" },
        { INSPYR_CUTOUT_LINEAR_LIGHT, 1, 0, 0, "_MAP" },
        { INSPYR_COMPAT, 3, 0, 16, "15" },
        { INSPYR_COMPAT_ARRAY, 0, 0, 0, "INSPYR_COMPAT" },
        { 0, 5, 0, 0, "background" },
        { INSPYR_COMPAT | INSPYR_CUTOUT_LINEAR_LIGHT, 2, 0, 0, "linear light" },
    };
    pixels ground = noise(4, 4, INSPYR_GREY8, 1);
    inspyr_model *m = loaded(TINY, NULL, NULL);
    inspyr_cutout_options o;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        o = options_of(wrong[i].output, 0, NULL);
        o.flags = wrong[i].flags;
        o.threshold = wrong[i].threshold;
        o.blur_sigma = wrong[i].sigma;
        expect(m, &o, INSPYR_ERR_ARGUMENT, wrong[i].word);
    }
    o = options_of(INSPYR_OUTPUT_BLUR, 0, NULL);
    o.background = &ground.view;
    expect(m, &o, INSPYR_ERR_ARGUMENT, "INSPYR_OUTPUT_PICTURE");
    o.output = INSPYR_OUTPUT_PICTURE;
    ground.view.width = 0;
    expect(m, &o, INSPYR_ERR_ARGUMENT, "background");
    o = options_of(0, UINT64_C(1) << 40, NULL);
    expect(m, &o, INSPYR_ERR_UNSUPPORTED, "flag");
    o = options_of(0, 0, NULL);
    o.reserved = 1;
    expect(m, &o, INSPYR_ERR_ARGUMENT, "reserved");
    o = options_of(6, 0, NULL);
    expect(m, &o, INSPYR_ERR_UNSUPPORTED, "output 6");
    o = options_of(0, 0, NULL);
    o.short_side = 640;
    expect(m, &o, INSPYR_ERR_ARGUMENT, "short side");
    o.resize = INSPYR_RESIZE_DYNAMIC;
    o.network_width = 64;
    expect(m, &o, INSPYR_ERR_ARGUMENT, "INSPYR_RESIZE_STATIC");
    inspyr_model_free(m);
    free(ground.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_output_takes_every_flag_at_every_size),
        cmocka_unit_test(no_output_depends_on_the_pool),
        cmocka_unit_test(maps_and_their_reverse_make_up_the_whole),
        cmocka_unit_test(compat_stretches_every_map_and_shows_hidden_colours),
        cmocka_unit_test(pictures_of_unequal_dynamic_sizes_are_those_of_single_calls),
        cmocka_unit_test(every_allocation_of_every_output_may_fail),
        cmocka_unit_test(options_out_of_range_or_without_effect_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run/sizes.h"
#include "support/chance.h"

static const network_config official = { .size_multiple = 32, .size_minimum = 32, .size_maximum = 4096 };

static size_request dynamic(uint64_t flags, int32_t short_side)
{
    return (size_request){ flags, 0, 0, INSPYR_RESIZE_DYNAMIC, short_side };
}

static void compat_sizes_are_the_packages(void **state)
{
    /* picture, short side, network; the package's own answers */
    static const int32_t known[][5] = {
        { 3840, 2160, 0, 2272, 1280 }, { 2160, 3840, 0, 1280, 2272 }, { 1920, 1080, 0, 1920, 1088 },
        { 640, 480, 0, 640, 480 },     { 500, 333, 0, 512, 320 },     { 1280, 12800, 0, 1280, 12800 },
        { 48, 80, 0, 64, 64 },         { 1040, 1072, 0, 1024, 1088 }, { 131, 90, 80, 128, 64 },
        { 1281, 1281, 0, 1280, 1280 }, { 17, 10000, 0, 32, 9984 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_request r = dynamic(INSPYR_COMPAT, known[i][2]);
        pass_size size;

        assert_int_equal(sizes_check(&r, NULL), INSPYR_OK);
        assert_int_equal(sizes_choose(&size, &r, &official, known[i][0], known[i][1], NULL), INSPYR_OK);
        assert_int_equal(size.width, known[i][3]);
        assert_int_equal(size.height, known[i][4]);
    }
}

static void a_compat_side_of_nothing_is_refused(void **state)
{
    static const int32_t sizes[][2] = { { 16, 500 }, { 500, 1 }, { 5, 5 } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_request r = dynamic(INSPYR_COMPAT, 0);
        inspyr_error error;
        pass_size size;

        assert_int_equal(sizes_choose(&size, &r, &official, sizes[i][0], sizes[i][1], &error),
                         INSPYR_ERR_ARGUMENT);
        assert_non_null(strstr(error.message, "16"));
        r.flags = 0;
        assert_int_equal(sizes_choose(&size, &r, &official, sizes[i][0], sizes[i][1], NULL), INSPYR_OK);
    }
}

static void sizes_of_usual_photographs_are_the_same_in_both_flavours(void **state)
{
    static const int32_t sizes[][2] = { { 4000, 3000 }, { 3000, 4000 }, { 6000, 4000 }, { 1920, 1080 },
                                        { 512, 512 },   { 451, 300 },   { 2000, 1999 } };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_request ours = dynamic(0, 0), theirs = dynamic(INSPYR_COMPAT, 0);
        pass_size a, b;

        assert_int_equal(sizes_choose(&a, &ours, &official, sizes[i][0], sizes[i][1], NULL), INSPYR_OK);
        assert_int_equal(sizes_choose(&b, &theirs, &official, sizes[i][0], sizes[i][1], NULL), INSPYR_OK);
        assert_int_equal(a.width, b.width);
        assert_int_equal(a.height, b.height);
    }
}

static void a_panorama_shrinks_on_both_sides(void **state)
{
    size_request r = dynamic(0, 0);
    pass_size size;

    (void)state;
    assert_int_equal(sizes_choose(&size, &r, &official, 20000, 800, NULL), INSPYR_OK);
    assert_int_equal(size.width, 4096);
    assert_int_equal(size.height, 160); /* 4096 / 20000 of 800 is 163.8 */
    assert_int_equal(sizes_choose(&size, &r, &official, 4000, 1280, NULL), INSPYR_OK);
    assert_int_equal(size.width, 3616); /* 4 194 304 pixels of these proportions are 3620 x 1158.5 */
    assert_int_equal(size.height, 1152);
    assert_int_equal(sizes_choose(&size, &r, &official, 1000, 1000000, NULL), INSPYR_OK);
    assert_int_equal(size.width, 32);
    assert_int_equal(size.height, 4096);
}

static void every_size_is_one_that_the_network_takes(void **state)
{
    static const network_config configs[] = {
        { .size_multiple = 32, .size_minimum = 32, .size_maximum = 4096 },
        { .size_multiple = 16, .size_minimum = 32, .size_maximum = 4096 },
        { .size_multiple = 8, .size_minimum = 72, .size_maximum = 1000 },
        { .size_multiple = 48, .size_minimum = 48, .size_maximum = 4096 },
    };
    chance random = { 3 };

    (void)state;
    for (int i = 0; i < 200000; i++) {
        const network_config *c = &configs[i & 3];
        int32_t w = chance_between(&random, 1, 1 << chance_between(&random, 0, 30));
        int32_t h = chance_between(&random, 1, 1 << chance_between(&random, 0, 30));
        size_request r = dynamic(0, chance_one_in(&random, 2) ? 0 : chance_between(&random, 32, 5000));
        pass_size size;

        assert_int_equal(sizes_choose(&size, &r, c, w, h, NULL), INSPYR_OK);
        assert_true(size.width >= c->size_minimum && size.height >= c->size_minimum);
        assert_true(size.width <= c->size_maximum && size.height <= c->size_maximum);
        assert_true(size.width % c->size_multiple == 0 && size.height % c->size_multiple == 0);
        assert_true((int64_t)size.width * size.height <= 4194304);
        assert_true(w > h ? size.width >= size.height : size.width <= size.height || w == h);
    }
}

static void a_network_that_blends_takes_two_sizes_or_its_own(void **state)
{
    static const int32_t sizes[][5] = { { 1000, 800, 992, 800, 1 },
                                        { 544, 544, 544, 544, 1 },
                                        { 512, 800, 384, 384, 0 },
                                        { 2000, 500, 384, 384, 0 } };
    network_config blending = official;

    (void)state;
    blending.blend = 512;
    blending.base_w = blending.base_h = 384;
    for (size_t i = 0; i < 4; i++) {
        size_request r = dynamic(0, 0);
        pass_size size;

        assert_int_equal(sizes_choose(&size, &r, &blending, sizes[i][0], sizes[i][1], NULL), INSPYR_OK);
        assert_int_equal(size.width, sizes[i][2]);
        assert_int_equal(size.height, sizes[i][3]);
        assert_int_equal(size.blended, sizes[i][4]);
        r.flags = INSPYR_COMPAT;
        assert_int_equal(sizes_choose(&size, &r, &blending, sizes[i][0], sizes[i][1], NULL), INSPYR_OK);
        assert_false(size.blended);
        assert_true(size.width > 384);
        r.flags = 0;
        r.resize = INSPYR_RESIZE_STATIC;
        assert_int_equal(sizes_choose(&size, &r, &blending, sizes[i][0], sizes[i][1], NULL), INSPYR_OK);
        assert_false(size.blended);
    }
}

static void sizes_are_alike_whatever_lies_between_their_members(void **state)
{
    pass_size a, b;

    (void)state;
    memset(&a, 0xAA, sizeof a);
    memset(&b, 0x55, sizeof b);
    a.width = b.width = 64;
    a.height = b.height = 96;
    a.blended = b.blended = true;
    assert_true(sizes_alike(&a, &b));
    b.blended = false;
    assert_false(sizes_alike(&a, &b));
    b = a;
    b.height = 64;
    assert_false(sizes_alike(&a, &b));
    b = a;
    b.width = 96;
    assert_false(sizes_alike(&a, &b));
}

static void static_sides_from_32_to_4096_are_possible_and_none_is_the_base_size(void **state)
{
    static const int32_t sizes[][2] = { { 0, 0 }, { 32, 4096 }, { 4096, 32 }, { 0, 64 }, { 64, 0 } };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_request r = { 0, sizes[i][0], sizes[i][1], INSPYR_RESIZE_STATIC, 0 };
        pass_size size;

        assert_int_equal(sizes_check(&r, NULL), INSPYR_OK);
        assert_int_equal(sizes_choose(&size, &r, &official, 100, 50, NULL), INSPYR_OK);
        assert_int_equal(size.width, sizes[i][0]);
        assert_int_equal(size.height, sizes[i][1]);
    }
}

static void options_that_contradict_each_other_or_are_out_of_range_are_refused(void **state)
{
    static const struct {
        size_request r;
        inspyr_status status;
        const char *word;
    } cases[] = {
        { { 0, 0, 0, INSPYR_RESIZE_STATIC, 1280 }, INSPYR_ERR_ARGUMENT, "INSPYR_RESIZE_DYNAMIC" },
        { { 0, 64, 0, INSPYR_RESIZE_DYNAMIC, 0 }, INSPYR_ERR_ARGUMENT, "INSPYR_RESIZE_STATIC" },
        { { 0, 0, 64, INSPYR_RESIZE_DYNAMIC, 0 }, INSPYR_ERR_ARGUMENT, "INSPYR_RESIZE_STATIC" },
        { { 0, 0, 0, INSPYR_RESIZE_DYNAMIC, 31 }, INSPYR_ERR_ARGUMENT, "31" },
        { { 0, 0, 0, INSPYR_RESIZE_DYNAMIC, -1 }, INSPYR_ERR_ARGUMENT, "-1" },
        { { 0, 31, 64, INSPYR_RESIZE_STATIC, 0 }, INSPYR_ERR_ARGUMENT, "width of 31: 32 to 4096" },
        { { 0, 64, 16, INSPYR_RESIZE_STATIC, 0 }, INSPYR_ERR_ARGUMENT, "height of 16: 32 to 4096" },
        { { 0, 4128, 0, INSPYR_RESIZE_STATIC, 0 }, INSPYR_ERR_ARGUMENT, "width of 4128: 32 to 4096" },
        { { 0, 0, 4097, INSPYR_RESIZE_STATIC, 0 }, INSPYR_ERR_ARGUMENT, "height of 4097: 32 to 4096" },
        { { 0, 0, -32, INSPYR_RESIZE_STATIC, 0 }, INSPYR_ERR_ARGUMENT, "height of -32" },
        { { INSPYR_COMPAT, 4128, 0, INSPYR_RESIZE_STATIC, 0 }, INSPYR_ERR_ARGUMENT, "32 to 4096" },
        { { 0, 0, 0, (inspyr_resize)2, 0 }, INSPYR_ERR_UNSUPPORTED, "resize 2" },
        { { INSPYR_COMPAT_ARRAY, 0, 0, INSPYR_RESIZE_STATIC, 0 }, INSPYR_ERR_ARGUMENT, "INSPYR_COMPAT only" },
        { { INSPYR_COMPAT | INSPYR_COMPAT_ARRAY, 0, 0, INSPYR_RESIZE_DYNAMIC, 0 },
          INSPYR_ERR_UNSUPPORTED,
          "dynamic" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        inspyr_error error;

        assert_int_equal(sizes_check(&cases[i].r, &error), cases[i].status);
        assert_non_null(strstr(error.message, cases[i].word));
        assert_null(strchr(error.message, '\n'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compat_sizes_are_the_packages),
        cmocka_unit_test(a_compat_side_of_nothing_is_refused),
        cmocka_unit_test(sizes_of_usual_photographs_are_the_same_in_both_flavours),
        cmocka_unit_test(a_panorama_shrinks_on_both_sides),
        cmocka_unit_test(every_size_is_one_that_the_network_takes),
        cmocka_unit_test(a_network_that_blends_takes_two_sizes_or_its_own),
        cmocka_unit_test(sizes_are_alike_whatever_lies_between_their_members),
        cmocka_unit_test(static_sides_from_32_to_4096_are_possible_and_none_is_the_base_size),
        cmocka_unit_test(options_that_contradict_each_other_or_are_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

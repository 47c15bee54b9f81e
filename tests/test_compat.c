#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "matte/compat.h"
#include "support/canvas.h"
#include "support/files.h"
#include "support/fixture.h"
#include "support/products.h"
#include "support/scarce.h"

typedef struct variant {
    const char *suffix;
    uint64_t flags;
    float threshold;
} variant;

static const variant variants[] = {
    { "", 0, 0 },
    { "_threshold", INSPYR_CUTOUT_THRESHOLD, 0.5f },
    { "_reverse", INSPYR_CUTOUT_REVERSE, 0 },
    { "_both", INSPYR_CUTOUT_REVERSE | INSPYR_CUTOUT_THRESHOLD, 0.3f },
};

static matte_logits with_extremes(const float *numbers, const int32_t shape[4])
{
    matte_logits logits = { numbers, shape[2], shape[1], numbers[0], numbers[0] };

    for (int32_t i = 0; i < shape[1] * shape[2]; i++) {
        logits.minimum = fminf(logits.minimum, numbers[i]);
        logits.maximum = fmaxf(logits.maximum, numbers[i]);
    }
    return logits;
}

/* The share of samples that differ, each by one level; fails for larger differences. The package writes a map
 * as three equal channels. */
static double difference(const inspyr_view *got, const char *path)
{
    inspyr_image *image = file_decode(path, got->format, 0);
    size_t row = (size_t)got->width * format_bytes(got->format);
    int32_t differ = 0;
    inspyr_view want;

    inspyr_image_view(image, &want);
    assert_true(want.width == got->width && want.height == got->height);
    for (int32_t y = 0; y < got->height; y++)
        for (size_t i = 0; i < row; i++) {
            int far = view_row(got, y)[i] - view_row(&want, y)[i];

            if (far < -1 || far > 1)
                fail_msg("%s: row %d, byte %zu: %d, not %d", path, (int)y, i, view_row(got, y)[i],
                         view_row(&want, y)[i]);
            differ += far != 0;
        }
    inspyr_image_free(image);
    return (double)differ / ((double)row * got->height);
}

static void render(const inspyr_view *dst, const inspyr_view *picture, const matte_logits *logits,
                   const matte_look *look, inspyr_pool *pool)
{
    inspyr_allocator allocator = fixture_allocator();
    compat_map map;

    assert_int_equal(
        compat_map_create(&map, logits, picture->width, picture->height, look, pool, &allocator, NULL),
        INSPYR_OK);
    assert_int_equal(compat_render(dst, picture, &map, pool, &allocator, NULL), INSPYR_OK);
    compat_map_free(&map, &allocator);
}

/* Every product, from its recorded logits. allowed: the share of samples that may be off by one level. */
static void compare_all(const char *logits_name, const char *picture, const char *background,
                        const char *prefix, const char *(*path_of)(const char *), int variant_count,
                        double allowed)
{
    inspyr_image *image = file_decode(path_of(picture), INSPYR_RGB8, 0);
    inspyr_image *ground = file_decode(path_of(background), INSPYR_RGB8, 0);
    inspyr_view u, behind;
    int32_t shape[4];
    float *numbers;
    matte_logits logits;
    fixture f;

    assert_true(fixture_open(&f, TEST_DATA "/matte/compat.safetensors"));
    numbers = fixture_numbers(&f, shape, "%s", logits_name);
    assert_non_null(numbers);
    logits = with_extremes(numbers, shape);
    inspyr_image_view(image, &u);
    inspyr_image_view(ground, &behind);
    for (size_t k = 0; k < sizeof products / sizeof *products; k++)
        for (int i = 0; i < variant_count; i++) {
            matte_look look = {
                products[k].output, variants[i].flags, products[k].colour, variants[i].threshold, 0, &behind
            };
            canvas dst = canvas_make(u.width, u.height, matte_format(look.output), i & 1);
            char name[96];
            double share;

            snprintf(name, sizeof name, "%s%s%s.png", prefix, products[k].name, variants[i].suffix);
            render(&dst.view, &u, &logits, &look, NULL);
            share = difference(&dst.view, path_of(name));
            if (share > allowed)
                fail_msg("%s: %.5f of the samples differ", name, share);
            canvas_free(&dst);
        }
    free(numbers);
    fixture_close(&f);
    inspyr_image_free(ground);
    inspyr_image_free(image);
}

/* A number that lies between two levels may fall on the other side: one bit of an exponential is enough. */
static void every_product_is_the_packages(void **state)
{
    (void)state;
    compare_all("small/logits", "matte/compat_input.png", "matte/compat_background.png", "matte/compat_",
                data_path, 4, 0.001);
}

/* The logits are of another machine than the products, whose sums were added up in another order. */
static void every_shared_product_is_the_packages(void **state)
{
    (void)state;
    need_shared("parity/products");
    compare_all("products/static/logits", "parity/products/input.png", "parity/products/background.png",
                "parity/products/static_", shared_path, 3, 0.002);
    compare_all("products/dynamic/logits", "parity/products/input.png", "parity/products/background.png",
                "parity/products/dynamic_", shared_path, 3, 0.002);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_product_is_the_packages),
        cmocka_unit_test(every_shared_product_is_the_packages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/files.h"
#include "support/pictures.h"

/* 16-bit grey, as stored: libpng itself, because the library's decoder rounds to 8 bit. */
static uint16_t *read_grey16(const char *path, int32_t *width, int32_t *height)
{
    FILE *file = fopen(path, "rb");
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_bytepp rows;
    uint16_t *samples;

    assert_non_null(file);
    png_init_io(png, file);
    png_read_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    assert_int_equal(png_get_bit_depth(png, info), 16);
    assert_int_equal(png_get_color_type(png, info), PNG_COLOR_TYPE_GRAY);
    *width = (int32_t)png_get_image_width(png, info);
    *height = (int32_t)png_get_image_height(png, info);
    rows = png_get_rows(png, info);
    samples = malloc((size_t)*width * (size_t)*height * sizeof *samples);
    assert_non_null(samples);
    for (int32_t y = 0; y < *height; y++)
        for (int32_t x = 0; x < *width; x++)
            samples[y * *width + x] = (uint16_t)(rows[y][2 * x] << 8 | rows[y][2 * x + 1]);
    png_destroy_read_struct(&png, &info, NULL);
    fclose(file);
    return samples;
}

static inspyr_image *decoded(const char *path)
{
    size_t size;
    void *bytes = file_read(&size, path);
    inspyr_image *image;
    inspyr_error error;

    if (inspyr_image_decode(&image, bytes, size, NULL, &error))
        fail_msg("%s", error.message);
    free(bytes);
    return image;
}

/* SPEC.md section 6: "Agreement to 1e-3 of full scale is to be expected." The map was made by another program.
 */
static void the_matte_of_a_cat_agrees_with_the_recorded_one(void **state)
{
    inspyr_model *m = loaded(NULL, NULL, NULL);
    inspyr_image *cat = decoded(TEST_MODELS "/vectors/chelsea.png");
    int32_t width, height;
    uint16_t *want = read_grey16(TEST_MODELS "/vectors/chelsea_map16.png", &width, &height);
    inspyr_view picture, alpha;
    uint16_t *got = malloc((size_t)width * (size_t)height * sizeof *got);
    int worst = 0;

    (void)state;
    inspyr_image_view(cat, &picture);
    assert_int_equal(picture.width, width);
    assert_int_equal(picture.height, height);
    alpha = (inspyr_view){ got, (int64_t)width * 2, width, height, INSPYR_GREY16, 0 };
    assert_int_equal(inspyr_matte(m, &picture, &alpha, 1, NULL, NULL), INSPYR_OK);
    for (int32_t i = 0; i < width * height; i++) {
        int difference = abs((int)got[i] - (int)want[i]);

        worst = difference > worst ? difference : worst;
    }
    print_message("largest difference: %d of 65535\n", worst);
    assert_true(worst <= 65);
    free(got);
    free(want);
    inspyr_image_free(cat);
    inspyr_model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matte_of_a_cat_agrees_with_the_recorded_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

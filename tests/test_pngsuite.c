#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <png.h>

#include "image/image.h"
#include "support/files.h"
#include "support/png_memory.h"

/* Of every kind, without gamma: libpng expands, and rounds 16 bits to 8. */
static void compare_with_libpng(void *user, const char *path, const char *name)
{
    inspyr_image *image = file_decode(path, INSPYR_RGBA8, 0);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    memory_file file;
    void *bytes = file_read(&file.left, path);
    size_t channels;

    (void)user;
    file.at = bytes;
    png_set_read_fn(png, &file, read_memory);
    png_read_png(png, info, PNG_TRANSFORM_EXPAND | PNG_TRANSFORM_GRAY_TO_RGB | PNG_TRANSFORM_SCALE_16, NULL);
    channels = png_get_channels(png, info);
    assert_int_equal(png_get_bit_depth(png, info), 8);
    assert_int_equal(png_get_image_width(png, info), image->view.width);
    assert_int_equal(png_get_image_height(png, info), image->view.height);
    for (int32_t y = 0; y < image->view.height; y++)
        for (size_t x = 0; x < (size_t)image->view.width; x++)
            for (size_t c = 0; c < 4; c++) {
                int want = c < channels ? png_get_rows(png, info)[y][x * channels + c] : 255;

                if (view_row(&image->view, y)[4 * x + c] != want)
                    fail_msg("%s: pixel %zu, %d", name, x, (int)y);
            }
    png_destroy_read_struct(&png, &info, NULL);
    inspyr_image_free(image);
    free(bytes);
}

static void every_file_of_the_suite_has_libpngs_pixels(void **state)
{
    static const struct {
        const char *folder;
        int files;
    } parts[] = { { "primary", 77 }, { "16bit", 23 }, { "unused", 60 } };

    (void)state;
    need_shared("data/decode/pngsuite");
    for (int i = 0; i < 3; i++) {
        char folder[64];

        snprintf(folder, sizeof folder, "data/decode/pngsuite/%s", parts[i].folder);
        assert_int_equal(folder_visit(shared_path(folder), compare_with_libpng, NULL), parts[i].files);
    }
}

static void refuse(void *user, const char *path, const char *name)
{
    inspyr_status status = file_try(path, NULL);

    (void)user;
    if (status != INSPYR_ERR_IMAGE && status != INSPYR_ERR_IMAGE_FORMAT)
        fail_msg("%s: status %d", name, (int)status);
}

static void every_damaged_file_of_the_suite_is_refused(void **state)
{
    (void)state;
    need_shared("data/decode/pngsuite");
    assert_int_equal(folder_visit(shared_path("data/decode/pngsuite/corrupt"), refuse, NULL), 14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_of_the_suite_has_libpngs_pixels),
        cmocka_unit_test(every_damaged_file_of_the_suite_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

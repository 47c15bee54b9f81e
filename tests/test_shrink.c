#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "image/image.h"
#include "image/row_target.h"
#include "support/canvas.h"
#include "support/files.h"

/* What of pixel `i` of `inputs` falls into pixel `k` of `outputs`, in pixels of the input. */
static double share(int i, int inputs, int k, int outputs)
{
    double begin = (double)k * inputs / outputs, end = (double)(k + 1) * inputs / outputs;
    double from = begin > i ? begin : i, to = end < i + 1 ? end : i + 1;

    return to > from ? to - from : 0;
}

/* The mean of an area as one writes it down: colours count as far as they are seen. */
static double mean(const inspyr_view *src, int x, int y, int width, int height, int c)
{
    int bytes = (int)format_bytes(src->format);
    double sum = 0, weight = 0;

    for (int j = 0; j < src->height; j++)
        for (int i = 0; i < src->width; i++) {
            const unsigned char *p = view_row(src, j) + i * bytes;
            double area = share(i, src->width, x, width) * share(j, src->height, y, height);
            double counts = bytes == 4 && c < 3 ? area * p[3] : area;

            sum += counts * p[c];
            weight += counts;
        }
    return weight > 0 ? sum / weight : 0;
}

static void pixels_are_means_of_the_areas_that_they_cover(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_RGB8, INSPYR_GREY8 };
    static const int sizes[][4] = { { 13, 9, 5, 4 }, { 16, 8, 4, 2 }, { 7, 7, 7, 3 }, { 9, 5, 8, 5 },
                                    { 1, 12, 1, 5 }, { 31, 3, 1, 1 }, { 6, 6, 5, 5 } };
    inspyr_allocator allocator;
    chance random = { 7 };

    (void)state;
    memory_import(&allocator, NULL, NULL);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int f = 0; f < 3; f++) {
            canvas src = canvas_make(sizes[s][0], sizes[s][1], formats[f], 0);
            canvas dst = canvas_make(sizes[s][2], sizes[s][3], formats[f], s & 1);
            int bytes = (int)format_bytes(formats[f]);
            row_target t;

            canvas_fill(&src, &random);
            memset(view_row(&src.view, 0), 0, (size_t)bytes); /* a pixel that is not to be seen */
            assert_true(row_target_begin(&t, &dst.view, src.view.width, src.view.height, &allocator));
            for (int y = 0; y < src.view.height; y++) {
                memcpy(row_target_place(&t), view_row(&src.view, y), (size_t)(src.view.width * bytes));
                row_target_take(&t);
            }
            row_target_end(&t);
            for (int y = 0; y < dst.view.height; y++)
                for (int x = 0; x < dst.view.width * bytes; x++) {
                    double want = mean(&src.view, x / bytes, y, dst.view.width, dst.view.height, x % bytes);

                    if (view_row(&dst.view, y)[x] < want - 0.500001 ||
                        view_row(&dst.view, y)[x] > want + 0.500001)
                        fail_msg("size %zu, format %d, row %d, byte %d: %d, not %g", s, f, y, x,
                                 view_row(&dst.view, y)[x], want);
                }
            canvas_free(&src);
            canvas_free(&dst);
        }
}

static inspyr_image *decode_to(const char *path, uint64_t pixels, uint64_t flags, inspyr_decode_report *report)
{
    inspyr_decode_options options;
    inspyr_image *image;
    inspyr_error error;
    size_t size;
    void *bytes = file_read(&size, path);

    inspyr_decode_options_init(&options);
    inspyr_decode_report_init(report);
    options.max_pixels = pixels;
    options.flags = INSPYR_DECODE_SHRINK | flags;
    options.report = report;
    if (inspyr_image_decode(&image, bytes, size, &options, &error))
        fail_msg("%s: %s", path, error.message);
    free(bytes);
    return image;
}

/* Mean difference from the area means of the picture at full size. */
static double away_from_means(const inspyr_image *small, const char *path)
{
    inspyr_image *full = file_decode(path, small->view.format, 0);
    int bytes = (int)format_bytes(small->view.format);
    double sum = 0;

    for (int y = 0; y < small->view.height; y++)
        for (int x = 0; x < small->view.width * bytes; x++) {
            double want = mean(&full->view, x / bytes, y, small->view.width, small->view.height, x % bytes);
            double off = view_row(&small->view, y)[x] - want;

            sum += off < 0 ? -off : off;
        }
    inspyr_image_free(full);
    return sum / (small->view.height * small->view.width * bytes);
}

static void every_kind_of_file_that_can_be_is_shrunk_to_the_size_that_the_refusal_names(void **state)
{
    static const struct {
        const char *name;
        double close; /* levels: rounded means, a transform to fewer pixels, libwebp's scaling */
    } files[] = {
        { "detail.png", 0.5 }, { "cutout.png", 0.5 }, { "420.jpg", 3.5 },
        { "444.jpg", 3.5 },    { "grey.jpg", 3.5 },   { "progressive.jpg", 3.5 },
        { "cmyk.jpg", 3.5 },   { "lossy.webp", 1.5 }, { "p6.ppm", 0.5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (int k = 0; k < 3; k++) {
            static const uint64_t pixels[] = { 1500, 400, 30 };
            char path[256];
            inspyr_decode_options refusing;
            inspyr_decode_report report;
            inspyr_error error;
            inspyr_image *image, *none;
            char fits[64];
            size_t size;
            void *bytes;

            snprintf(path, sizeof path, "%s/%s", data_path("image"), files[i].name);
            bytes = file_read(&size, path);
            inspyr_decode_options_init(&refusing);
            refusing.max_pixels = pixels[k];
            image = decode_to(path, pixels[k], 0, &report);
            if (report.shrunk) {
                assert_int_equal(inspyr_image_decode(&none, bytes, size, &refusing, &error), INSPYR_ERR_LIMIT);
                snprintf(fits, sizeof fits, ": %d x %d would fit", (int)image->view.width,
                         (int)image->view.height);
                assert_non_null(strstr(error.message, fits));
                if (away_from_means(image, path) > files[i].close)
                    fail_msg("%s at %d pixels: %g levels away", files[i].name, (int)pixels[k],
                             away_from_means(image, path));
            }
            assert_true((uint64_t)image->view.width * (uint64_t)image->view.height <= pixels[k]);
            free(bytes);
            inspyr_image_free(image);
        }
}

static void what_fits_is_left_alone(void **state)
{
    inspyr_decode_report report;
    inspyr_image *image = decode_to(data_path("image/420.jpg"), 97 * 61, 0, &report);
    inspyr_image *whole = file_decode(data_path("image/420.jpg"), 0, 0);

    (void)state;
    assert_int_equal(report.shrunk, 0);
    for (int32_t y = 0; y < 61; y++)
        assert_memory_equal(view_row(&image->view, y), view_row(&whole->view, y), 97 * 3);
    inspyr_image_free(image);
    inspyr_image_free(whole);
}

static void a_picture_is_shrunk_before_it_is_turned(void **state)
{
    inspyr_decode_report report;
    inspyr_image *image;

    (void)state;
    image = decode_to(data_path("image/turned6.png"), 200, 0, &report); /* 31 x 19 stored */
    assert_int_equal(report.orientation, 6);
    assert_int_equal(report.stored_width, 31);
    assert_int_equal(report.stored_height, 19);
    assert_int_equal(report.shrunk, 1);
    assert_true(image->view.width < image->view.height);
    assert_true(image->view.width * image->view.height <= 200);
    inspyr_image_free(image);
}

static inspyr_status refuse(const char *bytes, size_t size, uint64_t flags, int32_t side, inspyr_error *error)
{
    inspyr_decode_options options;
    inspyr_image *image;
    inspyr_status status;

    inspyr_decode_options_init(&options);
    options.max_pixels = 100;
    options.max_side = side;
    options.flags = flags;
    status = inspyr_image_decode(&image, bytes, size, &options, error);
    inspyr_image_free(image);
    return status;
}

static void what_cannot_be_shrunk_says_why(void **state)
{
    static const char *names[] = { "image/pngsuite/primary/basi2c08.png", "image/lossless.webp",
                                   "image/alpha.webp" };
    inspyr_error error;

    (void)state;
    for (int i = 0; i < 3; i++) {
        size_t size;
        char *bytes = file_read(&size, data_path(names[i]));

        assert_int_equal(refuse(bytes, size, INSPYR_DECODE_SHRINK, 0, &error), INSPYR_ERR_LIMIT);
        assert_non_null(strstr(error.message, "cannot be shrunk while it is read"));
        free(bytes);
    }
    assert_int_equal(refuse("P5 20001 20000 255\n", 19, INSPYR_DECODE_SHRINK, 0, &error), INSPYR_ERR_LIMIT);
    assert_non_null(strstr(error.message, "too large to be shrunk"));
    assert_int_equal(refuse("P5 20000 20000 255\n", 19, INSPYR_DECODE_SHRINK, 0, &error), INSPYR_ERR_IMAGE);
    assert_int_equal(refuse("P5 524289 1 255\n", 16, INSPYR_DECODE_SHRINK, 0, &error), INSPYR_ERR_LIMIT);
}

static void sides_are_held_too(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(refuse("P5 12 8 255\n", 12, 0, 6, &error), INSPYR_ERR_LIMIT);
    assert_string_equal(error.message, "12 x 8 pixels; the limit is 6 a side: 6 x 4 would fit");
    assert_int_equal(refuse("P5 1000 1 255\n", 14, 0, 0, &error), INSPYR_ERR_LIMIT);
    assert_string_equal(error.message, "1000 x 1 are 0.001 megapixels; the limit is 0.0001: 100 x 1 would fit");
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    static const char *names[] = { "image/detail.png", "image/cmyk.jpg", "image/lossy.webp", "image/p6.ppm" };

    (void)state;
    for (int i = 0; i < 4; i++) {
        inspyr_decode_options options;
        size_t size;
        void *bytes = file_read(&size, data_path(names[i]));

        inspyr_decode_options_init(&options);
        options.max_pixels = 20;
        options.flags = INSPYR_DECODE_SHRINK;
        starve_decoder(bytes, size, &options);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_are_means_of_the_areas_that_they_cover),
        cmocka_unit_test(every_kind_of_file_that_can_be_is_shrunk_to_the_size_that_the_refusal_names),
        cmocka_unit_test(what_fits_is_left_alone),
        cmocka_unit_test(a_picture_is_shrunk_before_it_is_turned),
        cmocka_unit_test(what_cannot_be_shrunk_says_why),
        cmocka_unit_test(sides_are_held_too),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "support/canvas.h"
#include "support/scarce.h"

static void planes_of_any_stride_become_pixels(void **state)
{
    chance random = { 3 };

    (void)state;
    for (size_t n = 3; n <= 4; n++) {
        canvas planes[4];
        inspyr_view views[4];
        inspyr_image *image;

        for (size_t c = 0; c < n; c++) {
            planes[c] = canvas_make(37, 11, INSPYR_GREY8, c & 1);
            canvas_fill(&planes[c], &random);
            views[c] = planes[c].view;
        }
        assert_int_equal(inspyr_image_merge(&image, views, n, NULL, NULL), INSPYR_OK);
        assert_int_equal(image->view.format, n == 4 ? INSPYR_RGBA8 : INSPYR_RGB8);
        for (int32_t y = 0; y < 11; y++)
            for (int32_t x = 0; x < 37; x++)
                for (size_t c = 0; c < n; c++)
                    assert_int_equal(view_row(&image->view, y)[(size_t)x * n + c], view_row(&views[c], y)[x]);
        inspyr_image_free(image);
        for (size_t c = 0; c < n; c++)
            canvas_free(&planes[c]);
    }
}

static void what_is_no_picture_is_refused(void **state)
{
    unsigned char bytes[8] = { 0 };
    inspyr_view planes[3] = { { bytes, 2, 2, 2, INSPYR_GREY8, 0 },
                              { bytes, 2, 2, 2, INSPYR_GREY8, 0 },
                              { bytes, 2, 2, 2, INSPYR_GREY8, 0 } };
    inspyr_image *image = (inspyr_image *)&planes;

    (void)state;
    assert_int_equal(inspyr_image_merge(NULL, planes, 3, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_image_merge(&image, NULL, 3, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_null(image);
    assert_int_equal(inspyr_image_merge(&image, planes, 2, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_image_merge(&image, planes, 5, NULL, NULL), INSPYR_ERR_ARGUMENT);
    planes[2].height = 1;
    assert_int_equal(inspyr_image_merge(&image, planes, 3, NULL, NULL), INSPYR_ERR_ARGUMENT);
    planes[2].height = 2;
    planes[1].format = INSPYR_RGB8;
    assert_int_equal(inspyr_image_merge(&image, planes, 3, NULL, NULL), INSPYR_ERR_ARGUMENT);
}

static void every_failed_allocation_is_reported_and_leaves_nothing(void **state)
{
    unsigned char bytes[8] = { 0 };
    inspyr_view plane = { bytes, 2, 2, 2, INSPYR_GREY8, 0 }, planes[3] = { plane, plane, plane };

    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_image *image;
        inspyr_status status = inspyr_image_merge(&image, planes, 3, &allocator, NULL);

        inspyr_image_free(image);
        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
        assert_null(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planes_of_any_stride_become_pixels),
        cmocka_unit_test(what_is_no_picture_is_refused),
        cmocka_unit_test(every_failed_allocation_is_reported_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

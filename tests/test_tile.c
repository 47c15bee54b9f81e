#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/image.h"
#include "matte/matte.h"
#include "matte/tile.h"
#include "support/canvas.h"
#include "support/fixture.h"

static void a_level_is_the_mean_of_two_by_two_pixels_of_the_one_below(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGB8, INSPYR_BGRA8, INSPYR_GREY8 };
    inspyr_allocator allocator = fixture_allocator();
    chance random = { 21 };

    (void)state;
    for (int32_t k = 0; k < 30; k++) {
        int32_t w = chance_between(&random, 1, 90), h = chance_between(&random, 1, 90);
        canvas picture = canvas_make(w, h, formats[k % 3], k & 1), alpha = canvas_make(w, h, INSPYR_GREY8, 0);
        pyramid_room room = { NULL, 0 };
        pyramid p;

        canvas_fill(&picture, &random);
        canvas_fill(&alpha, &random);
        assert_int_equal(pyramid_create(&p, &picture.view, &alpha.view, &room, NULL, &allocator, NULL),
                         INSPYR_OK);
        for (int32_t i = 1; i < p.count; i++)
            for (int32_t y = 0; y < p.levels[i].height; y++)
                for (int32_t x = 0; x < p.levels[i].width; x++) {
                    const pyramid_level *below = &p.levels[i - 1];
                    int32_t x1 = 2 * x + 1 < below->width ? 2 * x + 1 : 2 * x;
                    int32_t y1 = 2 * y + 1 < below->height ? 2 * y + 1 : 2 * y;
                    const sample_plane *from = k & 2 ? &below->colour[k % 3] : &below->alpha;
                    const sample_plane *to = k & 2 ? &p.levels[i].colour[k % 3] : &p.levels[i].alpha;
                    const unsigned char *a = plane_row(from, 2 * y), *b = plane_row(from, y1);
                    int32_t sum =
                        a[2 * x * from->step] + a[x1 * from->step] + b[2 * x * from->step] + b[x1 * from->step];

                    assert_int_equal(plane_row(to, y)[x], (sum + 2) / 4);
                }
        assert_true(p.levels[p.count - 1].width == 1 && p.levels[p.count - 1].height == 1);
        pyramid_free(&p, &allocator);
        canvas_free(&alpha);
        canvas_free(&picture);
    }
}

static void start_values_on_a_slope_stay_on_it_at_twice_the_size(void **state)
{
    uint16_t planes[6 * 100 * 80];
    colour_field start = { planes, 100, 80 };
    pyramid_level level = { 200, 160, { { NULL, 0, 0 } }, { NULL, 0, 0 } };
    tile *t = malloc(sizeof *t);

    (void)state;
    assert_non_null(t);
    for (int32_t y = 0; y < 80; y++)
        for (int32_t x = 0; x < 100; x++)
            *(field_row(&start, 2, y) + x) = (uint16_t)(x * 512 + y * 128);
    t->x = TILE_WIDTH;
    t->y = TILE_HEIGHT;
    t->columns = TILE_WIDTH;
    t->rows = TILE_HEIGHT;
    tile_load_start(t, t->f[0], &level, &start, 2);
    for (int32_t r = 0; r < TILE_ROWS; r++)
        for (int32_t i = 0; i < TILE_WIDTH + 2 * TILE_ROUNDS; i++) {
            double x = (t->x + i - TILE_ROUNDS + 0.5) / 2 - 0.5, y = (t->y + r - TILE_ROUNDS + 0.5) / 2 - 0.5;

            assert_true(fabs(t->f[0][r][i] - (x * 2 + y * 0.5)) < 1e-3);
        }
    free(t);
}

/* Wide areas of one alpha are not solved, but still corrected. */
static void an_almost_opaque_pixel_loses_its_trace_of_background(void **state)
{
    canvas picture = canvas_make(400, 200, INSPYR_RGB8, 0), alpha = canvas_make(400, 200, INSPYR_GREY8, 0);
    canvas dst = canvas_make(400, 200, INSPYR_RGBA8, 0);
    inspyr_allocator allocator = fixture_allocator();

    (void)state;
    for (int32_t a = 252; a < 255; a++) {
        for (int32_t y = 0; y < 200; y++)
            for (int32_t x = 0; x < 400; x++) {
                int32_t here = x < 100 ? 0 : a;

                view_row(&alpha.view, y)[x] = (unsigned char)here;
                memset(view_row(&picture.view, y) + x * 3, (250 * here + 10 * (255 - here) + 127) / 255, 3);
            }
        assert_int_equal(matte_foreground(&dst.view, 0, &picture.view, &alpha.view, NULL, &allocator, NULL),
                         INSPYR_OK);
        for (int32_t x = 200; x < 390; x++)
            for (int32_t c = 0; c < 3; c++)
                assert_in_range(view_row(&dst.view, 100)[x * 4 + c], 249, 251);
    }
    canvas_free(&dst);
    canvas_free(&alpha);
    canvas_free(&picture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_is_the_mean_of_two_by_two_pixels_of_the_one_below),
        cmocka_unit_test(start_values_on_a_slope_stay_on_it_at_twice_the_size),
        cmocka_unit_test(an_almost_opaque_pixel_loses_its_trace_of_background),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

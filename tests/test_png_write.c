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
#include "support/scarce.h"

#define ODD 67

static uint32_t chance = 1;

static unsigned draw(unsigned below)
{
    chance = chance * 1664525u + 1013904223u;
    return (chance >> 16) % below;
}

/* Noise, flat parts and gradients in turn, so that both filters and every kind of block are used; hidden
 * colours too. Rows stand apart. */
static inspyr_view picture(unsigned char *memory, int32_t width, int32_t height, inspyr_format format, int kind)
{
    size_t step = format_bytes(format);
    inspyr_view v = { memory, (int64_t)((size_t)width * step + 6), width, height, format, 0 };

    for (int32_t y = 0; y < height; y++)
        for (size_t i = 0; i < (size_t)width * step; i++)
            view_row(&v, y)[i] = (unsigned char)(kind == 0   ? draw(256)
                                                 : kind == 1 ? (i / step / 9 + (size_t)y / 5) % 3 * 127
                                                             : i / step + 2 * (size_t)y + draw(3));
    return v;
}

static inspyr_bytes encode(const inspyr_view *view, int32_t compression, inspyr_pool *pool)
{
    inspyr_encode_options o;
    inspyr_bytes bytes;
    inspyr_error error;

    inspyr_encode_options_init(&o);
    o.compression = compression;
    o.pool = pool;
    if (inspyr_image_encode(&bytes, view, &o, &error))
        fail_msg("%s", error.message);
    return bytes;
}

static int colour_type_of(inspyr_format format)
{
    if (format == INSPYR_GREY8 || format == INSPYR_GREY16)
        return PNG_COLOR_TYPE_GRAY;
    return format_bytes(format) == 4 ? PNG_COLOR_TYPE_RGBA : PNG_COLOR_TYPE_RGB;
}

static void refuse_all(png_structp png, png_const_charp text)
{
    (void)png;
    fail_msg("libpng: %s", text);
}

/* libpng, warnings being failures, reads the very bytes of the view, and finds nothing behind the picture. */
static void check_with_libpng(const inspyr_bytes *bytes, const inspyr_view *view)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, refuse_all, refuse_all);
    png_infop info = png_create_info_struct(png);
    memory_file file = { bytes->data, bytes->size };
    int transforms = PNG_TRANSFORM_IDENTITY;

    if (view->format == INSPYR_BGR8 || view->format == INSPYR_BGRA8)
        transforms |= PNG_TRANSFORM_BGR;
    if (view->format == INSPYR_GREY16 && *(const unsigned char *)&(uint16_t){ 1 })
        transforms |= PNG_TRANSFORM_SWAP_ENDIAN;
    png_set_read_fn(png, &file, read_memory);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_png(png, info, transforms, NULL);
    assert_int_equal(png_get_color_type(png, info), colour_type_of(view->format));
    assert_int_equal(png_get_image_width(png, info), view->width);
    assert_int_equal(png_get_image_height(png, info), view->height);
    for (int32_t y = 0; y < view->height; y++)
        assert_memory_equal(png_get_rows(png, info)[y], view_row(view, y),
                            (size_t)view->width * format_bytes(view->format));
    assert_int_equal(file.left, 0);
    png_destroy_read_struct(&png, &info, NULL);
}

static void check_with_our_decoder(const inspyr_bytes *bytes, const inspyr_view *view)
{
    inspyr_decode_options o;
    inspyr_image *image;
    inspyr_error error;

    inspyr_decode_options_init(&o);
    o.format = view->format;
    if (inspyr_image_decode(&image, bytes->data, bytes->size, &o, &error))
        fail_msg("%s", error.message);
    for (int32_t y = 0; y < view->height; y++)
        assert_memory_equal(view_row(&image->view, y), view_row(view, y),
                            (size_t)view->width * format_bytes(view->format));
    inspyr_image_free(image);
}

static void every_format_and_odd_size_survives(void **state)
{
    static const inspyr_format formats[] = { INSPYR_RGBA8, INSPYR_BGRA8, INSPYR_RGB8,
                                             INSPYR_BGR8,  INSPYR_GREY8, INSPYR_GREY16 };
    static _Alignas(2) unsigned char memory[(ODD * 4 + 6) * ODD];

    (void)state;
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++)
        for (int32_t width = 1; width <= ODD; width += 2)
            for (int32_t height = 1; height <= ODD; height += 22) {
                inspyr_view v = picture(memory, width, height, formats[f], (width / 2 + height) % 3);
                inspyr_bytes bytes = encode(&v, width % 10, NULL);

                check_with_libpng(&bytes, &v);
                if (v.format == INSPYR_RGBA8 || v.format == INSPYR_RGB8 || v.format == INSPYR_GREY8)
                    check_with_our_decoder(&bytes, &v);
                inspyr_bytes_free(&bytes);
            }
}

/* Bands of about a megabyte each; noise makes stored blocks, the others make blocks of both kinds of codes. */
static void bands_are_one_stream_and_the_same_for_any_pool(void **state)
{
    const int32_t width = 701, height = 1201;
    unsigned char *memory = malloc((size_t)(width * 4 + 6) * (size_t)height);

    (void)state;
    assert_non_null(memory);
    for (int kind = 0; kind < 3; kind++)
        for (int32_t compression = 0; compression <= 9; compression += 3) {
            inspyr_view v = picture(memory, width, height, INSPYR_RGBA8, kind);
            inspyr_bytes alone = encode(&v, compression, NULL);

            check_with_libpng(&alone, &v);
            check_with_our_decoder(&alone, &v);
            for (int32_t threads = 2; threads <= 3; threads++) {
                inspyr_pool *pool;
                inspyr_bytes shared;

                assert_int_equal(inspyr_pool_open(&pool, threads, NULL, NULL), INSPYR_OK);
                shared = encode(&v, compression, pool);
                assert_int_equal(shared.size, alone.size);
                assert_memory_equal(shared.data, alone.data, alone.size);
                inspyr_bytes_free(&shared);
                inspyr_pool_free(pool);
            }
            inspyr_bytes_free(&alone);
        }
    free(memory);
}

static void a_row_longer_than_a_band_survives(void **state)
{
    const int32_t width = 400001;
    unsigned char *memory = malloc(((size_t)width * 4 + 6) * 3);
    inspyr_view v;
    inspyr_bytes bytes;

    (void)state;
    assert_non_null(memory);
    v = picture(memory, width, 3, INSPYR_RGBA8, 2);
    bytes = encode(&v, 0, NULL);
    check_with_libpng(&bytes, &v);
    inspyr_bytes_free(&bytes);
    free(memory);
}

static void a_row_that_no_chunk_holds_is_refused(void **state)
{
    unsigned char nothing[4] = { 0 };
    inspyr_view v = { nothing, (int64_t)4 << 28, 1 << 28, 1, INSPYR_RGBA8, 0 };
    inspyr_bytes bytes;

    (void)state;
    v.width++;
    v.stride += 4;
    assert_int_equal(inspyr_image_encode(&bytes, &v, NULL, NULL), INSPYR_ERR_ENCODE);
    assert_null(bytes.data);
}

/* The pool's threads allocate too. */
static void every_failed_allocation_of_a_pool_is_reported_and_leaves_nothing(void **state)
{
    const int32_t width = 500, height = 1100;
    unsigned char *memory = malloc((size_t)(width * 4 + 6) * (size_t)height);
    inspyr_view v;
    inspyr_status status = INSPYR_ERR_MEMORY;
    inspyr_pool *pool;

    (void)state;
    assert_non_null(memory);
    v = picture(memory, width, height, INSPYR_RGBA8, 1);
    assert_int_equal(inspyr_pool_open(&pool, 3, NULL, NULL), INSPYR_OK);
    for (int nth = 0; status; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_encode_options o;
        inspyr_bytes bytes;

        inspyr_encode_options_init(&o);
        o.allocator = &allocator;
        o.pool = pool;
        status = inspyr_image_encode(&bytes, &v, &o, NULL);
        assert_true(status == (s.asked <= nth ? INSPYR_OK : INSPYR_ERR_MEMORY));
        inspyr_bytes_free(&bytes);
        assert_int_equal(s.balance, 0);
    }
    inspyr_pool_free(pool);
    free(memory);
}

static void an_older_caller_has_no_pool(void **state)
{
    unsigned char pixel[4] = { 1, 2, 3, 0 };
    inspyr_view v = { pixel, 4, 1, 1, INSPYR_RGBA8, 0 };
    inspyr_encode_options o;
    inspyr_bytes bytes;

    (void)state;
    inspyr_encode_options_init(&o);
    o.struct_size = offsetof(inspyr_encode_options, pool);
    o.pool = (inspyr_pool *)pixel;
    assert_int_equal(inspyr_image_encode(&bytes, &v, &o, NULL), INSPYR_OK);
    check_with_libpng(&bytes, &v);
    inspyr_bytes_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_and_odd_size_survives),
        cmocka_unit_test(bands_are_one_stream_and_the_same_for_any_pool),
        cmocka_unit_test(a_row_longer_than_a_band_survives),
        cmocka_unit_test(a_row_that_no_chunk_holds_is_refused),
        cmocka_unit_test(every_failed_allocation_of_a_pool_is_reported_and_leaves_nothing),
        cmocka_unit_test(an_older_caller_has_no_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libdeflate.h>

#include "image/png_deflate.h"
#include "image/png_seam.h"

#define SIZE 300000

static unsigned char raw[SIZE], packed[SIZE + 70000], back[SIZE];
static bool starved;

/* The linker puts this in front of libdeflate's (--wrap). */
struct libdeflate_compressor *__real_libdeflate_alloc_compressor(int level);
struct libdeflate_compressor *__wrap_libdeflate_alloc_compressor(int level);

struct libdeflate_compressor *__wrap_libdeflate_alloc_compressor(int level)
{
    return starved ? NULL : __real_libdeflate_alloc_compressor(level);
}

static size_t compress(size_t size, int level)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(level);
    size_t written;

    assert_non_null(c);
    written = libdeflate_deflate_compress(c, raw, size, packed, sizeof packed);
    libdeflate_free_compressor(c);
    assert_true(written > 0);
    return written;
}

static void fill(uint32_t seed, unsigned values)
{
    for (size_t i = 0; i < SIZE; i++) {
        seed = seed * 1664525u + 1013904223u;
        raw[i] = (unsigned char)((seed >> 16) % values);
    }
}

static void an_opened_stream_and_an_empty_last_block_say_the_same(void **state)
{
    static const unsigned char last_block[] = { 0x03, 0x00 };
    static const unsigned values[] = { 1, 2, 5, 200, 256 };
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

    (void)state;
    for (size_t v = 0; v < 5; v++)
        for (int level = 0; level <= 9; level++)
            for (size_t size = 1; size <= SIZE; size = size * 3 + (size_t)level) {
                png_seam seam;
                size_t written, used, got;

                fill((uint32_t)size, values[v]);
                written = compress(size, level);
                assert_true(png_seam_find(&seam, packed, written));
                written = png_seam_open(&seam, packed);
                memcpy(packed + written, last_block, sizeof last_block);
                written += sizeof last_block;
                assert_int_equal(libdeflate_deflate_decompress_ex(d, packed, written, back, SIZE, &used, &got),
                                 LIBDEFLATE_SUCCESS);
                assert_int_equal(used, written);
                assert_int_equal(got, size);
                assert_memory_equal(back, raw, size);
            }
    libdeflate_free_decompressor(d);
}

static void what_is_no_whole_stream_is_refused(void **state)
{
    png_seam seam;
    size_t written;

    (void)state;
    fill(1, 100);
    written = compress(5000, 6);
    for (size_t cut = 0; cut < written; cut++) {
        unsigned char *exact = malloc(cut + 1);

        assert_non_null(exact);
        memcpy(exact, packed, cut);
        assert_false(png_seam_find(&seam, exact, cut));
        free(exact);
    }
    packed[written] = 0;
    assert_false(png_seam_find(&seam, packed, written + 1));
    for (uint32_t seed = 0; seed < 2000; seed++) { /* whatever it says, it reads nothing else */
        fill(seed, 256);
        (void)png_seam_find(&seam, raw, 1 + seed % 300);
    }
}

static void a_compressor_that_does_not_start_is_out_of_memory(void **state)
{
    png_deflater d = { .compression = 0 };
    size_t written;

    (void)state;
    starved = true;
    assert_int_equal(png_deflate(&written, &d, packed, raw, 100, true, true), INSPYR_ERR_MEMORY);
    starved = false;
    assert_int_equal(png_deflate(&written, &d, packed, raw, 100, true, true), INSPYR_OK);
    png_deflate_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opened_stream_and_an_empty_last_block_say_the_same),
        cmocka_unit_test(what_is_no_whole_stream_is_refused),
        cmocka_unit_test(a_compressor_that_does_not_start_is_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

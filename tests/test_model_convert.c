/* inspyr_convert(): what goes in comes out again, and what cannot is refused before a byte is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "inspyr_experimental.h"
#include "net/weights.h"
#include "support/byte_sink.h"
#include "support/files.h"
#include "support/scarce.h"

static void save(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static weights *open_bytes(const void *bytes, size_t size)
{
    inspyr_allocator allocator;
    weights *w;

    assert_int_equal(memory_import(&allocator, NULL, NULL), INSPYR_OK);
    assert_int_equal(weights_open(&w, bytes, size, &allocator, NULL), INSPYR_OK);
    return w;
}

/* The tiny network, with one text of its header replaced by another of the same length. */
static void save_edited(const char *path, const char *from, const char *to)
{
    size_t size, at = 0, length = strlen(from);
    unsigned char *bytes = file_read(&size, data_path("net/tiny.safetensors"));

    assert_int_equal(strlen(to), length);
    while (memcmp(bytes + at, from, length) != 0)
        assert_true(++at + length <= size);
    memcpy(bytes + at, to, length);
    save(path, bytes, size);
    free(bytes);
}

static char *temporary(void)
{
    static char path[] = "/tmp/inspyr-convert-XXXXXX";
    int file;

    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    return path;
}

static void every_tensor_and_every_text_comes_out_as_it_went_in(void **state)
{
    size_t size;
    unsigned char *source = file_read(&size, data_path("net/tiny.safetensors"));
    weights *before = open_bytes(source, size), *after;
    const char *key, *text;
    sink out = { 0 };

    (void)state;
    assert_int_equal(inspyr_convert(data_path("net/tiny.safetensors"), NULL, sink_take, &out, NULL), INSPYR_OK);
    after = open_bytes(out.bytes, out.size);
    assert_int_equal(weights_count(after), weights_count(before));
    for (int32_t i = 0; i < weights_count(before); i++) {
        const weights_tensor *a = weights_at(before, i), *b = weights_at(after, i);

        assert_string_equal(a->name, b->name);
        assert_int_equal(a->type, b->type);
        assert_int_equal(a->dimensions, b->dimensions);
        assert_memory_equal(a->shape, b->shape, sizeof a->shape);
        assert_memory_equal(a->data, b->data, 2 * a->count);
    }
    for (int32_t i = 0; (text = weights_metadata_at(before, i, &key)) != NULL; i++)
        assert_string_equal(weights_metadata(after, key), text);
    weights_free(before);
    weights_free(after);
    free(source);
    free(out.bytes);
}

static void a_second_time_changes_no_byte(void **state)
{
    inspyr_convert_options options;
    sink once = { 0 }, twice = { 0 };
    char *path = temporary();

    (void)state;
    inspyr_convert_options_init(&options);
    options.source_sha256 = "first";
    assert_int_equal(inspyr_convert(data_path("net/tiny.safetensors"), &options, sink_take, &once, NULL),
                     INSPYR_OK);
    save(path, once.bytes, once.size);
    options.source_sha256 = "second"; /* the first one stays: it tells where the numbers came from */
    assert_int_equal(inspyr_convert(path, &options, sink_take, &twice, NULL), INSPYR_OK);
    assert_int_equal(once.size, twice.size);
    assert_memory_equal(once.bytes, twice.bytes, once.size);
    unlink(path);
    free(once.bytes);
    free(twice.bytes);
}

static void the_options_replace_what_the_file_says(void **state)
{
    inspyr_convert_options options;
    inspyr_load_options load;
    inspyr_model *m;
    inspyr_info info;
    sink out = { 0 };
    weights *w;

    (void)state;
    inspyr_convert_options_init(&options);
    options.base_width = 96;
    options.base_height = 64;
    options.blend_size = 512;
    options.name = "a \"name\"\\";
    options.version = "7";
    options.licence = "none";
    assert_int_equal(inspyr_convert(data_path("net/tiny.safetensors"), &options, sink_take, &out, NULL),
                     INSPYR_OK);
    assert_int_equal((out.bytes[0] | out.bytes[1] << 8) % 8, 0);
    w = open_bytes(out.bytes, out.size);
    assert_non_null(strstr(weights_metadata(w, "architecture"), "\"base_size\":[64,96],\"blend\":512}"));
    weights_free(w);
    inspyr_load_options_init(&load);
    inspyr_info_init(&info);
    load.bytes = out.bytes;
    load.bytes_size = out.size;
    assert_int_equal(inspyr_model_load(&m, NULL, &load, NULL), INSPYR_OK);
    assert_int_equal(inspyr_model_info(m, &info, NULL), INSPYR_OK);
    assert_string_equal(info.name, options.name);
    assert_string_equal(info.version, "7");
    assert_string_equal(info.licence, "none");
    assert_int_equal(info.base_width, 96);
    assert_int_equal(info.base_height, 64);
    inspyr_model_free(m);
    free(out.bytes);
}

static void a_base_size_beside_the_architecture_stays_only_while_it_is_true(void **state)
{
    inspyr_convert_options options;
    char *path = temporary();

    (void)state;
    save_edited(path, "\"name\":\"tiny\",\"version\":\"1\"", "\"name\":\"a\",\"base_size\":\"32\"");
    inspyr_convert_options_init(&options);
    for (int changed = 0; changed <= 1; changed++) {
        sink out = { 0 };
        weights *w;

        options.base_width = options.base_height = changed ? 64 : 0;
        assert_int_equal(inspyr_convert(path, &options, sink_take, &out, NULL), INSPYR_OK);
        w = open_bytes(out.bytes, out.size);
        assert_int_equal(weights_metadata(w, "base_size") == NULL, changed);
        assert_string_equal(weights_metadata(w, "name"), "a");
        weights_free(w);
        free(out.bytes);
    }
    unlink(path);
}

/* The nearer of the two neighbours that have 8 significant bits; the even one if both are as near. */
static double nearest_even(double x)
{
    int exponent;
    double scaled, low;

    if (x == 0 || !isfinite(x))
        return x;
    frexp(x, &exponent);
    scaled = ldexp(x, 8 - exponent);
    low = floor(scaled);
    if (scaled - low > 0.5 || (scaled - low == 0.5 && fmod(low, 2) != 0))
        low += 1;
    return ldexp(low, exponent - 8);
}

static void numbers_are_rounded_to_the_nearest_even_one_of_sixteen_bits(void **state)
{
    inspyr_convert_options options;
    size_t size, rounded = 0;
    unsigned char *source = file_read(&size, data_path("net/tiny.safetensors"));
    weights *before, *after;
    char *path = temporary();
    sink out = { 0 };
    const weights_tensor *last;

    (void)state;
    memcpy(source + size - 6, "\x04\x3C\x0C\x3C\x01\x7C", 6); /* two ties, and a NaN whose bits are all low */
    save(path, source, size);
    inspyr_convert_options_init(&options);
    options.precision = INSPYR_PRECISION_BF16;
    assert_int_equal(inspyr_convert(path, &options, sink_take, &out, NULL), INSPYR_OK);
    before = open_bytes(source, size);
    after = open_bytes(out.bytes, out.size);
    for (int32_t i = 0; i < weights_count(before); i++) {
        const weights_tensor *a = weights_at(before, i), *b = weights_at(after, i);
        float *from = malloc(2 * a->count * sizeof *from), *to = from + a->count;

        assert_non_null(from);
        assert_int_equal(b->type, WEIGHTS_BF16);
        weights_widen(from, a);
        weights_widen(to, b);
        for (size_t k = 0; k < a->count; k++) {
            assert_true(isnan(from[k]) ? isnan(to[k]) : (double)to[k] == nearest_even((double)from[k]));
            rounded += to[k] != from[k] && !isnan(from[k]);
        }
        free(from);
    }
    assert_true(rounded > 100);
    last = weights_find(after, "decoder.conv5.conv.weight");
    assert_non_null(last);
    /* 1 + 4/1024 and 1 + 12/1024 lie between two: 1 and 1 + 16/1024 are the even ones */
    assert_memory_equal((const unsigned char *)last->data + 2 * last->count - 6, "\x80\x3F\x82\x3F", 4);
    weights_free(before);
    weights_free(after);
    unlink(path);
    free(source);
    free(out.bytes);
}

static void a_file_that_does_not_fit_is_refused_before_a_byte_is_written(void **state)
{
    char *path = temporary();
    inspyr_error error;
    sink out = { 0 };

    (void)state;
    save_edited(path, "decoder.conv5.conv.weight", "decoder.conv5.conv.height");
    assert_int_equal(inspyr_convert(path, NULL, sink_take, &out, &error), INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "decoder.conv5"));
    assert_int_equal(out.calls, 0);
    unlink(path);
}

static void wrong_options_are_refused_before_a_byte_is_written(void **state)
{
    const char *tiny = data_path("net/tiny.safetensors");
    inspyr_convert_options o;
    sink out = { 0 };

    (void)state;
    inspyr_convert_options_init(&o);
    o.precision = INSPYR_PRECISION_INT8;
    assert_int_equal(inspyr_convert(tiny, &o, sink_take, &out, NULL), INSPYR_ERR_UNSUPPORTED);
    inspyr_convert_options_init(&o);
    o.base_height = 64; /* alone it says nothing; a width alone is a square */
    assert_int_equal(inspyr_convert(tiny, &o, sink_take, &out, NULL), INSPYR_ERR_ARGUMENT);
    o.base_width = 64;
    o.base_height = 65; /* what fits depends on the network, as when it is loaded */
    assert_int_equal(inspyr_convert(tiny, &o, sink_take, &out, NULL), INSPYR_ERR_ARGUMENT);
    o.base_height = 8192;
    assert_int_equal(inspyr_convert(tiny, &o, sink_take, &out, NULL), INSPYR_ERR_ARGUMENT);
    inspyr_convert_options_init(&o);
    o.blend_size = -2;
    assert_int_equal(inspyr_convert(tiny, &o, sink_take, &out, NULL), INSPYR_ERR_ARGUMENT);
    o.blend_size = 4097; /* no such file could be loaded */
    assert_int_equal(inspyr_convert(tiny, &o, sink_take, &out, NULL), INSPYR_ERR_ARGUMENT);
    o.flags = 1;
    assert_int_equal(inspyr_convert(tiny, &o, sink_take, &out, NULL), INSPYR_ERR_UNSUPPORTED);
    assert_int_equal(inspyr_convert(NULL, NULL, sink_take, &out, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_convert(tiny, NULL, NULL, NULL, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_convert("/nowhere", NULL, sink_take, &out, NULL), INSPYR_ERR_FILE);
    assert_int_equal(out.calls, 0);
}

static void whoever_takes_the_bytes_can_end_it_at_each_of_them(void **state)
{
    inspyr_error error;
    int calls = 0;

    (void)state;
    for (int nth = 1;; nth += 1 + nth / 4) {
        sink out = { .fails_at = nth };
        inspyr_status status = inspyr_convert(data_path("net/tiny.safetensors"), NULL, sink_take, &out, &error);

        free(out.bytes);
        calls = out.calls;
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_CANCELLED);
        assert_int_equal(calls, nth);
    }
    assert_true(calls > 100);
}

static void no_allocation_that_fails_leaves_anything_behind(void **state)
{
    inspyr_convert_options options;

    (void)state;
    for (int nth = 0;; nth++) {
        scarce counts;
        inspyr_allocator allocator = scarce_allocator(&counts, nth);
        sink out = { 0 };
        inspyr_status status;

        inspyr_convert_options_init(&options);
        options.allocator = &allocator;
        options.precision = INSPYR_PRECISION_BF16;
        options.blend_size = 64;
        status = inspyr_convert(data_path("net/tiny.safetensors"), &options, sink_take, &out, NULL);
        free(out.bytes);
        assert_int_equal(counts.balance, 0);
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tensor_and_every_text_comes_out_as_it_went_in),
        cmocka_unit_test(a_second_time_changes_no_byte),
        cmocka_unit_test(the_options_replace_what_the_file_says),
        cmocka_unit_test(a_base_size_beside_the_architecture_stays_only_while_it_is_true),
        cmocka_unit_test(numbers_are_rounded_to_the_nearest_even_one_of_sixteen_bits),
        cmocka_unit_test(a_file_that_does_not_fit_is_refused_before_a_byte_is_written),
        cmocka_unit_test(wrong_options_are_refused_before_a_byte_is_written),
        cmocka_unit_test(whoever_takes_the_bytes_can_end_it_at_each_of_them),
        cmocka_unit_test(no_allocation_that_fails_leaves_anything_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

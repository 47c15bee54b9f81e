#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/weights.h"
#include "support/scarce.h"
#include "support/tensor_file.h"

#define T(name, type, shape, begin, end)                                                                       \
    "\"" name "\":{\"dtype\":\"" type "\",\"shape\":[" shape "],\"data_offsets\":[" #begin "," #end "]}"
#define A T("a", "F32", "1", 0, 4)
#define MANY 65537 /* one more than a file may hold */

static const char every_type[] =
    "{\"__metadata__\":{\"z\":\"last\",\"format\":\"p\\u0074\",\"note\":\"two\\nlines\"}," T(
        "z.weight", "F32", "2,1,1,3", 18, 42) "," T("\\u0061.half", "F16", "2,2", 10,
                                                    18) "," T("b.brain", "BF16", "1", 8,
                                                              10) ",\n " T("c.count", "I64", "", 0, 8) "}   ";

static void a_file_of_every_type_opens(void **state)
{
    static const char *const names[] = { "a.half", "b.brain", "c.count", "z.weight" };
    static const weights_type types[] = { WEIGHTS_F16, WEIGHTS_BF16, WEIGHTS_I64, WEIGHTS_F32 };
    static const size_t places[] = { 10, 8, 0, 18 }, counts[] = { 4, 1, 1, 6 };
    tensor_file file = tensor_file_text(every_type, 42);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    weights *w;

    (void)state;
    assert_int_equal(weights_open(&w, file.bytes, file.size, &allocator, NULL), INSPYR_OK);
    assert_int_equal(weights_count(w), 4);
    for (int i = 0; i < 4; i++) {
        const weights_tensor *t = weights_at(w, i);

        assert_string_equal(t->name, names[i]);
        assert_int_equal(t->type, types[i]);
        assert_int_equal(t->count, counts[i]);
        assert_ptr_equal(t->data, file.bytes + file.size - 42 + places[i]);
        assert_ptr_equal(weights_find(w, names[i]), t);
    }
    assert_int_equal(weights_find(w, "c.count")->dimensions, 0);
    assert_int_equal(weights_find(w, "z.weight")->dimensions, 4);
    assert_int_equal(weights_find(w, "z.weight")->shape[3], 3);
    assert_null(weights_find(w, "a"));
    assert_null(weights_find(w, "__metadata__"));
    assert_string_equal(weights_metadata(w, "format"), "pt");
    assert_string_equal(weights_metadata(w, "note"), "two\nlines");
    assert_string_equal(weights_metadata(w, "z"), "last");
    assert_null(weights_metadata(w, "y"));
    weights_free(w);
    weights_free(NULL);
    assert_int_equal(s.balance, 0);
    free(file.bytes);
}

static void a_file_without_tensors_opens(void **state)
{
    tensor_file file = tensor_file_text("{}", 0);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    weights *w;

    (void)state;
    assert_int_equal(weights_open(&w, file.bytes, file.size, &allocator, NULL), INSPYR_OK);
    assert_int_equal(weights_count(w), 0);
    assert_null(weights_find(w, ""));
    assert_null(weights_metadata(w, ""));
    weights_free(w);
    free(file.bytes);
}

static void refuse_file(const unsigned char *bytes, size_t size, const char *reason)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    unsigned char *exact = malloc(size ? size : 1);
    weights *w = (weights *)&s;
    inspyr_error error;

    assert_non_null(exact);
    if (size)
        memcpy(exact, bytes, size);
    if (weights_open(&w, exact, size, &allocator, &error) != INSPYR_ERR_WEIGHTS)
        fail_msg("not refused: %s", reason);
    if (!strstr(error.message, reason))
        fail_msg("\"%s\" instead of \"%s\"", error.message, reason);
    assert_true(strlen(error.message) > 10);
    assert_null(w);
    assert_int_equal(s.balance, 0);
    free(exact);
}

static void a_header_that_lies_is_refused(void **state)
{
    static const struct {
        const char *header;
        size_t data;
        const char *reason;
    } wrong[] = {
        { "", 0, "no JSON object" },
        { "   ", 0, "no JSON object" },
        { "[]", 0, "no JSON object" },
        { " {}", 0, "no JSON object" },
        { "{}\n", 0, "no JSON object" },
        { "{} {}", 0, "header: something behind the value at byte 3" },
        { "{" A "},{}", 4, "something behind" },
        { "{" A ",}", 4, "no key" },
        { "{}", 1, "1 bytes behind the last tensor" },
        { "{" A "}", 5, "1 bytes behind the last tensor" },
        { "{" A "}", 3, "a: ends at byte 4 of 3" },
        { "{" T("a", "F32", "1", 1, 5) "}", 5, "a: begins at byte 1, a gap behind byte 0" },
        { "{" A "," T("b", "F32", "1", 5, 9) "}", 9, "b: begins at byte 5, a gap behind byte 4" },
        { "{" A "," T("b", "F32", "1", 3, 7) "}", 7, "b: begins at byte 3, but another tensor ends at byte 4" },
        { "{" A "," T("b", "F32", "1", 0, 4) "}", 4, ": begins at byte 0, but another tensor ends at byte 4" },
        { "{" A "," T("b", "F32", "2", 0, 8) "}", 8, ": begins at byte 0, but another" },
        { "{" T("a", "F32", "1", 0, 8) "}", 8, "a: 8 bytes for 1 numbers of 4" },
        { "{" T("a", "F16", "3", 0, 5) "}", 5, "a: 5 bytes for 3 numbers of 2" },
        { "{" T("a", "F32", "1", 4, 0) "}", 4, "a: data_offsets" },
        { "{" T("a", "F32", "1", -4, 0) "}", 4, "a: data_offsets" },
        { "{" T("a", "F32", "1", 0, 4.0) "}", 4, "a: data_offsets" },
        { "{" T("a", "F32", "1", 18446744073709551612, 18446744073709551616) "}", 4, "a: data_offsets" },
        { "{" T("a", "F32", "1", 9223372036854775803, 9223372036854775807) "}", 4, "a: ends at byte" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "a: data_offsets" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}", 4, "a: data_offsets" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{\"x\":0,\"y\":4}}}", 4, "a: data_off" },
        { "{" T("a", "F32", "0", 0, 0) "}", 0, "a: a side that is no positive integer" },
        { "{" T("a", "F32", "1,-1", 0, 4) "}", 4, "a: a side" },
        { "{" T("a", "F32", "1.0", 0, 4) "}", 4, "a: a side" },
        { "{" T("a", "F32", "\\\"1\\\"", 0, 4) "}", 4, "no value" },
        { "{" T("a", "F32", "[1]", 0, 4) "}", 4, "a: a side" },
        { "{" T("a", "F32", "1,1,1,1,1", 0, 4) "}", 4, "a: more than 4 dimensions" },
        { "{" T("a", "F32", "4294967296,4294967296", 0, 0) "}", 0, "a: more numbers than" },
        { "{" T("a", "F32", "4294967296,2147483648,2,1", 0, 4) "}", 4, "a: more numbers than" },
        { "{" T("a", "F32", "4611686018427387905", 0, 4) "}", 4, "a: 4 bytes for 4611686018427387905" },
        { "{" T("a", "F32", "9223372036854775808", 0, 4) "}", 4, "a: a side" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4, "a: shape is no list" },
        { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "a: shape is no list" },
        { "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "a: dtype is missing" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "a: data_offsets" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, "a: fields besides" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"shape\":[1]}}", 4, "a: fields" },
        { "{\"a\":[0,4]}", 4, "a: no object" },
        { "{\"a\":null}", 4, "a: no object" },
        { "{" T("a", "F64", "1", 0, 8) "}", 8, "a: dtype F64 instead of F32" },
        { "{" T("a", "f32", "1", 0, 4) "}", 4, "a: dtype f32 instead of F32" },
        { "{" T("a", "F32 ", "1", 0, 4) "}", 4, "a: dtype F32  instead" },
        { "{" T("a", "\\u001b[2J", "1", 0, 4) "}", 4, "a: dtype is missing or unknown" },
        { "{" T("a", "a type of a long name", "1", 0, 4) "}", 4, "a: dtype is missing or unknown" },
        { "{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "a: dtype is missing" },
        { "{" A "," T("a", "F32", "1", 4, 8) "}", 8, "a: two tensors of this name" },
        { "{" A "," T("\\u0061", "F32", "1", 4, 8) "}", 8, "a: two tensors of this name" },
        { "{" T("", "F32", "1", 0, 4) "}", 4, "name is empty" },
        { "{" T("a\\u0000b", "F32", "1", 0, 4) "}", 4, "NUL" },
        { "{" T("a\\nb", "F32", "1", 0, 4) "}", 4, "not printable" },
        { "{" T("\\u007f", "F32", "1", 0, 4) "}", 4, "not printable" },
        { "{" T("\\u009b2J", "F32", "1", 0, 4) "}", 4, "not printable" },
        { "{" T("\xff", "F32", "1", 0, 4) "}", 4, "not UTF-8" },
        { "{" T("\\q", "F32", "1", 0, 4) "}", 4, "unknown escape" },
        { "{" T("\\ud800", "F32", "1", 0, 4) "}", 4, "surrogate" },
        { "{\"__metadata__\":1," A "}", 4, "__metadata__ is no object" },
        { "{\"__metadata__\":[]," A "}", 4, "__metadata__ is no object" },
        { "{\"__metadata__\":{\"k\":1}," A "}", 4, "__metadata__: entry 0 is no text" },
        { "{\"__metadata__\":{\"k\":{}}," A "}", 4, "__metadata__: entry 0 is no text" },
        { "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}," A "}", 4, "__metadata__: a key for the second" },
        { "{\"__metadata__\":{},\"__metadata__\":{}," A "}", 4, "__metadata__ for the second time" },
        { "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", 0,
          "too many levels" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tensor_file file = tensor_file_text(wrong[i].header, wrong[i].data);

        refuse_file(file.bytes, file.size, wrong[i].reason);
        free(file.bytes);
    }
}

static void a_length_that_lies_is_refused(void **state)
{
    static const struct {
        unsigned char length[8];
        const char *reason;
    } wrong[] = {
        { { 0 }, "no JSON object" },
        { { 1 }, "no JSON object" },
        { { 3 }, "a header of 3 bytes in a file of 10" },
        { { 255, 255, 255 }, "a header of 16777215 bytes in a file of 10" },
        { { 1, 0, 0, 1 }, "not a safetensors file: a header of 16777217 bytes" },
        { { 255, 255, 255, 255, 255, 255, 255, 255 }, "not a safetensors file, nor a checkpoint" },
        { { 0, 0, 0, 0, 0, 0, 0, 128 }, "not a safetensors file" },
        { { 'P', 'K', 1, 2, 0, 0, 8, 8 }, "not a safetensors file" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        tensor_file file = tensor_file_text("{}", 0);

        memcpy(file.bytes, wrong[i].length, 8);
        refuse_file(file.bytes, file.size, wrong[i].reason);
        free(file.bytes);
    }
}

static void what_is_often_given_in_place_of_weights_is_told_apart(void **state)
{
    static const struct {
        const char *begin, *reason;
        size_t size;
    } kinds[] = {
        { "\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.", "a checkpoint of torch older than 1.6",
          15 },
        { "\x80\x02}q\0X\1\0\0\0a", "a bare pickle", 11 },
        { "<!DOCTYPE html>", "a web page", 15 },
        { "<html><head>", "a web page", 12 },
        { "\xEF\xBB\xBF\r\n <?xml version", "a web page", 16 },
        { "version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS", 43 },
        { "<3 <3 <3 <3", "not a safetensors file", 11 },
        { "<h\0\0\0\0\0\0 ", "a header of 26684 bytes in a file of 9", 9 },
    };
    unsigned char tar[512] = "archive/data";

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        refuse_file((const unsigned char *)kinds[i].begin, kinds[i].size, kinds[i].reason);
    memcpy(tar + 257, "ustar", 5);
    refuse_file(tar, sizeof tar, "a checkpoint of torch older than 1.6");
}

static void a_checkpoint_is_read_or_not_in_this_build(void **state)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_error error;
    weights *w;

    (void)state;
#ifdef INSPYR_HAS_PTH
    assert_int_equal(weights_open(&w, "PK\3\4....", 8, &allocator, &error), INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "cut short"));
#else
    assert_int_equal(weights_open(&w, "PK\3\4....", 8, &allocator, &error), INSPYR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "not in this build"));
#endif
    assert_null(w);
}

static void a_digest_differs_with_each_byte(void **state)
{
    tensor_file file = tensor_file_text(every_type, 42);
    unsigned char first[WEIGHTS_DIGEST], again[WEIGHTS_DIGEST];
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);

    (void)state;
    for (size_t i = 0; i <= 42; i++) {
        weights *w;

        if (i)
            file.bytes[file.size - i] ^= 0x80;
        assert_int_equal(weights_open(&w, file.bytes, file.size, &allocator, NULL), INSPYR_OK);
        assert_string_equal(weights_container(w), "safetensors");
        assert_int_equal(weights_check_data(w, NULL, NULL), INSPYR_OK);
        weights_digest(w, i ? again : first);
        if (i) {
            assert_memory_not_equal(first, again, sizeof first);
            file.bytes[file.size - i] ^= 0x80;
        }
        weights_free(w);
    }
    free(file.bytes);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    tensor_file file = tensor_file_text(every_type, 42);

    (void)state;
    for (size_t size = 0; size < file.size; size++)
        refuse_file(file.bytes, size, "");
    free(file.bytes);
}

static void a_file_damaged_anywhere_does_no_harm(void **state)
{
    static const unsigned char damage[] = { 0, '"', '\\', '9', '[', ']', '{', '}', ',', ' ', '-', 0x80, 0xFF };
    tensor_file file = tensor_file_text(every_type, 42);
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);

    (void)state;
    for (size_t i = 0; i < file.size; i++)
        for (size_t k = 0; k < sizeof damage; k++) {
            unsigned char before = file.bytes[i];
            inspyr_error error;
            weights *w;

            file.bytes[i] = damage[k];
            if (weights_open(&w, file.bytes, file.size, &allocator, &error) == INSPYR_OK)
                for (int32_t t = 0; t < weights_count(w); t++) {
                    float numbers[64];

                    assert_in_range(weights_at(w, t)->count, 1, 42);
                    weights_widen(numbers, weights_at(w, t));
                }
            weights_free(w);
            file.bytes[i] = before;
        }
    assert_int_equal(s.balance, 0);
    free(file.bytes);
}

static void a_name_is_as_long_as_a_message_can_hold(void **state)
{
    char header[512], name[193];

    (void)state;
    for (int length = 191; length <= 192; length++) {
        tensor_file file;

        memset(name, 'n', sizeof name);
        name[length] = '\0';
        snprintf(header, sizeof header, "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                 name);
        file = tensor_file_text(header, length == 191 ? 5 : 4);
        refuse_file(file.bytes, file.size, length == 191 ? "1 bytes behind" : "too long");
        free(file.bytes);
    }
}

static void a_file_of_too_many_tensors_is_refused(void **state)
{
    char *header = malloc(8 * MANY + 3);
    size_t used = 0;
    tensor_file file;

    (void)state;
    assert_non_null(header);
    for (int i = 0; i < MANY; i++)
        used += (size_t)sprintf(header + used, "%c\"\":[]", i ? ',' : '{');
    strcpy(header + used, "}");
    file = tensor_file_text(header, 0);
    refuse_file(file.bytes, file.size, "65537 tensors are more than 65536");
    free(file.bytes);
    free(header);
}

static void each_allocation_may_fail(void **state)
{
    tensor_file file = tensor_file_text(every_type, 42);
    inspyr_status status = INSPYR_ERR_MEMORY;

    (void)state;
    for (int nth = 0; status; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_error error;
        weights *w;

        status = weights_open(&w, file.bytes, file.size, &allocator, &error);
        assert_int_equal(status, nth < s.asked ? INSPYR_ERR_MEMORY : INSPYR_OK);
        weights_free(w);
        assert_int_equal(s.balance, 0);
        assert_int_equal(s.misaligned, 0);
        assert_true(nth < 10);
    }
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_every_type_opens),
        cmocka_unit_test(a_file_without_tensors_opens),
        cmocka_unit_test(a_header_that_lies_is_refused),
        cmocka_unit_test(a_length_that_lies_is_refused),
        cmocka_unit_test(what_is_often_given_in_place_of_weights_is_told_apart),
        cmocka_unit_test(a_checkpoint_is_read_or_not_in_this_build),
        cmocka_unit_test(a_digest_differs_with_each_byte),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_file_damaged_anywhere_does_no_harm),
        cmocka_unit_test(a_name_is_as_long_as_a_message_can_hold),
        cmocka_unit_test(a_file_of_too_many_tensors_is_refused),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

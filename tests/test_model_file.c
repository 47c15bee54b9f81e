/* Weight files whose tensors and sizes contradict each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/files.h"

/* Loads the tiny network with one text of its header replaced by another, of the same length. */
static inspyr_status load_edited(const char *from, const char *to, inspyr_error *error)
{
    inspyr_load_options options;
    inspyr_model *m;
    inspyr_status status;
    size_t length = strlen(from), at = 0;
    unsigned char *bytes;

    inspyr_load_options_init(&options);
    options.bytes = bytes = file_read(&options.bytes_size, data_path("net/tiny.safetensors"));
    assert_int_equal(strlen(to), length);
    while (memcmp(bytes + at, from, length) != 0)
        assert_true(++at + length <= options.bytes_size);
    memcpy(bytes + at, to, length);
    status = inspyr_model_load(&m, NULL, &options, error);
    inspyr_model_free(m);
    free(bytes);
    return status;
}

static void a_first_block_of_other_channels_than_the_stem_is_a_damaged_file(void **state)
{
    inspyr_error error;

    (void)state;
    assert_int_equal(
        load_edited("backbone.blocks.0.depthwise.conv.weight\":{\"dtype\":\"F16\",\"shape\":[4,1,3,3]",
                    "backbone.blocks.0.depthwise.conv.weight\":{\"dtype\":\"F16\",\"shape\":[9,1,2,2]", &error),
        INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "backbone.blocks.0"));
    assert_int_equal(
        load_edited("backbone.blocks.0.depthwise.conv.weight\":{\"dtype\":\"F16\",\"shape\":[4,1,3,3]",
                    "backbone.blocks.0.depthwise.conv.weight\":{\"dtype\":\"F16\",\"shape\":[2,2,3,3]", &error),
        INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "stem"));
}

static void a_network_larger_than_any_memory_is_a_damaged_file(void **state)
{
    static const char from[] =
        "\\\"base_size\\\": [32, 32], \\\"logit_scale\\\": 0.25, \\\"depth_context\\\": [4, 4, 4, 4, 4]";
    static const char to[] =
        "\\\"base_size\\\":[4096,4096],\\\"logit_scale\\\": 0.25,\\\"depth_context\\\": [4096,4,4,4,4] ";
    inspyr_error error;

    (void)state;
    assert_int_equal(load_edited(from, to, &error), INSPYR_ERR_WEIGHTS);
    assert_int_equal(error.status, INSPYR_ERR_WEIGHTS);
    assert_int_equal(load_edited(from, to, NULL), INSPYR_ERR_WEIGHTS);
}

static void a_weight_that_is_no_number_is_refused_by_the_name_of_its_layer(void **state)
{
    static const unsigned char not_numbers[3][2] = { { 0, 0x7E },
                                                     { 0, 0x7C },
                                                     { 0, 0xFC } }; /* NaN, +-infinity */

    (void)state;
    for (int i = 0; i < 3; i++) {
        inspyr_load_options options;
        inspyr_model *m;
        unsigned char *bytes;
        inspyr_error error;

        inspyr_load_options_init(&options);
        options.bytes = bytes = file_read(&options.bytes_size, data_path("net/tiny.safetensors"));
        memcpy(bytes + options.bytes_size - 2, not_numbers[i], 2); /* the last weight, in 16 bits */
        assert_int_equal(inspyr_model_load(&m, NULL, &options, &error), INSPYR_ERR_WEIGHTS);
        assert_null(m);
        assert_string_equal(error.message, "decoder.conv5: weights that are not finite");
        free(bytes);
    }
}

static void weights_that_lead_to_no_number_are_an_error_and_no_empty_matte(void **state)
{
    inspyr_load_options options;
    inspyr_model *m;
    unsigned char *bytes, grey[4] = { 0 }, alpha[4];
    const inspyr_view picture = { grey, 2, 2, 2, INSPYR_GREY8, 0 }, plane = { alpha, 2, 2, 2, INSPYR_GREY8, 0 };
    uint64_t header = 0;
    inspyr_error error;

    (void)state;
    inspyr_load_options_init(&options);
    options.bytes = bytes = file_read(&options.bytes_size, data_path("net/tiny.safetensors"));
    for (int i = 7; i >= 0; i--)
        header = header << 8 | bytes[i];
    for (size_t at = 8 + (size_t)header; at + 1 < options.bytes_size; at += 2)
        memcpy(bytes + at, "\xFF\x7B", 2); /* 65504, the largest: sums of products overflow float32 */
    assert_int_equal(inspyr_model_load(&m, NULL, &options, NULL), INSPYR_OK);
    assert_int_equal(inspyr_matte(m, &picture, &plane, 1, NULL, &error), INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "not finite"));
    inspyr_model_free(m);
    free(bytes);
}

static void bytes_that_are_nowhere_are_not_the_built_in_model(void **state)
{
    inspyr_load_options options;
    inspyr_model *m;

    (void)state;
    inspyr_load_options_init(&options);
    options.bytes_size = 100;
    assert_int_equal(inspyr_model_load(&m, NULL, &options, NULL), INSPYR_ERR_ARGUMENT);
    assert_null(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_block_of_other_channels_than_the_stem_is_a_damaged_file),
        cmocka_unit_test(a_network_larger_than_any_memory_is_a_damaged_file),
        cmocka_unit_test(a_weight_that_is_no_number_is_refused_by_the_name_of_its_layer),
        cmocka_unit_test(weights_that_lead_to_no_number_are_an_error_and_no_empty_matte),
        cmocka_unit_test(bytes_that_are_nowhere_are_not_the_built_in_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

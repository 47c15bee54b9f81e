#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/weights.h"
#include "support/scarce.h"
#include "support/tensor_file.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MANY 300

/* Two stacked parts, the second doubled; a norm; two scalars, the second negated; no bias, and a part that
 * the first weights use, too, here at a quarter. */
static plan_weights units[] = {
    { .parts = { { .name = "p", .channels = 2, .scale = 1 }, { .name = "q", .channels = 1, .scale = 2 } },
      .count = 2,
      .out = 3,
      .in = 3,
      .kernel_h = 1,
      .kernel_w = 2,
      .bias = true },
    { .parts = { { .name = "n", .channels = 2, .scale = 2 } },
      .count = 1,
      .out = 2,
      .in = 1,
      .kernel_h = 1,
      .kernel_w = 1,
      .bias = true,
      .norm = true },
    { .parts = { { .name = "g", .channels = 1, .scale = 1 }, { .name = "h", .channels = 1, .scale = -1 } },
      .count = 2,
      .style = PLAN_STYLE_SCALARS,
      .out = 1 },
    { .parts = { { .name = "p", .channels = 2, .scale = 0.25f } },
      .count = 1,
      .out = 2,
      .in = 3,
      .kernel_h = 1,
      .kernel_w = 2 },
};

static const plan small_plan = { .weights = units, .weights_count = (int32_t)COUNT(units) };

static const float norm_weight[] = { 2, -1 }, norm_bias[] = { 0.5f, 1 }, norm_mean[] = { 3, -4 };
static const float norm_variance[] = { 0.25f, 1e-6f };

static const tensor_made fitting[] = {
    { "g", { 1 }, NULL },
    { "h", { 1 }, NULL },
    { "n.bn.bias", { 2 }, norm_bias },
    { "n.bn.running_mean", { 2 }, norm_mean },
    { "n.bn.running_var", { 2 }, norm_variance },
    { "n.bn.weight", { 2 }, norm_weight },
    { "n.conv.weight", { 2, 1, 1, 1 }, NULL },
    { "p.conv.bias", { 2 }, NULL },
    { "p.conv.weight", { 2, 3, 1, 2 }, NULL },
    { "q.conv.bias", { 1 }, NULL },
    { "q.conv.weight", { 1, 3, 1, 2 }, NULL },
};

static inspyr_status match(const tensor_file *file, const plan *p, inspyr_error *error)
{
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    inspyr_status status;
    weights *w;

    if (weights_open(&w, file->bytes, file->size, &allocator, error))
        fail_msg("%s", error->message);
    status = weights_match(w, p, error);
    weights_free(w);
    assert_int_equal(s.balance, 0);
    return status;
}

static void refuse(const tensor_made *tensors, size_t count, const char *message)
{
    tensor_file file = tensor_file_of(tensors, count);
    inspyr_error error;

    assert_int_equal(match(&file, &small_plan, &error), INSPYR_ERR_WEIGHTS);
    assert_string_equal(error.message, message);
    free(file.bytes);
}

static void a_file_that_fits_is_accepted(void **state)
{
    tensor_file file = tensor_file_of(fitting, COUNT(fitting));
    inspyr_error error;

    (void)state;
    if (match(&file, &small_plan, &error))
        fail_msg("%s", error.message);
    free(file.bytes);
}

static void each_missing_tensor_is_named_once(void **state)
{
    char message[256];

    (void)state;
    for (size_t without = 0; without < COUNT(fitting); without++) {
        tensor_made left[COUNT(fitting) - 1];

        for (size_t i = 0; i < COUNT(left); i++)
            left[i] = fitting[i + (i >= without)];
        snprintf(message, sizeof message, "1 missing: %s", fitting[without].name);
        refuse(left, COUNT(left), message);
    }
}

static void each_misshapen_tensor_is_named_with_both_shapes(void **state)
{
    tensor_made tensors[COUNT(fitting)];

    (void)state;
    memcpy(tensors, fitting, sizeof fitting);
    tensors[8] = (tensor_made){ "p.conv.weight", { 2, 3, 2, 1 }, NULL };
    refuse(tensors, COUNT(tensors), "1 misshapen: p.conv.weight [2,3,2,1] not [2,3,1,2]");
    tensors[8] = (tensor_made){ "p.conv.weight", { 2, 6 }, NULL };
    tensors[0] = (tensor_made){ "g", { 0 }, NULL };
    refuse(tensors, COUNT(tensors), "2 misshapen: p.conv.weight [2,6] not [2,3,1,2], g [] not [1]");
}

static void a_surplus_tensor_is_named(void **state)
{
    tensor_made tensors[COUNT(fitting) + 1];

    (void)state;
    memcpy(tensors, fitting, sizeof fitting);
    tensors[COUNT(fitting)] = (tensor_made){ "n.conv.bias", { 2 }, NULL };
    refuse(tensors, COUNT(tensors), "1 surplus: n.conv.bias");
    tensors[COUNT(fitting)] = (tensor_made){ "p.bn.num_batches_tracked", { 1 }, NULL };
    refuse(tensors, COUNT(tensors), "1 surplus: p.bn.num_batches_tracked");
}

static void all_faults_are_counted_and_the_first_named(void **state)
{
    static char names[MANY][20];
    static tensor_made tensors[MANY];
    tensor_file file;
    inspyr_error error;

    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "surplus%03d", i);
        tensors[i] = (tensor_made){ names[i], { 1 }, NULL };
    }
    tensors[0] = (tensor_made){ "n.bn.bias", { 3 }, NULL };
    tensors[1] = (tensor_made){ "n.conv.weight", { 3, 1, 1, 1 }, NULL };
    file = tensor_file_of(tensors, MANY);
    assert_int_equal(match(&file, &small_plan, &error), INSPYR_ERR_WEIGHTS);
    assert_string_equal(
        error.message,
        "9 missing: p.conv.weight, p.conv.bias, q.conv.weight, q.conv.bias, ...; "
        "2 misshapen: n.conv.weight [3,1,1,1] not [2,1,1,1], n.bn.bias [3] not [2]; "
        "298 surplus: surplus002, surplus003, surplus004, surplus005, surplus006, surplus007, ...");
    free(file.bytes);
}

static void the_longest_names_still_leave_a_message(void **state)
{
    char name[192];
    inspyr_error error;
    tensor_made surplus = { name, { 1 }, NULL };
    tensor_file file;

    (void)state;
    memset(name, 'n', sizeof name);
    name[191] = '\0';
    file = tensor_file_of(&surplus, 1);
    assert_int_equal(match(&file, &small_plan, &error), INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "11 missing: p.conv.weight, "));
    assert_non_null(strstr(error.message, "; 1 surplus: nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"));
    assert_string_equal(error.message + strlen(error.message) - 6, "n, ...");
    free(file.bytes);
}

static void counters_of_training_are_ignored_beside_norms_only(void **state)
{
    static const char header[] =
        "{\"n.bn.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
        "\"n.bn.bias\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[8,24]},"
        "\"p.bn.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]}}";
    tensor_file file = tensor_file_text(header, 32);
    inspyr_error error;

    (void)state;
    assert_int_equal(match(&file, &small_plan, &error), INSPYR_ERR_WEIGHTS);
    assert_non_null(strstr(error.message, "; 1 misshapen: n.bn.bias [2] of integers not [2]; "));
    assert_non_null(strstr(error.message, "; 1 surplus: p.bn.num_batches_tracked"));
    free(file.bytes);
}

static void without_memory_for_marks_nothing_matches(void **state)
{
    tensor_file file = tensor_file_of(fitting, COUNT(fitting));
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, 3); /* behind the three of opening */
    inspyr_error error;
    weights *w;

    (void)state;
    assert_int_equal(weights_open(&w, file.bytes, file.size, &allocator, &error), INSPYR_OK);
    assert_int_equal(weights_match(w, &small_plan, &error), INSPYR_ERR_MEMORY);
    weights_free(w);
    assert_int_equal(s.balance, 0);
    free(file.bytes);
}

static void units_are_stacked_folded_and_scaled(void **state)
{
    tensor_file file = tensor_file_of(fitting, COUNT(fitting));
    scarce s;
    inspyr_allocator allocator = scarce_allocator(&s, -1);
    float kernel[20], bias[5] = { 9, 9, 9, 9, 9 };
    inspyr_error error;
    weights *w;

    (void)state;
    assert_int_equal(weights_open(&w, file.bytes, file.size, &allocator, &error), INSPYR_OK);

    weights_unit(w, &small_plan, 0, kernel, bias);
    for (int i = 0; i < 12; i++)
        assert_true(kernel[i] == 0.5f * (float)(i + 1));
    for (int i = 0; i < 6; i++)
        assert_true(kernel[12 + i] == (float)(i + 1));
    assert_true(bias[0] == 0.5f && bias[1] == 1.0f && bias[2] == 1.0f && bias[3] == 9.0f);

    weights_unit(w, &small_plan, 1, kernel, bias);
    for (int c = 0; c < 2; c++) {
        double factor = norm_weight[c] / sqrt((double)norm_variance[c] + 1e-5);

        assert_true(kernel[c] == 2 * (float)(0.5 * (c + 1) * factor));
        assert_true(bias[c] == 2 * (float)(norm_bias[c] - norm_mean[c] * factor));
    }

    memset(kernel, 0, sizeof kernel);
    weights_unit(w, &small_plan, 2, kernel, NULL);
    assert_true(kernel[0] == 0.5f && kernel[1] == -0.5f && kernel[2] == 0.0f);

    weights_unit(w, &small_plan, 3, kernel, bias);
    for (int i = 0; i < 12; i++)
        assert_true(kernel[i] == 0.125f * (float)(i + 1));
    assert_true(bias[0] == 0.0f && bias[1] == 0.0f && bias[2] == 1.0f);
    weights_free(w);
    free(file.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_fits_is_accepted),
        cmocka_unit_test(each_missing_tensor_is_named_once),
        cmocka_unit_test(each_misshapen_tensor_is_named_with_both_shapes),
        cmocka_unit_test(a_surplus_tensor_is_named),
        cmocka_unit_test(all_faults_are_counted_and_the_first_named),
        cmocka_unit_test(the_longest_names_still_leave_a_message),
        cmocka_unit_test(counters_of_training_are_ignored_beside_norms_only),
        cmocka_unit_test(without_memory_for_marks_nothing_matches),
        cmocka_unit_test(units_are_stacked_folded_and_scaled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

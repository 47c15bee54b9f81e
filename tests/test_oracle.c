/* The oracle against data/net/operations.safetensors, which torch computed: data/make_net_fixtures.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/memory.h"
#include "oracle/oracle.h"
#include "support/fixture.h"
#include "support/parity.h"

/* Results are stored as float32, from sums in float64. */
#define BOUND 3e-7

static fixture recorded;

static plan *begin(void)
{
    inspyr_allocator allocator = fixture_allocator();
    plan *p;

    assert_int_equal(plan_create(&p, &allocator, NULL), INSPYR_OK);
    return p;
}

/* The recorded input `letter` of a case. */
static plan_id given(plan *p, const char *name, const char *letter)
{
    int32_t s[4];
    float *numbers = fixture_numbers(&recorded, s, "%s/%s", name, letter);

    assert_non_null(numbers);
    free(numbers);
    return plan_numbers(p, s[0], s[1], s[2], s[3], s[3] == 1 ? PLAN_LOGIT : PLAN_FEATURE, letter);
}

/* Runs the plan on the recorded inputs, compares its last value with the recorded result, and frees it. */
static void check(plan *p, const char *name)
{
    const float *inputs[4] = { NULL };
    int32_t count = 0, shape[4];
    inspyr_error error;
    parity_run run;
    plan_id last = p->value_count - 1;
    float *got, *want;

    if (plan_status(p, &error))
        fail_msg("%s: %s", name, error.message);
    for (int32_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].op == PLAN_OP_INPUT)
            inputs[count++] = fixture_numbers(&recorded, NULL, "%s/%s", name, p->values[p->nodes[i].out].name);
    parity_open(&run, &engine_oracle, p, recorded.tensors, NULL, 0);
    parity_submit(&run, NULL, inputs);
    got = parity_value(&run, last);
    want = fixture_numbers(&recorded, shape, "%s/y", name);
    assert_non_null(want);
    assert_memory_equal(
        shape, (&(int32_t[4]){ p->values[last].n, p->values[last].h, p->values[last].w, p->values[last].c }),
        sizeof shape);
    parity_agree(name, got, want, parity_count(p, last), BOUND);
    free(got);
    free(want);
    for (int32_t i = 0; i < count; i++)
        free((void *)(uintptr_t)inputs[i]);
    parity_close(&run);
    plan_free(p);
}

static void a_convolution_obeys_kernel_stride_dilation_and_groups(void **state)
{
    static const struct {
        const char *name;
        int32_t out;
        plan_conv_options options;
    } cases[] = {
        { "conv_point", 7, { 0 } },
        { "conv_3x3", 8, { .kernel_h = 3, .kernel_w = 3, .activation = PLAN_RELU6 } },
        { "conv_stride", 4, { .kernel_h = 3, .kernel_w = 3, .stride = 2, .activation = PLAN_RELU } },
        { "conv_dilated", 3, { .kernel_h = 3, .kernel_w = 3, .dilation = 7 } },
        { "conv_row", 4, { .kernel_w = 5 } },
        { "conv_column", 4, { .kernel_h = 7 } },
        { "conv_depthwise", 6, { .kernel_h = 3, .kernel_w = 3, .dilation = 2, .groups = 6 } },
        { "conv_depthwise_stride", 6, { .kernel_h = 3, .kernel_w = 3, .stride = 2, .groups = 6 } },
        { "conv_groups", 4, { .kernel_h = 3, .kernel_w = 3, .groups = 2 } },
        { "conv_no_bias", 1, { .kernel_h = 3, .kernel_w = 3, .no_bias = true } },
        { "conv_gelu", 7, { .activation = PLAN_GELU } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plan *p = begin();
        plan_input in = plan_whole(given(p, cases[i].name, "a"));
        plan_part part = plan_tensor(cases[i].out, "%s/w", cases[i].name);

        plan_conv(p, &in, 1, &part, 1, &cases[i].options);
        check(p, cases[i].name);
    }
}

static void a_convolution_joins_slices_and_samples_stacks_its_parts_and_adds_a_residual(void **state)
{
    const char *name = "conv_joined";
    plan *p = begin();
    plan_input in[3], residual;
    plan_part parts[2] = { plan_tensor(3, "conv_joined/w"), plan_tensor(4, "conv_joined/v") };

    (void)state;
    parts[1].scale = 0.5f;
    in[0] = plan_slice(given(p, name, "a"), 1, 3);
    in[1] = plan_sampled(given(p, name, "b"), PLAN_HALF_PIXEL);
    in[2] = plan_sampled(given(p, name, "c"), PLAN_CORNERS);
    residual = plan_slice(given(p, name, "r"), 2, 7);
    plan_conv(p, in, 3, parts, 2,
              &(plan_conv_options){
                  .kernel_h = 3, .kernel_w = 3, .stride = 2, .activation = PLAN_RELU, .residual = &residual });
    check(p, name);
}

static void sampling_is_bilinear_with_half_pixel_centres_or_with_aligned_corners(void **state)
{
    const plan_part copy = plan_tensor(2, "copy");

    (void)state;
    for (int k = 0; k < 14; k++) {
        plan *p = begin();
        char name[32];
        int32_t to[4];
        plan_input in;

        snprintf(name, sizeof name, "%s_%d", k < 7 ? "half_pixel" : "corners", k % 7);
        free(fixture_numbers(&recorded, to, "%s/y", name));
        in = plan_sampled(given(p, name, "a"), k < 7 ? PLAN_HALF_PIXEL : PLAN_CORNERS);
        plan_conv(p, &in, 1, &copy, 1, &(plan_conv_options){ .h = to[1], .w = to[2], .no_bias = true });
        check(p, name);
    }
}

static void softmax_is_over_channels_and_mean_over_positions(void **state)
{
    plan *p = begin();

    (void)state;
    plan_softmax(p, given(p, "softmax", "a"), 0.25f);
    check(p, "softmax");
    p = begin();
    plan_mean(p, given(p, "mean", "a"));
    check(p, "mean");
}

static void axial(const char *name, int32_t qk, uint32_t flags)
{
    plan *p = begin();
    const plan_part h = plan_tensor(1, "%s/gamma_h", name), w = plan_tensor(1, "%s/gamma_w", name);
    plan_id t = given(p, name, "a"), stacked = given(p, name, "b");

    plan_axial(p, plan_whole(t), plan_whole(stacked), qk, &h, &w, flags);
    check(p, name);
}

static void axial_attention_runs_along_columns_and_rows(void **state)
{
    (void)state;
    axial("axial", 2, 0);
    axial("axial_one_row", 1, 0);
    axial("axial_square", 3, 0);
}

static void axial_attention_in_raw_view_reads_memory_as_the_reference_does(void **state)
{
    (void)state;
    axial("axial_raw", 2, PLAN_RAW_VIEW);
    axial("axial_one_row_raw", 1, PLAN_RAW_VIEW);
    axial("axial_square_raw", 3, PLAN_RAW_VIEW);
}

static void maps_are_clipped_distances_of_the_resized_saliency_from_its_threshold(void **state)
{
    const plan_part three = plan_tensor(1, "maps_3/t");
    const plan_part five[2] = { plan_tensor(1, "maps_5/t"), plan_tensor(1, "maps_5/l") };
    plan *p = begin();
    plan_id saliency, detail;

    (void)state;
    plan_sica_maps(p, given(p, "maps_3", "a"), -1, &three, 8, 7);
    check(p, "maps_3");
    p = begin();
    saliency = given(p, "maps_5", "a");
    detail = given(p, "maps_5", "b");
    plan_sica_maps(p, saliency, detail, five, 8, 7);
    check(p, "maps_5");
}

static void a_context_is_the_sum_of_the_features_under_a_map(void **state)
{
    static const char *const names[2] = { "context", "context_mass" };

    (void)state;
    for (int k = 0; k < 2; k++) {
        plan *p = begin();
        plan_id maps = given(p, names[k], "a");
        plan_input in[2];

        in[0] = plan_whole(given(p, names[k], "b"));
        in[1] = plan_sampled(given(p, names[k], "c"), PLAN_HALF_PIXEL);
        plan_sica_context(p, plan_whole(maps), in, 2, 8, 7, k ? PLAN_MASS_PLUS_ONE : 0);
        check(p, names[k]);
    }
}

static void a_context_in_raw_view_reads_memory_as_the_reference_does(void **state)
{
    plan *p = begin();
    plan_id maps = given(p, "context_raw", "a");
    plan_input in[2];

    (void)state;
    in[0] = in[1] = plan_sampled(given(p, "context_raw", "b"), PLAN_HALF_PIXEL);
    plan_sica_context(p, plan_sampled(maps, PLAN_HALF_PIXEL), in, 2, 6, 5, PLAN_RAW_VIEW);
    check(p, "context_raw");
}

static void attention_to_a_few_vectors_weighs_their_values(void **state)
{
    plan *p = begin();
    plan_id query = given(p, "attend", "a"), keys = given(p, "attend", "b"), values = given(p, "attend", "c");

    (void)state;
    plan_sica_attend(p, query, plan_whole(keys), plan_whole(values), 0.5f);
    check(p, "attend");
}

static void expansion_mirrors_its_borders_on_the_doubled_grid(void **state)
{
    static const char *const names[3] = { "expand", "expand_least", "expand_odd" };

    (void)state;
    for (int k = 0; k < 3; k++) {
        plan *p = begin();
        plan_id coarse = given(p, names[k], "a"), residual = given(p, names[k], "b");

        plan_expand_add(p, coarse, residual, NULL);
        check(p, names[k]);
    }
}

static void a_picture_is_normalised_in_float_and_the_output_has_extremes_per_picture(void **state)
{
    static const unsigned char picture[2 * 2 * 3] = { 0, 128, 255, 1, 2, 3, 130, 126, 7, 90, 91, 92 };
    const float mean[3] = { 128, 127.5f, 10 }, scale[3] = { 1 / 128.f, 0.017f, -1 };
    plan *p = begin();
    plan_id input = plan_picture(p, 2, 1, 2, mean, scale);
    parity_run run;
    float *got;

    (void)state;
    plan_output(p, plan_numbers(p, 2, 1, 2, 1, PLAN_LOGIT, "logit"));
    assert_int_equal(plan_status(p, NULL), INSPYR_OK);
    parity_open(&run, &engine_oracle, p, recorded.tensors, NULL, 0);
    parity_submit(&run, picture, (const float *[]){ (const float[]){ -3, 5, 8, 7 } });
    got = parity_value(&run, input);
    for (int i = 0; i < 12; i++)
        assert_true(got[i] == ((float)picture[i] - mean[i % 3]) * scale[i % 3]);
    assert_memory_equal(run.logits, ((float[]){ -3, 5, 8, 7 }), 4 * sizeof(float));
    assert_memory_equal(run.extremes, ((float[]){ -3, 5, 7, 8 }), 4 * sizeof(float));
    free(got);
    parity_close(&run);
    plan_free(p);
}

static void norms_are_over_channels_and_merging_gathers_columns_after_rows(void **state)
{
    const plan_part n = plan_tensor(7, "norm/n");
    plan *p = begin();

    (void)state;
    plan_norm(p, plan_whole(given(p, "norm", "a")), &n, NULL);
    check(p, "norm");
    for (int odd = 0; odd < 2; odd++) {
        p = begin();
        plan_merge(p, given(p, odd ? "merge_odd" : "merge", "a"));
        check(p, odd ? "merge_odd" : "merge");
    }
}

static void windows_wrap_around_edges_that_they_do_not_see_across(void **state)
{
    static const struct {
        const char *name;
        int32_t channels, heads, side, shift;
    } cases[] = { { "window", 24, 2, 4, 0 },
                  { "window_moved", 18, 3, 3, 1 },
                  { "window_filled", 15, 1, 4, 2 },
                  { "window_larger", 18, 2, 4, 2 } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plan *p = begin();
        const plan_part part = plan_tensor(cases[i].channels, "%s/p", cases[i].name);

        plan_window(p, plan_whole(given(p, cases[i].name, "a")), &part, cases[i].heads, cases[i].side,
                    cases[i].shift);
        check(p, cases[i].name);
    }
}

static void pooling_takes_the_largest_or_one_of_two_means(void **state)
{
    static const struct {
        const char *name;
        int32_t kernel, pad, h, w;
        uint32_t flags;
    } cases[] = { { "pool_max", 3, 1, 4, 5, PLAN_POOL_MAX },
                  { "pool_counted", 3, 1, 4, 5, 0 },
                  { "pool_inside", 2, 0, 4, 5, PLAN_POOL_INSIDE } };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plan *p = begin();

        plan_pool(p, plan_whole(given(p, cases[i].name, "a")), cases[i].kernel, 2, cases[i].pad, cases[i].h,
                  cases[i].w, cases[i].flags);
        check(p, cases[i].name);
    }
}

static void sums_products_and_resizes_see_slices_and_sampled_values(void **state)
{
    plan *p = begin();
    plan_id a = given(p, "add", "a");
    plan_input in;

    (void)state;
    plan_add(p, plan_slice(a, 1, 3), plan_sampled(given(p, "add", "b"), PLAN_HALF_PIXEL));
    check(p, "add");
    p = begin();
    a = given(p, "multiply", "a");
    plan_multiply(p, plan_whole(a), plan_sampled(given(p, "multiply", "b"), PLAN_HALF_PIXEL));
    check(p, "multiply");
    p = begin();
    in = plan_slice(given(p, "resize", "a"), 1, 2);
    in.sampling = PLAN_CORNERS;
    plan_resize(p, in, 7, 5);
    check(p, "resize");
}

static void a_transition_is_where_the_sigmoid_varies_within_the_ellipse(void **state)
{
    static const int32_t sides[3] = { 5, 9, 17 };

    (void)state;
    for (int k = 0; k < 3; k++) {
        plan *p = begin();
        char name[32];

        snprintf(name, sizeof name, "transition_%d", (int)sides[k]);
        plan_transition(p, given(p, name, "a"), sides[k]);
        check(p, name);
    }
}

static int open_recorded(void **state)
{
    (void)state;
    return fixture_open(&recorded, TEST_DATA "/net/operations.safetensors") ? 0 : -1;
}

static int close_recorded(void **state)
{
    (void)state;
    fixture_close(&recorded);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_convolution_obeys_kernel_stride_dilation_and_groups),
        cmocka_unit_test(a_convolution_joins_slices_and_samples_stacks_its_parts_and_adds_a_residual),
        cmocka_unit_test(sampling_is_bilinear_with_half_pixel_centres_or_with_aligned_corners),
        cmocka_unit_test(softmax_is_over_channels_and_mean_over_positions),
        cmocka_unit_test(axial_attention_runs_along_columns_and_rows),
        cmocka_unit_test(axial_attention_in_raw_view_reads_memory_as_the_reference_does),
        cmocka_unit_test(maps_are_clipped_distances_of_the_resized_saliency_from_its_threshold),
        cmocka_unit_test(a_context_is_the_sum_of_the_features_under_a_map),
        cmocka_unit_test(a_context_in_raw_view_reads_memory_as_the_reference_does),
        cmocka_unit_test(attention_to_a_few_vectors_weighs_their_values),
        cmocka_unit_test(expansion_mirrors_its_borders_on_the_doubled_grid),
        cmocka_unit_test(norms_are_over_channels_and_merging_gathers_columns_after_rows),
        cmocka_unit_test(windows_wrap_around_edges_that_they_do_not_see_across),
        cmocka_unit_test(pooling_takes_the_largest_or_one_of_two_means),
        cmocka_unit_test(sums_products_and_resizes_see_slices_and_sampled_values),
        cmocka_unit_test(a_transition_is_where_the_sigmoid_varies_within_the_ellipse),
        cmocka_unit_test(a_picture_is_normalised_in_float_and_the_output_has_extremes_per_picture),
    };
    return cmocka_run_group_tests(tests, open_recorded, close_recorded);
}

#include "net/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/fixture.h"
#include "support/scarce.h"

static plan *begin(void)
{
    inspyr_allocator allocator = fixture_allocator();
    plan *p;

    assert_int_equal(plan_create(&p, &allocator, NULL), INSPYR_OK);
    return p;
}

static plan_id feature(plan *p, int32_t h, int32_t w, int32_t c)
{
    return plan_numbers(p, 2, h, w, c, PLAN_FEATURE, NULL);
}

static plan_id conv(plan *p, plan_id in, int32_t out, const plan_conv_options *options)
{
    plan_input input = plan_whole(in);
    plan_part part = plan_tensor(out, "unit");

    return plan_conv(p, &input, 1, &part, 1, options);
}

static void has_shape(const plan *p, plan_id id, int32_t h, int32_t w, int32_t c)
{
    assert_true(id >= 0);
    assert_int_equal(p->values[id].n, 2);
    assert_int_equal(p->values[id].h, h);
    assert_int_equal(p->values[id].w, w);
    assert_int_equal(p->values[id].c, c);
    assert_int_equal(p->nodes[p->values[id].node].out, id);
}

static void a_convolution_keeps_the_size_or_divides_it_by_its_stride(void **state)
{
    static const struct {
        int32_t h, w;
        plan_conv_options options;
        int32_t out_h, out_w;
    } cases[] = {
        { 7, 10, { 0 }, 7, 10 },
        { 7, 10, { .kernel_h = 3, .kernel_w = 3 }, 7, 10 },
        { 7, 10, { .kernel_h = 3, .kernel_w = 3, .dilation = 7 }, 7, 10 },
        { 1, 1, { .kernel_h = 3, .kernel_w = 3, .dilation = 7 }, 1, 1 },
        { 7, 10, { .kernel_w = 7 }, 7, 10 },
        { 7, 10, { .kernel_h = 5 }, 7, 10 },
        { 7, 10, { .kernel_h = 3, .kernel_w = 3, .stride = 2 }, 4, 5 },
        { 8, 1, { .kernel_h = 3, .kernel_w = 3, .stride = 2 }, 4, 1 },
        { 7, 10, { .kernel_h = 3, .kernel_w = 3, .stride = 2, .dilation = 2 }, 4, 5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plan *p = begin();

        has_shape(p, conv(p, feature(p, cases[i].h, cases[i].w, 3), 5, &cases[i].options), cases[i].out_h,
                  cases[i].out_w, 5);
        plan_free(p);
    }
}

static void inputs_are_joined_on_the_grid_that_is_asked_for(void **state)
{
    plan *p = begin();
    plan_input in[3];
    plan_part parts[2] = { plan_tensor(3, "a%d", 1), plan_tensor(4, "b") };
    const plan_weights *w;
    plan_id out;

    (void)state;
    in[0] = plan_sampled(feature(p, 4, 6, 5), PLAN_HALF_PIXEL);
    in[1] = plan_slice(feature(p, 8, 12, 9), 2, 3);
    in[2] = plan_sampled(feature(p, 8, 12, 2), PLAN_CORNERS);
    out = plan_conv(p, in, 3, parts, 2, &(plan_conv_options){ .h = 8, .w = 12 });
    has_shape(p, out, 8, 12, 7);
    w = &p->weights[p->nodes[p->values[out].node].weights];
    assert_int_equal(w->in, 5 + 3 + 2);
    assert_int_equal(w->out, 7);
    assert_string_equal(w->parts[0].name, "a1");
    assert_true(w->parts[0].scale == 1);
    assert_int_equal(p->nodes[p->values[out].node].in[0].sampling, PLAN_HALF_PIXEL);
    assert_int_equal(p->nodes[p->values[out].node].in[2].sampling, PLAN_AS_IS);
    plan_free(p);
}

static void every_operation_knows_its_shape(void **state)
{
    const plan_part scalars[2] = { plan_tensor(1, "first"), plan_tensor(1, "second") };
    plan *p = begin();
    plan_id x = feature(p, 6, 8, 5), logit = feature(p, 3, 4, 1), detail = feature(p, 6, 8, 1), maps, context;
    plan_input in;

    (void)state;
    has_shape(p, plan_mean(p, x), 1, 1, 5);
    has_shape(p, plan_softmax(p, x, 2), 6, 8, 5);
    has_shape(p,
              plan_axial(p, plan_whole(x), plan_whole(feature(p, 6, 8, 2 * (2 * 3 + 5))), 3, &scalars[0],
                         &scalars[1], 0),
              6, 8, 5);
    maps = plan_sica_maps(p, logit, -1, scalars, 6, 8);
    has_shape(p, maps, 6, 8, 3);
    maps = plan_sica_maps(p, logit, detail, scalars, 6, 8);
    has_shape(p, maps, 6, 8, 5);
    in = plan_whole(x);
    context = plan_sica_context(p, plan_whole(maps), &in, 1, 6, 8, 0);
    has_shape(p, context, 1, 5, 5);
    has_shape(p, plan_sica_attend(p, x, plan_whole(context), plan_slice(context, 0, 2), 1), 6, 8, 2);
    has_shape(p, plan_expand_add(p, logit, detail, "fine"), 6, 8, 1);
    assert_int_equal(plan_find(p, "fine"), p->value_count - 1);
    assert_int_equal(plan_find(p, "coarse"), -1);
    plan_output(p, logit);
    has_shape(p, p->value_count - 1, 1, 1, 2);
    assert_int_equal(plan_status(p, NULL), INSPYR_OK);
    plan_free(p);
}

static void the_first_mistake_sticks_and_tells_what_it_was(void **state)
{
    plan *p = begin();
    plan_id x = feature(p, 4, 4, 3);
    inspyr_error error;
    int32_t nodes = p->node_count;
    plan_input in[2];
    plan_part part = plan_tensor(1, "unit");

    (void)state;
    in[0] = plan_whole(x);
    in[1] = plan_slice(x, 2, 2);
    assert_int_equal(plan_conv(p, in, 2, &part, 1, NULL), -1);
    assert_int_equal(plan_conv(p, in, 1, &part, 0, NULL), -1);
    assert_int_equal(plan_mean(p, 99), -1);
    assert_int_equal(plan_mean(p, x), -1);
    plan_output(p, x);
    plan_name(p, -1, "nothing");
    assert_int_equal(plan_status(p, &error), INSPYR_ERR_INTERNAL);
    assert_string_equal(error.message, "channels 2 + 2 of 3");
    assert_int_equal(p->node_count, nodes);
    plan_free(p);
}

static plan_id no_such_value(plan *p)
{
    return plan_mean(p, 0);
}

static plan_id another_size(plan *p)
{
    plan_input in[2];
    plan_part part = plan_tensor(1, "unit");

    in[0] = plan_whole(feature(p, 4, 4, 1));
    in[1] = plan_whole(feature(p, 4, 5, 1));
    return plan_conv(p, in, 2, &part, 1, NULL);
}

static plan_id another_batch(plan *p)
{
    plan_input in[2];
    plan_part part = plan_tensor(1, "unit");

    in[0] = plan_whole(feature(p, 4, 4, 1));
    in[1] = plan_whole(plan_numbers(p, 1, 4, 4, 1, PLAN_FEATURE, NULL));
    return plan_conv(p, in, 2, &part, 1, NULL);
}

static plan_id seven_inputs(plan *p)
{
    plan_input in[7];
    plan_part part = plan_tensor(1, "unit");

    in[0] = plan_whole(feature(p, 4, 4, 1));
    for (int i = 1; i < 7; i++)
        in[i] = in[0];
    return plan_conv(p, in, 7, &part, 1, NULL);
}

static plan_id no_parts(plan *p)
{
    plan_input in = plan_whole(feature(p, 4, 4, 1));
    plan_part part = plan_tensor(1, "unit");

    return plan_conv(p, &in, 1, &part, 0, NULL);
}

static plan_id uneven_groups(plan *p)
{
    return conv(p, feature(p, 4, 4, 5), 4, &(plan_conv_options){ .groups = 2 });
}

static plan_id wrong_residual(plan *p)
{
    plan_id x = feature(p, 4, 4, 3);
    plan_input residual = plan_slice(x, 0, 2);

    return conv(p, x, 3, &(plan_conv_options){ .residual = &residual });
}

static plan_id residual_of_another_batch(plan *p)
{
    plan_input residual = plan_whole(plan_numbers(p, 1, 4, 4, 3, PLAN_FEATURE, NULL));

    return conv(p, feature(p, 4, 4, 3), 3, &(plan_conv_options){ .residual = &residual });
}

static plan_id wrong_stack(plan *p)
{
    plan_part gamma = plan_tensor(1, "gamma");

    return plan_axial(p, plan_whole(feature(p, 4, 4, 3)), plan_whole(feature(p, 4, 4, 9)), 1, &gamma, &gamma,
                      0);
}

static plan_id keys_of_other_channels(plan *p)
{
    plan_id keys = feature(p, 1, 5, 4);

    return plan_sica_attend(p, feature(p, 4, 4, 3), plan_whole(keys), plan_whole(keys), 1);
}

static plan_id one_pixel_expanded(plan *p)
{
    return plan_expand_add(p, feature(p, 1, 4, 1), feature(p, 2, 8, 1), NULL);
}

static plan_id nothing_high(plan *p)
{
    return feature(p, 0, 4, 1);
}

static plan_id too_large(plan *p)
{
    return feature(p, INT32_MAX, INT32_MAX, INT32_MAX);
}

static void mistakes_are_refused(void **state)
{
    static const struct {
        plan_id (*record)(plan *p);
        const char *message;
    } cases[] = {
        { no_such_value, "node 0 has an input that is no value" },
        { another_size, "node 2: an input of 4 x 5 on a grid of 4 x 4" },
        { another_batch, "node 2: batches of 2 and 1" },
        { seven_inputs, "node 1 has too many inputs" },
        { no_parts, "0 parts of weights" },
        { uneven_groups, "unit: 2 groups of 5 channels" },
        { wrong_residual, "unit: residual of 2 channels" },
        { residual_of_another_batch, "node 2: a residual of another batch" },
        { wrong_stack, "gamma: 9 stacked channels" },
        { keys_of_other_channels, "queries of 3 channels, keys of 4" },
        { one_pixel_expanded, "the network needs a larger input" },
        { nothing_high, "a value of 2 x 0 x 4 x 1" },
        { too_large, "a value of 2 x 2147483647 x 2147483647 x 2147483647" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plan *p = begin();
        inspyr_error error;

        assert_int_equal(cases[i].record(p), -1);
        assert_int_not_equal(plan_status(p, &error), INSPYR_OK);
        assert_string_equal(error.message, cases[i].message);
        plan_free(p);
    }
}

static double cost(const plan *p, plan_id id)
{
    return plan_cost(p, &p->nodes[p->values[id].node]);
}

static void costs_are_multiply_accumulates_of_the_batch(void **state)
{
    const plan_part scalars[2] = { plan_tensor(1, "first"), plan_tensor(1, "second") };
    const plan_conv_options k3 = { .kernel_h = 3, .kernel_w = 3 };
    const plan_conv_options depthwise = { .kernel_h = 3, .kernel_w = 3, .stride = 2, .groups = 64 };
    plan *p = begin();
    plan_id x = feature(p, 10, 20, 64), stacked = feature(p, 10, 20, 2 * (2 * 8 + 64)), maps, context;
    plan_input in = plan_whole(x);

    (void)state;
    assert_true(cost(p, conv(p, x, 32, &k3)) == 2.0 * 200 * 64 * 32 * 9);
    assert_true(cost(p, conv(p, x, 64, &depthwise)) == 2.0 * 50 * 64 * 9);
    assert_true(cost(p, plan_axial(p, in, plan_whole(stacked), 8, &scalars[0], &scalars[1], 0)) ==
                2.0 * 200 * (10 + 20) * (8 + 64));
    maps = plan_sica_maps(p, feature(p, 10, 20, 1), feature(p, 10, 20, 1), scalars, 10, 20);
    assert_true(cost(p, maps) == 0);
    context = plan_sica_context(p, plan_whole(maps), &in, 1, 10, 20, 0);
    assert_true(cost(p, context) == 2.0 * 200 * 5 * 64);
    assert_true(cost(p, plan_sica_attend(p, x, plan_whole(context), plan_whole(context), 1)) ==
                2.0 * 200 * 5 * (64 + 64));
    plan_free(p);
}

static void recording_survives_every_failing_allocation(void **state)
{
    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        inspyr_allocator allocator = scarce_allocator(&s, nth);
        plan *p = NULL;
        inspyr_status status = plan_create(&p, &allocator, NULL);

        if (status == INSPYR_OK) {
            plan_id x = feature(p, 4, 4, 3);

            for (int i = 0; i < 150; i++) /* each list grows three times */
                x = conv(p, x, 3, NULL);
            status = plan_status(p, NULL);
        }
        plan_free(p);
        assert_int_equal(s.balance, 0);
        if (status == INSPYR_OK)
            break;
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_convolution_keeps_the_size_or_divides_it_by_its_stride),
        cmocka_unit_test(inputs_are_joined_on_the_grid_that_is_asked_for),
        cmocka_unit_test(every_operation_knows_its_shape),
        cmocka_unit_test(the_first_mistake_sticks_and_tells_what_it_was),
        cmocka_unit_test(mistakes_are_refused),
        cmocka_unit_test(costs_are_multiply_accumulates_of_the_batch),
        cmocka_unit_test(recording_survives_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

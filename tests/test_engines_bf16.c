/* The plain engine in bf16 against the oracle, on random plans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "oracle/oracle.h"
#include "support/chance.h"
#include "support/scenes.h"
#include "support/tensors.h"

#define BOUND 0.05 /* of the largest absolute value: some were rounded to 8 bits a few times in a row */

/* Whether the processor has products of bf16; says where not. */
static bool has_bf16(void)
{
    if (engine_plain.has(INSPYR_PRECISION_BF16))
        return true;
    print_message("this processor has no products of bf16\n");
    return false;
}

static void begin_in_bf16(parity_run *r, const scene *s, inspyr_pool *pool, uint32_t flags)
{
    parity_open_in(r, &engine_plain, INSPYR_PRECISION_BF16, s->lowered, s->weights.tensors, pool, flags);
    parity_submit(r, s->data.picture, (const float *const *)s->data.inputs);
}

static void agrees_in_bf16(random_kind kind, uint64_t seed)
{
    scene s = scene_make(kind, seed, 1 + (int32_t)seed / 4 % 3, 0);
    parity_run want, got;

    scene_begin(&want, &engine_oracle, s.lowered, &s, NULL, 0);
    begin_in_bf16(&got, &s, NULL, ENGINE_KEEP_VALUES);
    parity_agree_everywhere(&got, &want, BOUND);
    parity_close(&got);
    parity_close(&want);
    scene_discard(&s);
}

static void in_bf16_the_plain_engine_stays_near_the_oracle(void **state)
{
    static const random_kind steady[] = { RANDOM_CONV,      RANDOM_AXIAL,  RANDOM_POINTS,
                                          RANDOM_RAW_AXIAL, RANDOM_TOKENS, RANDOM_GRIDS }; /* without steps */

    (void)state;
    if (!has_bf16())
        skip();
    for (size_t i = 0; i < sizeof steady / sizeof *steady; i++)
        scene_every_plan(agrees_in_bf16, steady[i], steady[i] + 1);
}

static void same_bits_in_bf16(random_kind kind, uint64_t seed)
{
    scene s = scene_make(kind, seed, 1 + (int32_t)seed / 4 % 3, 0);
    parity_run kept, got;

    begin_in_bf16(&kept, &s, NULL, ENGINE_KEEP_VALUES);
    for (int i = 0; i < SCENE_POOLS; i++) {
        begin_in_bf16(&got, &s, scene_pools[i], 0);
        scene_same_output(&got, &kept);
        parity_close(&got);
    }
    parity_close(&kept);
    scene_discard(&s);
}

static void in_bf16_neither_threads_nor_kept_values_change_a_bit(void **state)
{
    (void)state;
    if (!has_bf16())
        skip();
    scene_every_plan(same_bits_in_bf16, 0, RANDOM_COMMON);
}

/* How far the logits of two convolutions are from the oracle's, of their largest. */
static double difference(inspyr_precision precision, bool float32)
{
    const plan_conv_options options = {
        .kernel_h = 3, .kernel_w = 3, .float32 = float32, .style = PLAN_STYLE_BARE
    };
    const plan_conv_options last = { .float32 = float32, .style = PLAN_STYLE_BARE, .role = PLAN_LOGIT };
    plan_part parts[2] = { plan_tensor(48, "first"), plan_tensor(1, "last") };
    inspyr_allocator allocator = fixture_allocator();
    chance c = { 11 };
    parity_run want, got;
    plan_input in;
    plan *p, *lowered;
    fixture made;
    float *numbers;
    double most;

    assert_int_equal(plan_create(&p, &allocator, NULL), INSPYR_OK);
    in = plan_whole(plan_numbers(p, 1, 19, 23, 32, PLAN_FEATURE, "in"));
    in = plan_whole(plan_conv(p, &in, 1, &parts[0], 1, &options));
    plan_output(p, plan_conv(p, &in, 1, &parts[1], 1, &last));
    lowered = parity_lower(p, &engine_plain, precision);
    tensors_for_plan(&made, p, 11);
    numbers = malloc(parity_count(p, 0) * sizeof *numbers);
    assert_non_null(numbers);
    for (size_t i = 0; i < parity_count(p, 0); i++)
        numbers[i] = chance_number(&c, -1, 1);
    parity_open(&want, &engine_oracle, lowered, made.tensors, NULL, 0);
    parity_open_in(&got, &engine_plain, precision, lowered, made.tensors, NULL, 0);
    parity_submit(&want, NULL, (const float *const *)&numbers);
    parity_submit(&got, NULL, (const float *const *)&numbers);
    most = parity_difference(got.logits, want.logits, scene_logits(&got));
    parity_close(&got);
    parity_close(&want);
    free(numbers);
    fixture_close(&made);
    plan_free(lowered);
    plan_free(p);
    return most;
}

static void convolutions_that_are_marked_so_are_float32_in_every_precision(void **state)
{
    static const inspyr_precision precisions[] = { INSPYR_PRECISION_BF16, INSPYR_PRECISION_INT8 };

    (void)state;
    if (!has_bf16())
        skip();
    for (size_t i = 0; i < 2; i++) {
        assert_true(difference(precisions[i], true) < 2e-6);
        assert_true(difference(precisions[i], false) > 2e-4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_that_are_marked_so_are_float32_in_every_precision),
        cmocka_unit_test(in_bf16_the_plain_engine_stays_near_the_oracle),
        cmocka_unit_test(in_bf16_neither_threads_nor_kept_values_change_a_bit),
    };

    return cmocka_run_group_tests(tests, scene_open_pools, scene_close_pools);
}

/* The last attention module of the reference's flavour, which reinterprets memory, against what the reference
 * itself computed: data/make_attention0.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/network.h"
#include "oracle/oracle.h"
#include "support/fixture.h"
#include "support/parity.h"

/* Of the largest absolute value; the reference sums the context in float32. */
#define BOUND 2e-5

#define BASE 64 /* side of the grid of the context at full resolution */
#define DEPTH 16

static fixture recorded;

static plan_id given(plan *p, const char *name, const char *value)
{
    int32_t s[4];
    float *numbers = fixture_numbers(&recorded, s, "%s/%s", name, value);

    assert_non_null(numbers);
    free(numbers);
    return plan_numbers(p, s[0], s[1], s[2], s[3], s[3] == 1 ? PLAN_LOGIT : PLAN_FEATURE, value);
}

/* From f1, d1 and p1 to p0 and d0. */
static plan *record(const char *name)
{
    const network_config config = { .sica_flags = PLAN_RAW_VIEW };
    inspyr_allocator allocator = fixture_allocator();
    inspyr_error error;
    sica_inputs in = { .index = 0, .depth = DEPTH, .count = 1, .grid_h = BASE, .grid_w = BASE };
    plan *p;
    const plan_part copy = plan_tensor(DEPTH, "copy");
    plan_input half;
    plan_id coarse, residual;

    assert_int_equal(plan_create(&p, &allocator, NULL), INSPYR_OK);
    half = plan_sampled(given(p, name, "f1"), PLAN_HALF_PIXEL);
    in.saliency = coarse = given(p, name, "d1");
    in.laplacian = given(p, name, "p1");
    in.h = 2 * p->values[coarse].h;
    in.w = 2 * p->values[coarse].w;
    /* The reference doubles f1 first and samples that to the context's grid. Sampling f1 to the grid at once
     * is another function (off by 0.05), and a plan has no resize of its own, so a convolution copies. */
    in.features[0] = plan_whole(
        plan_conv(p, &half, 1, &copy, 1, &(plan_conv_options){ .h = in.h, .w = in.w, .no_bias = true }));
    sica_record(p, &config, &in, &residual);
    plan_expand_add(p, coarse, residual, "d0");
    if (plan_status(p, &error))
        fail_msg("%s: %s", name, error.message);
    return p;
}

static void compare(const parity_run *run, const char *name, const char *value)
{
    plan_id id = plan_find(run->p, value);
    float *want = fixture_numbers(&recorded, NULL, "%s/%s", name, value), *got = parity_value(run, id);

    assert_non_null(want);
    print_message("%s %s %s: %.1e\n", run->engine->name, name, value,
                  parity_difference(got, want, parity_count(run->p, id)));
    parity_agree(value, got, want, parity_count(run->p, id), BOUND);
    free(want);
    free(got);
}

static void reproduces(const engine_kind *engine, const char *name)
{
    static const char *const given_values[3] = { "f1", "d1", "p1" };
    float *inputs[3];
    plan *p = record(name), *lowered;
    parity_run run;

    parity_subject("%s %s", engine->name, name);
    lowered = parity_lower(p, engine, INSPYR_PRECISION_EXACT);
    for (int i = 0; i < 3; i++)
        inputs[i] = fixture_numbers(&recorded, NULL, "%s/%s", name, given_values[i]);
    parity_open(&run, engine, lowered, recorded.tensors, NULL, ENGINE_KEEP_VALUES);
    parity_submit(&run, NULL, (const float *const *)inputs);
    compare(&run, name, "p0");
    compare(&run, name, "d0");
    parity_close(&run);
    for (int i = 0; i < 3; i++)
        free(inputs[i]);
    plan_free(lowered);
    plan_free(p);
}

static void on_a_square_the_oracle_and_the_plain_engine_do_what_the_reference_does(void **state)
{
    (void)state;
    reproduces(&engine_oracle, "square");
    reproduces(&engine_plain, "square");
}

static void on_a_wide_map_the_context_is_summed_on_the_square_grid_of_the_base_size(void **state)
{
    (void)state;
    reproduces(&engine_oracle, "wide");
    reproduces(&engine_plain, "wide");
}

static int open_recorded(void **state)
{
    (void)state;
    return fixture_open(&recorded, TEST_DATA "/net/attention0.safetensors") ? 0 : -1;
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
        cmocka_unit_test(on_a_square_the_oracle_and_the_plain_engine_do_what_the_reference_does),
        cmocka_unit_test(on_a_wide_map_the_context_is_summed_on_the_square_grid_of_the_base_size),
    };
    return cmocka_run_group_tests(tests, open_recorded, close_recorded);
}

/* Convolutions of bf16 and of bytes on numbers that these types hold: then nothing is rounded but the sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/lower.h"
#include "oracle/oracle.h"
#include "support/chance.h"
#include "support/parity.h"
#include "support/tensors.h"

/* Of the largest absolute value: float32 sums of some hundred terms. */
#define BOUND 1e-5
#define CASES 60

typedef struct scene {
    plan *p;
    fixture weights;
    float *inputs[2];
} scene;

/* Two inputs of which slices are convolved, and a residual; the result is read by nobody and so is float32. */
static plan *record(uint64_t seed, bool pointwise)
{
    chance c = { seed };
    inspyr_allocator allocator = fixture_allocator();
    int32_t h = chance_between(&c, 1, 19), w = chance_between(&c, 1, 40), n = chance_between(&c, 1, 2);
    int32_t channels[2] = { 4 * chance_between(&c, 4, 24), 4 * chance_between(&c, 5, 16) };
    int32_t out = chance_between(&c, 1, 70), first = 4 * chance_between(&c, 0, 3);
    plan_input in[2], residual;
    plan_conv_options options = { .stride = 1,
                                  .activation = (plan_activation)chance_between(&c, 0, 2),
                                  .style = PLAN_STYLE_BARE };
    plan_part part = plan_tensor(out, "conv");
    plan *p;
    inspyr_error error;

    if (!pointwise) {
        options.kernel_h = 1 + 2 * chance_between(&c, 0, 2);
        options.kernel_w = 1 + 2 * chance_between(&c, 0, 2);
        options.dilation = chance_between(&c, 1, 3);
        options.stride = chance_between(&c, 1, 2);
    }
    if (plan_create(&p, &allocator, &error))
        fail_msg("%s", error.message);
    in[0] = plan_slice(plan_numbers(p, n, h, w, first + channels[0], PLAN_FEATURE, "a"), first, channels[0]);
    in[1] = plan_whole(plan_numbers(p, n, h, w, channels[1], PLAN_FEATURE, "b"));
    if (options.stride == 1 && out <= channels[0] && out % 4 == 0) {
        residual = plan_slice(in[0].value, first, out);
        options.residual = &residual;
    }
    plan_conv(p, in, 2, &part, 1, &options);
    if (plan_status(p, &error))
        fail_msg("seed %d: %s", (int)seed, error.message);
    return p;
}

/* Whole numbers from -most to most, divided by `by`. */
static void whole(float *numbers, size_t count, chance *c, int32_t least, int32_t most, float by)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = (float)chance_between(c, least, most) / by;
}

static void set_weights(const scene *s, chance *c, int32_t most, float by)
{
    const weights_tensor *t = weights_find(s->weights.tensors, "conv.weight");
    size_t row = t->count / (size_t)t->shape[0];
    float *numbers = calloc(t->count, sizeof *numbers);

    whole(numbers, t->count, c, -most, most, by);
    for (size_t o = 0; o < (size_t)t->shape[0]; o++) /* so that its factor is 1 */
        numbers[o * row + (size_t)chance_between(c, 0, (int32_t)row - 1)] = (float)most / by;
    memcpy((void *)(uintptr_t)t->data, numbers, t->count * sizeof *numbers); /* the fixture's own bytes */
    free(numbers);
}

static scene make(uint64_t seed, inspyr_precision precision)
{
    bool bytes = precision == INSPYR_PRECISION_INT8;
    scene s = { .p = record(seed, bytes) };
    chance c = { seed + 1000 };

    tensors_for_plan(&s.weights, s.p, seed);
    set_weights(&s, &c, bytes ? 127 : 255, bytes ? 1 : 2048); /* sums near 1: the bias counts */
    for (int32_t k = 0; k < 2; k++) {
        const plan_value *v = &s.p->values[k];
        size_t count = (size_t)v->n * (size_t)v->h * (size_t)v->w * (size_t)v->c;

        s.inputs[k] = malloc(count * sizeof *s.inputs[k]);
        whole(s.inputs[k], count, &c, bytes ? 0 : -255, 255, bytes ? 1 : 256);
        for (size_t i = 0; bytes && k && i < count;
             i += (size_t)v->c) { /* every pixel has the range of a byte */
            s.inputs[k][i + (size_t)chance_between(&c, 0, 7)] = 0;
            s.inputs[k][i + (size_t)chance_between(&c, 8, v->c - 1)] = 255;
        }
    }
    return s;
}

static void agree(uint64_t seed, inspyr_precision precision)
{
    scene s = make(seed, precision);
    plan_id result = s.p->value_count - 1;
    const float *const inputs[2] = { s.inputs[0], s.inputs[1] };
    parity_run want, got;
    float *a, *b;

    parity_subject("seed %d", (int)seed);
    parity_open(&want, &engine_oracle, s.p, s.weights.tensors, NULL, 0);
    parity_open_in(&got, &engine_plain, precision, s.p, s.weights.tensors, NULL, ENGINE_KEEP_VALUES);
    parity_submit(&want, NULL, inputs);
    parity_submit(&got, NULL, inputs);
    a = parity_value(&got, result);
    b = parity_value(&want, result);
    parity_agree("result", a, b, parity_count(s.p, result), BOUND);
    free(a);
    free(b);
    parity_close(&want);
    parity_close(&got);
    fixture_close(&s.weights);
    free(s.inputs[0]);
    free(s.inputs[1]);
    plan_free(s.p);
}

static void every_case(inspyr_precision precision)
{
    if (!engine_plain.has(precision)) {
        print_message("skipped: %s has no such products\n", engine_plain.instructions());
        skip();
    }
    for (uint64_t seed = 1; seed <= CASES; seed++)
        agree(seed, precision);
}

static void products_of_bf16_are_exact(void **state)
{
    (void)state;
    every_case(INSPYR_PRECISION_BF16);
}

static void products_of_bytes_are_exact(void **state)
{
    (void)state;
    every_case(INSPYR_PRECISION_INT8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_of_bf16_are_exact),
        cmocka_unit_test(products_of_bytes_are_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

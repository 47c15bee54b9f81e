/* Convolutions that an engine makes with 4 products per result instead of 9, against those of the oracle, which
 * knows of no such thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/sanitized.h"
#include "net/bf16.h"
#include "net/plain/kernels.h"
#include "oracle/oracle.h"
#include "support/chance.h"
#include "support/parity.h"
#include "support/scenes.h"
#include "support/tensors.h"

/* Of the largest absolute value: sums of some hundred terms, one behind the other in a chain. */
#define BOUND 2e-5
#define CASES (SANITIZED ? 6 : 24) /* a sanitizer makes each ten times as slow */
#define LINKS 4

typedef struct scene_of_tiles {
    plan *p, *lowered;
    fixture weights;
    float *inputs[2];
} scene_of_tiles;

/* Two inputs, of one of which a slice is read, and a chain of convolutions with residuals behind them; last, a
 * logit, so that rows in the middle are kept only as long as they are needed. */
static plan *record(chance *c)
{
    inspyr_allocator allocator = fixture_allocator();
    int32_t h = chance_between(c, 1, 61), w = chance_between(c, 1, 57), n = chance_between(c, 1, 2);
    int32_t channels[2] = { 16 * chance_between(c, 1, 3), 16 * chance_between(c, 1, 5) };
    int32_t first = 4 * chance_between(c, 0, 4), out = 16 * chance_between(c, 1, 4), count = 2;
    plan_part last = plan_tensor(1, "last");
    plan_input in[2], residual;
    plan *p;
    inspyr_error error;

    if (plan_create(&p, &allocator, &error))
        fail_msg("%s", error.message);
    in[0] = plan_slice(plan_numbers(p, n, h, w, first + channels[0], PLAN_FEATURE, "a"), first, channels[0]);
    in[1] = plan_whole(plan_numbers(p, n, h, w, channels[1], PLAN_FEATURE, "b"));
    for (int32_t i = 0; i < LINKS; i++, count = 1) {
        plan_part part = plan_tensor(out, "conv%d", (int)i);
        plan_conv_options options = { .kernel_h = 3,
                                      .kernel_w = 3,
                                      .activation = (plan_activation)chance_between(c, 0, i ? 3 : 2),
                                      .style = PLAN_STYLE_BARE,
                                      .residual = i && chance_one_in(c, 2) ? &residual : NULL };

        residual = plan_whole(in[0].value);
        in[0] = plan_whole(plan_conv(p, in, count, &part, 1, &options));
    }
    plan_output(
        p, plan_conv(p, in, 1, &last, 1, &(plan_conv_options){ .style = PLAN_STYLE_BARE, .role = PLAN_LOGIT }));
    if (plan_status(p, &error))
        fail_msg("%s", error.message);
    return p;
}

static int32_t marked(const plan *p)
{
    int32_t count = 0;

    for (int32_t j = 0; j < p->node_count; j++)
        count += p->nodes[j].flags & PLAN_WINOGRAD ? 1 : 0;
    return count;
}

static float *numbers(const plan *p, plan_id id, chance *c)
{
    size_t count = parity_count(p, id);
    float *all = malloc(count * sizeof *all);

    for (size_t i = 0; i < count; i++)
        all[i] = chance_number(c, -1, 1);
    return all;
}

static scene_of_tiles make(uint64_t seed)
{
    chance c = { seed };
    scene_of_tiles s = { .p = record(&c) };

    parity_subject("seed %d", (int)seed);
    s.lowered = parity_lower(s.p, &engine_plain, INSPYR_PRECISION_EXACT);
    assert_int_equal(marked(s.lowered), LINKS);
    tensors_for_plan(&s.weights, s.p, seed);
    for (int32_t k = 0; k < 2; k++)
        s.inputs[k] = numbers(s.p, k, &c);
    return s;
}

static void discard(scene_of_tiles *s)
{
    fixture_close(&s->weights);
    free(s->inputs[0]);
    free(s->inputs[1]);
    plan_free(s->lowered);
    plan_free(s->p);
}

static void submit(parity_run *r, const engine_kind *engine, const scene_of_tiles *s, inspyr_pool *pool,
                   uint32_t flags)
{
    parity_open(r, engine, s->lowered, s->weights.tensors, pool, flags);
    parity_submit(r, NULL, (const float *const *)s->inputs);
}

static void every_link_is_the_oracles(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        scene_of_tiles s = make(seed);
        parity_run want;

        submit(&want, &engine_oracle, &s, NULL, 0);
        for (int level = 0; level <= KERNELS_BEST; level++) {
            parity_run got;

            submit(&got, &engine_plain, &s, NULL, ENGINE_KEEP_VALUES | ENGINE_AT_MOST(level));
            parity_agree_everywhere(&got, &want, BOUND);
            parity_close(&got);
        }
        parity_close(&want);
        discard(&s);
    }
}

/* Bands begin and end at odd rows, too, and so do the rows that a step makes. */
static void no_bit_depends_on_which_rows_are_made_together(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        scene_of_tiles s = make(seed);
        parity_run want;

        submit(&want, &engine_plain, &s, NULL, ENGINE_KEEP_VALUES);
        for (int i = 0; i < SCENE_POOLS; i++) {
            parity_run got;

            submit(&got, &engine_plain, &s, scene_pools[i], 0);
            parity_equal("logits", got.logits, want.logits, parity_count(s.p, s.p->value_count - 1));
            parity_close(&got);
        }
        parity_close(&want);
        discard(&s);
    }
}

/* Inputs and weights of which every sum on the way is a number that bf16 holds; so nothing is rounded but the
 * result. */
static void products_of_bf16_are_exact(void **state)
{
    (void)state;
    if (!engine_plain.has(INSPYR_PRECISION_BF16)) {
        print_message("skipped: %s has no such products\n", engine_plain.instructions());
        skip();
    }
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        scene_of_tiles s = make(seed);
        const weights_tensor *t = weights_find(s.weights.tensors, "conv0.weight");
        plan_id first = s.lowered->nodes[2].out;
        size_t count = parity_count(s.lowered, first);
        chance c = { seed + 1000 };
        parity_run got, want;
        float *a, *b, *kernel = malloc(t->count * sizeof *kernel);

        for (size_t i = 0; i < t->count; i++)
            kernel[i] =
                (float)chance_between(&c, -7, 7) / 64; /* times 4, of which the transform takes a quarter */
        memcpy((void *)(uintptr_t)t->data, kernel, t->count * sizeof *kernel); /* the fixture's own bytes */
        free(kernel);
        for (int32_t k = 0; k < 2; k++)
            for (size_t i = 0; i < parity_count(s.p, k); i++)
                s.inputs[k][i] = (float)chance_between(&c, -63, 63) / 64;
        submit(&want, &engine_oracle, &s, NULL, 0);
        parity_open_in(&got, &engine_plain, INSPYR_PRECISION_BF16, s.lowered, s.weights.tensors, NULL,
                       ENGINE_KEEP_VALUES);
        parity_submit(&got, NULL, (const float *const *)s.inputs);
        a = parity_value(&got, first);
        b = parity_value(&want, first);
        for (size_t i = 0; i < count; i++) /* it is stored so */
            b[i] = bf16_widened(bf16_of(b[i]));
        parity_equal("the first link", a, b, count);
        free(a);
        free(b);
        parity_close(&want);
        parity_close(&got);
        discard(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_link_is_the_oracles),
        cmocka_unit_test(no_bit_depends_on_which_rows_are_made_together),
        cmocka_unit_test(products_of_bf16_are_exact),
    };

    return cmocka_run_group_tests(tests, scene_open_pools, scene_close_pools);
}

/* Window attention on values of bf16, window by window, against the oracle on the same rounded numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/plain/plain.h"
#include "oracle/oracle.h"
#include "support/chance.h"
#include "support/parity.h"
#include "support/tensors.h"

/* Of the largest absolute value: shares are rounded to 8 bits, and so is the result where it is bf16. */
#define BOUND (1.0 / 256)
#define CASES 120
#define CANARY 0x5a5a5a5au
#define BEHIND 16 /* words */

typedef struct scene {
    plan *p;
    fixture weights;
    parity_run oracle, plain; /* plain: for its packed weights */
    const plan_node *node;
    float *want;
    rows_grid in, out;
} scene;

static uint16_t bf16_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static float of_bf16(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Memory ends with the last word of the last pixel that a vector may touch, and a canary. */
static rows_grid grid(const plan_value *v, rows_type type)
{
    rows_grid g = { .pixel = (int32_t)words_of(type, whole_blocks((size_t)v->c)),
                    .ring = v->h,
                    .height = v->h,
                    .width = v->w,
                    .type = type };
    size_t words;
    uint32_t *memory;

    g.pitch = (size_t)g.width * (size_t)g.pixel;
    words = (size_t)g.height * g.pitch + BEHIND;
    memory = malloc(words * sizeof *memory);
    assert_non_null(memory);
    for (size_t i = 0; i < words; i++)
        memory[i] = CANARY;
    g.data = (float *)(void *)memory;
    return g;
}

static float number_at(const rows_grid *g, size_t pixel, int32_t channel)
{
    const float *at = g->data + pixel * (size_t)g->pixel;

    return g->type == ROWS_F32 ? at[channel] : of_bf16(((const uint16_t *)(const void *)at)[channel]);
}

/* The plan's one input, rounded to bf16, as the oracle and as the kernel take it. */
static float *numbers(const scene *s, chance *c)
{
    const plan_value *v = &s->p->values[s->node->in[0].value];
    size_t count = (size_t)v->h * (size_t)v->w * (size_t)v->c;
    float *all = malloc(count * sizeof *all);

    assert_non_null(all);
    for (size_t i = 0; i < count; i++) {
        uint16_t half = bf16_of(chance_number(c, -3, 3));
        size_t pixel = i / (size_t)v->c, channel = i % (size_t)v->c;
        float *at = s->in.data + pixel * (size_t)s->in.pixel;

        all[i] = of_bf16(half);
        if (s->in.type == ROWS_BF16)
            ((uint16_t *)(void *)at)[channel] = half;
        else
            at[channel] = all[i];
    }
    return all;
}

static scene make(uint64_t seed)
{
    static const int32_t sides[] = { 12, 7, 5, 4, 1, 9 }, heads[] = { 32, 16, 17, 5, 33, 64, 1 };
    chance c = { seed };
    int32_t side = sides[chance_between(&c, 0, 5)], each = heads[chance_between(&c, 0, 6)];
    int32_t count = chance_between(&c, 1, 3), h = chance_between(&c, 1, 2 * side + 3);
    inspyr_allocator a = fixture_allocator();
    scene s;
    plan_part part = plan_tensor(3 * count * each, "window");
    float *all;

    assert_int_equal(plan_create(&s.p, &a, NULL), INSPYR_OK);
    plan_window(s.p,
                plan_whole(plan_numbers(s.p, 1, h, chance_between(&c, 1, 3 * side), 3 * count * each,
                                        PLAN_FEATURE, "qkv")),
                &part, count, side, chance_between(&c, 0, side - 1));
    assert_int_equal(plan_status(s.p, NULL), INSPYR_OK);
    s.node = &s.p->nodes[1];
    tensors_for_plan(&s.weights, s.p, seed);
    parity_open(&s.oracle, &engine_oracle, s.p, s.weights.tensors, NULL, 0);
    parity_open(&s.plain, &engine_plain, s.p, s.weights.tensors, NULL, 0);
    s.in = grid(&s.p->values[0], ROWS_BF16);
    s.out = grid(&s.p->values[1], chance_one_in(&c, 3) ? ROWS_F32 : ROWS_BF16);
    all = numbers(&s, &c);
    parity_submit(&s.oracle, NULL, (const float *const[]){ all });
    s.want = parity_value(&s.oracle, 1);
    free(all);
    return s;
}

static void discard(scene *s)
{
    free(s->in.data);
    free(s->out.data);
    free(s->want);
    parity_close(&s->oracle);
    parity_close(&s->plain);
    fixture_close(&s->weights);
    plan_free(s->p);
}

static void run(const scene *s, const plain_kernels *k)
{
    const plain_unit *unit = &s->plain.packed->units[s->node->weights];
    const plan_node *n = s->node;
    int32_t side = n->window;
    window_call call = { .node = n,
                         .in = s->in,
                         .out = s->out,
                         .bias = s->plain.packed->data + unit->bias,
                         .each = s->p->values[1].c / n->heads,
                         .height = (n->h + side - 1) / side * side,
                         .width = (n->w + side - 1) / side * side,
                         .scratch = calloc(plain_scratch(s->p, INSPYR_PRECISION_BF16), sizeof(float)) };

    for (; call.head < n->heads; call.head++) {
        call.table = s->plain.packed->data + unit->kernel + (2 * side - 1) * (2 * side - 1) * call.head;
        k->window_bias(&call);
        for (call.y = 0; call.y < call.height; call.y += side)
            for (call.x = 0; call.x < call.width; call.x += side)
                k->window(&call);
    }
    free(call.scratch);
}

static void untouched(const scene *s)
{
    const uint32_t *words = (const uint32_t *)(const void *)s->out.data;
    size_t end = (size_t)s->out.height * s->out.pitch;
    int32_t channels = s->p->values[1].c, all = (int32_t)whole_blocks((size_t)channels);

    for (size_t i = 0; i < BEHIND; i++)
        assert_int_equal(words[end + i], CANARY);
    for (size_t pixel = 0; pixel < end / (size_t)s->out.pixel; pixel++)
        for (int32_t i = channels; i < all; i++) {
            float got = number_at(&s->out, pixel, i), canary = of_bf16(CANARY & 0xffff);

            if (s->out.type == ROWS_F32)
                memcpy(&canary, &(uint32_t){ CANARY }, sizeof canary);
            assert_memory_equal(&got, &canary, sizeof got);
        }
}

static void windows_of_bf16_agree_with_the_oracle_and_write_nothing_else(void **state)
{
    (void)state;
    if (plain_kernels_select(KERNELS_BEST) == plain_kernels_select(KERNELS_BEST - 1)) {
        print_message("this processor has no products of bf16\n");
        skip();
    }
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        scene s = make(seed);
        size_t count = parity_count(s.p, 1);
        int32_t channels = s.p->values[1].c;
        float *got = malloc(count * sizeof *got);

        assert_non_null(got);
        run(&s, plain_kernels_select(KERNELS_BEST));
        for (size_t i = 0; i < count; i++)
            got[i] = number_at(&s.out, i / (size_t)channels, (int32_t)(i % (size_t)channels));
        parity_subject("case %d: side %d, %d heads of %d", (int)seed, (int)s.node->window, (int)s.node->heads,
                       (int)(channels / s.node->heads));
        parity_agree("attention", got, s.want, count, BOUND);
        untouched(&s);
        free(got);
        discard(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_bf16_agree_with_the_oracle_and_write_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

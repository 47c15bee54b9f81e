/* The engine "torch" on the processor against the oracle, on random plans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/fixture.h"
#include "support/scenes.h"
#include "support/torch.h"

#define BOUND 2e-5      /* as in test_engines.c */
#define BOUND_BF16 0.05 /* of one node, of the largest absolute value; as in test_engines_bf16.c */

static const engine_kind *torch;

static void agrees(random_kind kind, uint64_t seed)
{
    scene_agrees(torch, INSPYR_PRECISION_EXACT, kind, seed, BOUND);
}

static void it_agrees_with_the_oracle_at_every_node(void **state)
{
    (void)state;
    scene_every_plan(agrees, 0, RANDOM_KINDS);
}

static void forgets_and_agrees(random_kind kind, uint64_t seed)
{
    scene_same_again(torch, kind, seed);
}

static void neither_kept_values_nor_an_earlier_run_change_a_bit(void **state)
{
    (void)state;
    scene_every_plan(forgets_and_agrees, 0, RANDOM_COMMON);
}

static void is_near_in_bf16(random_kind kind, uint64_t seed)
{
    scene_agrees_by_node(torch, INSPYR_PRECISION_BF16, kind, seed, BOUND_BF16);
}

static void in_bf16_each_node_stays_near_the_oracle(void **state)
{
    static const random_kind steady[] = { RANDOM_CONV,      RANDOM_AXIAL,  RANDOM_POINTS,
                                          RANDOM_RAW_AXIAL, RANDOM_TOKENS, RANDOM_GRIDS }; /* without steps */

    (void)state;
    if (!torch->has(INSPYR_PRECISION_BF16)) {
        print_message("this processor has no products of bf16\n");
        skip();
    }
    for (size_t i = 0; i < sizeof steady / sizeof *steady; i++)
        scene_every_plan(is_near_in_bf16, steady[i], steady[i] + 1);
}

static int open_all(void **state)
{
    torch = torch_open();
    if (!torch)
        exit(77);
    return scene_open_pools(state);
}

static int close_all(void **state)
{
    torch_close();
    return scene_close_pools(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_agrees_with_the_oracle_at_every_node),
        cmocka_unit_test(neither_kept_values_nor_an_earlier_run_change_a_bit),
        cmocka_unit_test(in_bf16_each_node_stays_near_the_oracle),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

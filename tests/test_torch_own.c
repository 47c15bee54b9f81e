/* The engine "torch" with the kernels of this library, on a device that is the CPU, against the oracle: that
 * each kernel gets what its operation says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/scenes.h"
#include "support/torch.h"

/* In float32, but matrices are multiplied in 16 bits, and exp() is the device's. */
#define BOUND 4e-3
#define BOUND_BF16 0.03 /* rounded to 8 bits a few times in a row */

static const engine_kind *torch;

static void agrees(random_kind kind, uint64_t seed)
{
    scene_agrees(torch, INSPYR_PRECISION_EXACT, kind, seed, BOUND);
}

static void every_kernel_gets_what_its_operation_says(void **state)
{
    (void)state;
    scene_every_plan(agrees, 0, RANDOM_COMMON);
}

static void same_bits_again(random_kind kind, uint64_t seed)
{
    scene_same_again(torch, kind, seed);
}

static void a_recorded_pass_gives_the_same_bits_every_time(void **state)
{
    (void)state;
    scene_every_plan(same_bits_again, RANDOM_TOKENS, RANDOM_TOKENS + 1);
}

/* Lines are attended in 16 bits alone. */
static void agrees_in_bf16(random_kind kind, uint64_t seed)
{
    scene_agrees(torch, INSPYR_PRECISION_BF16, kind, seed, BOUND_BF16);
}

static void lines_are_attended_in_16_bits(void **state)
{
    (void)state;
    scene_every_plan(agrees_in_bf16, RANDOM_AXIAL, RANDOM_AXIAL + 1);
    scene_every_plan(agrees_in_bf16, RANDOM_RAW_AXIAL, RANDOM_RAW_AXIAL + 1);
}

static int open_all(void **state)
{
    setenv("INSPYR_SCRIPT_GPUS", "1", 1);
    torch = torch_open_on("cuda:0", TEST_TORCH ":" TEST_PLUGINS, true);
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
        cmocka_unit_test(every_kernel_gets_what_its_operation_says),
        cmocka_unit_test(lines_are_attended_in_16_bits),
        cmocka_unit_test(a_recorded_pass_gives_the_same_bits_every_time),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

/* The network's attention for devices, run here by one thread, beside the oracle.
 *
 * u is half a unit in the last place of 1 of the maps' type. Shares of attention are rounded to that type
 * before they meet the values, and their sum is at least 1, so a result is off by at most u of the largest
 * value for the shares, and by u of itself. What goes before is float32: 32 products in a logit of at most 32 *
 * 2 * 2, and exp() of differences of those. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/net_values.h"

#define SMALLEST 0x1p-25
#define LOGIT 0x1p-14 /* the error of a logit in float32, and so, relatively, of a share */

static int32_t type_of(int32_t round)
{
    net_falling = round / 2 % 2;
    return round % 2 ? NET_BF16 : NET_HALF;
}

typedef struct window_case {
    int32_t n, h, w, heads, each, side, shift, type, beyond;
} window_case;

static void a_window_agrees(const window_case *k, net_kernel kernel, chance *random)
{
    int32_t c = k->heads * k->each, table = (2 * k->side - 1) * (2 * k->side - 1);
    plan_node node = { .heads = k->heads, .window = k->side, .shift = k->shift };
    tensor in = values_make(k->n, k->h, k->w, 3 * c, k->type, 2, random);
    tensor want = values_make(k->n, k->h, k->w, c, k->type, 0, NULL);
    tensor entries = values_make(1, 1, k->heads, table, NET_FLOAT, 3, random), turned = entries;
    tensor bias = values_make(1, 1, 1, 3 * c, k->type, 2, random);
    oracle_call call = { .node = &node, .in = { in }, .bias = bias.at, .out = want };
    net_window job = {
        .table = entries.at, .bias = bias.at, .heads = k->heads, .window = k->side, .shift = k->shift
    };
    net_launch launch;
    double u = unit_of(k->type), most = values_largest(&in);

    turned.at = malloc(tensor_count(&entries) * sizeof(float));
    assert_non_null(turned.at);
    for (int32_t i = 0; i < table * k->heads; i++)
        turned.at[i] = entries.at[i % k->heads * table + i / k->heads];
    call.kernel = turned.at;
    assert_true(oracle_window(&call));
    job.in = map_of(&in, k->type, k->beyond);
    job.out = map_of(&want, k->type, k->beyond);
    launch = net_window_launch(&job);
    assert_int_equal(launch.kernel, kernel);
    net_play(launch, &job);
    map_is_near(&job.out, &want,
                (kernel == NET_KERNEL_window_any ? 2 * LOGIT : u + 2 * LOGIT) * most + SMALLEST, u, "window");
    map_free(&job.in);
    map_free(&job.out);
    values_free(&in);
    values_free(&want);
    values_free(&entries);
    values_free(&turned);
    values_free(&bias);
}

static void windows_of_twelve_go_through_tiles(void **state)
{
    static const int32_t sides[][2] = { { 12, 12 }, { 13, 7 }, { 24, 30 }, { 5, 40 }, { 36, 25 } };
    chance random = { 90 };

    (void)state;
    for (int32_t round = 0; round < 20; round++) {
        window_case k = { .n = 1 + round % 2,
                          .h = sides[round / 2 % 5][0],
                          .w = sides[round / 2 % 5][1],
                          .heads = chance_between(&random, 1, 3),
                          .each = 32,
                          .side = 12,
                          .shift = round % 4 > 1 ? 6 : 0,
                          .type = type_of(round),
                          .beyond = round % 3 * 8 };

        a_window_agrees(&k, k.type == NET_HALF ? NET_KERNEL_window_half : NET_KERNEL_window_bf16, &random);
    }
}

static void other_windows_go_without(void **state)
{
    static const int32_t sides[] = { 7, 6, 12, 4, 1, 8, 24 }, each[] = { 32, 8, 16, 5, 3, 12, 32 };
    chance random = { 91 };

    (void)state;
    for (int32_t round = 0; round < 28; round++) {
        window_case k = { .n = 1 + round % 2,
                          .h = chance_between(&random, 1, 17),
                          .w = chance_between(&random, 1, 20),
                          .heads = chance_between(&random, 1, 3),
                          .each = each[round % 7],
                          .side = sides[round % 7],
                          .type = round % 3 ? type_of(round) : NET_FLOAT,
                          .beyond = round % 3 };

        k.shift = round % 2 ? chance_between(&random, 0, k.side - 1) : k.side / 2;
        a_window_agrees(&k, NET_KERNEL_window_any, &random);
    }
}

/* Queries and keys of 64 numbers of up to 1: logits of up to 8. */
static void pixels_attend_to_a_handful_of_vectors(void **state)
{
    chance random = { 92 };

    (void)state;
    for (int32_t round = 0; round < 36; round++) {
        int32_t type = round % 3 ? type_of(round) : NET_FLOAT, n = chance_between(&random, 1, 3);
        int32_t keys = chance_between(&random, 1, NET_KEYS), h = chance_between(&random, 1, 30);
        int32_t w = chance_between(&random, 1, 40), c = round % 4 ? 64 : chance_between(&random, 1, 128);
        bool shares = round % 5 == 4;
        int32_t outs = shares ? keys : round % 4 ? 64 : chance_between(&random, 1, 128);
        plan_node node = { .scale = { 0.125f } };
        tensor query = values_make(n, h, w, c, type, 1, &random),
               key = values_make(n, 1, keys, c, type, 1, &random);
        tensor value = values_make(n, 1, keys, outs, type, 3, &random);
        tensor want = values_make(n, h, w, outs, type, 0, NULL);
        oracle_call call = { .node = &node, .in = { query, key, value }, .out = want };
        net_attend job = { .query = map_of(&query, type, round % 2 * 8), .scale = 0.125f };

        if (shares)
            call.in[2].at = NULL;
        oracle_sica_attend(&call);
        job.keys = map_of(&key, type, 0);
        if (!shares)
            job.values = map_of(&value, type, 1);
        job.out = map_of(&want, type, round % 2 * 8);
        net_play(net_attend_launch(&job), &job);
        map_is_near(&job.out, &want, 3 * LOGIT + SMALLEST, unit_of(type), "attention to vectors");
        map_free(&job.query);
        map_free(&job.keys);
        map_free(&job.values);
        map_free(&job.out);
        values_free(&query);
        values_free(&key);
        values_free(&value);
        values_free(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_twelve_go_through_tiles),
        cmocka_unit_test(other_windows_go_without),
        cmocka_unit_test(pixels_attend_to_a_handful_of_vectors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

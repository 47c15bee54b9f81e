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

static void release(tensor *t, int32_t count)
{
    for (int32_t i = 0; i < count; i++)
        values_free(&t[i]);
}

/* A sum of up to 5 maps' numbers of up to 1, times features of up to 3, in float32, cut into parts: each of at
 * most 64 numbers in a row, and then of 16. In the last round, which has more lines in a part than the block
 * takes at a time, of 1040 in a row. Between pixels there is 2^-16 more, as in test_net_blocks.c. */
typedef struct context_case {
    int32_t n, k, h, w, first, second; /* channels of two features; second: 0 if there is one */
    bool raw, fast, elsewhere;         /* elsewhere: maps of another grid */
    int32_t type, mass_plus_one;
    double error;
} context_case;

static void a_context_agrees(const context_case *z, chance *random)
{
    int32_t n = z->n, k = z->k, h = z->h, w = z->w, type = z->type, c = z->first + z->second;
    tensor in[3] = { values_make(n, h, w, k, type, 1, random),
                     values_make(n, h, w, z->first, type, 3, random) };
    tensor there[2], want = values_make(n, 1, k, c, NET_FLOAT, 0, NULL);
    plan_node node = { .flags = z->raw ? PLAN_RAW_VIEW : z->mass_plus_one ? PLAN_MASS_PLUS_ONE : 0 };
    net_context job = {
        .count = z->second ? 2 : 1, .h = h, .w = w, .raw = z->raw, .mass_plus_one = z->mass_plus_one
    };

    if (z->elsewhere) {
        values_free(&in[0]);
        in[0] = values_make(n, h / 2 + 1, w + 3, k, type, 1, random);
    }
    if (z->second)
        in[2] = values_make(n, h / 2 + 1, w / 2 + 1, z->second, type, 3, random);
    there[0] = values_make(n, h, w, k, NET_FLOAT, 0, NULL);
    there[1] = values_make(n, h, w, c, NET_FLOAT, 0, NULL);
    for (int32_t i = 0, at = 0; i <= job.count; at = i++ ? at + in[i - 1].c : 0) {
        plan_input input = { .channels = in[i].c, .sampling = PLAN_HALF_PIXEL };

        oracle_sample(&there[i > 0], at, &in[i], &input);
    }
    oracle_sica_context(&(oracle_call){ .node = &node, .in = { there[0], there[1] }, .out = want });
    job.maps = map_of(&in[0], type, 3);
    for (int32_t i = 0; i < job.count; i++)
        job.features[i] = map_of(&in[i + 1], type, 0);
    job.out = map_of(&want, NET_FLOAT, 1);
    job.scratch = malloc(net_context_bytes(&job));
    assert_int_equal(net_context_is_fast(&job), z->fast);
    for (int32_t step = 0; step < NET_CONTEXT_STEPS; step++)
        net_play(net_context_launch(&job, step), &job);
    map_is_near(&job.out, &want, 3 * h * w * z->error, 0, "context");
    map_free(&job.maps);
    map_free(&job.features[0]);
    map_free(&job.features[1]);
    map_free(&job.out);
    free(job.scratch);
    release(in, 1 + job.count);
    release(there, 2);
    values_free(&want);
}

static void contexts_are_sums_over_all_pixels(void **state)
{
    const context_case large = { 1, 2, 640, 416, 8, 0, true, true, false, NET_HALF, 0, 1100 * 0x1p-24 };
    chance random = { 93 };

    (void)state;
    for (int32_t round = 0; round < 48; round++) {
        context_case z = { .raw = round % 4 < 3, .fast = round % 4 < 2, .elsewhere = round % 3 == 2 };

        z.type = type_of(round);
        z.n = chance_between(&random, 1, 2);
        z.k = chance_between(&random, 1, 5);
        z.first = z.fast ? 8 << chance_between(&random, 0, 3) : chance_between(&random, 1, 40);
        z.second = round % 2 ? z.first : 0;
        z.h =
            z.fast ? (z.first + z.second) / 4 * chance_between(&random, 1, 2) : chance_between(&random, 1, 40);
        z.w = z.fast ? 4 * chance_between(&random, 1, 5) : chance_between(&random, 1, 30);
        z.mass_plus_one = !z.raw && round % 8 > 3;
        z.error = 80 * 0x1p-24 + (z.elsewhere || z.second ? 0x1p-16 : 0);
        a_context_agrees(&z, &random);
    }
    a_context_agrees(&large, &random);
}

/* Shares are rounded for each axis, and the sum after each: 2 u of what an axis adds, and u of t and the first
 * axis once more. Logits are sums of up to 8 * 60 products of up to 1/4. */
static void an_axis_agrees(int32_t n, int32_t h, int32_t w, int32_t c, int32_t qk, bool raw, int32_t type,
                           chance *random)
{
    static const float gammas[2] = { 0.75f, -1.25f };
    tensor t = values_make(n, h, w, c, type, 2, random), want = values_make(n, h, w, c, type, 0, NULL);
    tensor stacked = values_make(n, h, w, 2 * (2 * qk + c), type, 0.5f, random);
    plan_node node = { .qk = qk, .flags = raw ? PLAN_RAW_VIEW : 0 };
    oracle_call call = { .node = &node, .in = { t, stacked }, .kernel = gammas, .out = want };
    net_axial job = { .t = map_of(&t, type, 0),
                      .stacked = map_of(&stacked, type, 2),
                      .out = map_of(&want, type, 1),
                      .qk = qk,
                      .raw = raw,
                      .gamma_h = gammas[0],
                      .gamma_w = gammas[1] };
    double u = unit_of(type), most = 0.5, float32 = 480 * 0.25 * 20 * 0x1p-24;
    size_t bytes = net_axial_bytes(&job);
    unsigned char *scratch = malloc(bytes + 64);

    assert_non_null(scratch);
    memset(scratch, 0xEE, bytes + 64);
    job.scratch = scratch;
    assert_true(oracle_axial(&call));
    for (int32_t step = 0; step < NET_AXIAL_STEPS; step++) {
        job.axis = step / 3;
        net_play(net_axial_launch(&job, step), &job);
    }
    for (int32_t i = 0; i < 64; i++)
        assert_int_equal(scratch[bytes + (size_t)i], 0xEE);
    map_is_near(&job.out, &want, (u + float32) * 2 * most + u * (4 + 0.75 * most) + SMALLEST, u, "axial");
    map_free(&job.t);
    map_free(&job.stacked);
    map_free(&job.out);
    values_free(&t);
    values_free(&stacked);
    values_free(&want);
    free(scratch);
}

static void axes_are_attended_to(void **state)
{
    chance random = { 94 };

    (void)state;
    for (int32_t round = 0; round < 16; round++) {
        bool raw = round % 4 > 1;
        int32_t type = type_of(round), w = chance_between(&random, 1, 40), h = chance_between(&random, 1, 30);

        if (round < 8)
            an_axis_agrees(1 + round % 2, round % 3 ? h : w, w, 8 * chance_between(&random, 1, 4), 4, raw, type,
                           &random);
        else
            an_axis_agrees(2, h, w, chance_between(&random, 1, 20), chance_between(&random, 1, 5), raw, type,
                           &random);
    }
    an_axis_agrees(1, 70, 66, 16, 8, true, NET_HALF,
                   &random); /* more than one tile, and than one part of a sum */
    an_axis_agrees(1, 3, 130, 16, 2, false, NET_BF16, &random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_twelve_go_through_tiles),
        cmocka_unit_test(other_windows_go_without),
        cmocka_unit_test(pixels_attend_to_a_handful_of_vectors),
        cmocka_unit_test(contexts_are_sums_over_all_pixels),
        cmocka_unit_test(axes_are_attended_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

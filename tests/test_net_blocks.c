/* The network's blocks for devices, run here by one thread, beside the oracle: pictures, resizes, sums, norms.
 *
 * Inputs are numbers that the maps hold exactly. u is half a unit in the last place of 1: 2^-11 of half
 * precision, 2^-8 of bf16, 2^-24 of float32. A result is rounded once, which costs u of its size (or half of
 * the smallest step of half precision, 2^-25), and what goes before is float32. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/net_values.h"

#define TYPES 3
#define SMALLEST 0x1p-25

static int32_t type_of(int32_t round)
{
    net_falling = round / TYPES % 2;
    return round % TYPES;
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("f16c"))) static uint32_t half_of_the_processor(float x)
{
    return _cvtss_sh(x, 0);
}

__attribute__((target("f16c"))) static float widened_by_the_processor(uint32_t half)
{
    return _cvtsh_ss((unsigned short)half);
}

static void halves_are_those_of_the_processor(void **state)
{
    static const int32_t around[9] = { -0x1001, -0x1000, -0xFFF, -1, 0, 1, 0xFFF, 0x1000, 0x1001 };
    chance random = { 80 };

    (void)state;
    if (!__builtin_cpu_supports("avx2"))
        skip(); /* F16C came before AVX2 */
    for (uint32_t half = 0; half < 0x10000; half++) {
        float x = widened_by_the_processor(half);
        uint32_t bits = net_bits(x);

        if (x != x)
            continue;
        assert_int_equal(net_bits(net_half_widened(half)), bits);
        for (int i = 0; i < 9; i++) { /* up to half a step and beyond */
            float near = net_of_bits(bits + (uint32_t)around[i]);

            if (near == near)
                assert_int_equal(net_half_of(near), half_of_the_processor(near));
        }
    }
    for (int i = 0; i < 1000000; i++) {
        float x = net_of_bits(chance_bits(&random));

        if (x == x)
            assert_int_equal(net_half_of(x), half_of_the_processor(x));
    }
}
#endif

static void pictures_become_numbers_exactly(void **state)
{
    chance random = { 81 };

    (void)state;
    for (int32_t round = 0; round < 12 * TYPES; round++) {
        int32_t type = type_of(round), n = chance_between(&random, 1, 3), h = chance_between(&random, 1, 40);
        int32_t w = chance_between(&random, 1, 50), padded = round % 2 ? 8 : 3;
        tensor rgb = values_make(n, h, w, 3, type, 1, NULL),
               want = values_make(n, h, w, padded, type, 0, &random);
        plan_node node = { .mean = { 123.675f, 116.28f, 103.53f },
                           .scale = { 0.017125f, 0.017507f, 0.017429f } };
        oracle_call call = { .node = &node, .out = rgb };
        net_picture job = { .pitch = 3 * w + 5, .sample = (3 * w + 5) * h + 7, .bytes = 3 };
        unsigned char *bytes = malloc((size_t)(n * job.sample)), *dense = malloc(tensor_count(&rgb));

        memcpy(job.mean, node.mean, sizeof job.mean);
        memcpy(job.scale, node.scale, sizeof job.scale);
        job.data = bytes;
        for (size_t i = 0; i < tensor_count(&rgb); i++) {
            size_t row = i / 3 / (size_t)w;

            dense[i] = (unsigned char)chance_bits(&random);
            bytes[row / (size_t)h * (size_t)job.sample + row % (size_t)h * (size_t)job.pitch +
                  i % ((size_t)w * 3)] = dense[i];
        }
        oracle_picture(&call, dense);
        for (size_t i = 0; i < tensor_count(&rgb); i++)
            want.at[i / 3 * (size_t)padded + i % 3] =
                type == NET_FLOAT ? rgb.at[i] : net_widened(net_narrowed(rgb.at[i], type), type);
        job.out = map_of(&want, type, round % 3 ? 0 : 8);
        net_play(net_picture_launch(&job), &job);
        map_is_near(&job.out, &want, 0, 0, "picture");
        map_free(&job.out);
        values_free(&rgb);
        values_free(&want);
        free(bytes);
        free(dense);
    }
}

/* As image/resize.c lays them, whose result for a picture of the same size is the bytes themselves. */
static void hidden_colours_lie_under_grey(void **state)
{
    tensor want = values_make(1, 1, 256 * 5, 3, NET_FLOAT, 1, NULL);
    unsigned char *bytes = malloc((size_t)256 * 5 * 4);
    net_picture job = { .data = bytes, .pitch = 256 * 5 * 4, .bytes = 4, .scale = { 1, 1, 1 } };

    (void)state;
    for (int32_t i = 0; i < 256 * 5; i++) {
        unsigned char p[4] = { (unsigned char)i, (unsigned char)(i * 7), (unsigned char)(255 - i),
                               (unsigned char)(i / 256 * 63 + (i / 256 == 4) * 3) };

        memcpy(bytes + i * 4, p, 4);
        for (int32_t c = 0; c < 3; c++)
            want.at[i * 3 + c] = (float)((p[c] * p[3] + 128 * (255 - p[3]) + 127) / 255);
    }
    job.out = map_of(&want, NET_FLOAT, 5);
    net_play(net_picture_launch(&job), &job);
    map_is_near(&job.out, &want, 0, 0, "picture over grey");
    map_free(&job.out);
    values_free(&want);
    free(bytes);
}

/* The place between two pixels is a float32, of up to 50 and with 6 roundings behind it: 2^-15 of the step
 * between the two. */
#define PLACE 0x1p-15

static void inputs_are_resized_and_laid_side_by_side(void **state)
{
    static const int32_t channels[] = { 64, 26, 1, 8, 128, 5, 32 };
    chance random = { 82 };

    (void)state;
    for (int32_t round = 0; round < 40 * TYPES; round++) {
        int32_t type = type_of(round), n = chance_between(&random, 1, 2), h = chance_between(&random, 1, 40),
                at = 0;
        int32_t w = chance_between(&random, 1, 50), total = 0;
        net_resize job = { .count = chance_between(&random, 1, round % 5 ? 4 : NET_INPUTS) };
        tensor in[NET_INPUTS], want;

        for (int32_t i = 0; i < job.count; i++) {
            bool same = chance_one_in(&random, 3);
            int32_t of = chance_one_in(&random, 4) ? NET_FLOAT : type;

            job.sampling[i] = chance_between(&random, same ? NET_AS_IS : NET_HALF_PIXEL, NET_CORNERS);
            in[i] = values_make(n, same ? h : chance_between(&random, 1, 30),
                                same ? w : chance_between(&random, 1, 30),
                                channels[chance_between(&random, 0, 6)], type, 9, &random);
            job.in[i] = map_of(&in[i], of, chance_between(&random, 0, 1) * 8);
            total += in[i].c;
        }
        want = values_make(n, h, w, total, type, 0, NULL);
        for (int32_t i = 0; i < job.count; at += in[i++].c) {
            plan_input input = { .channels = in[i].c, .sampling = (plan_sampling)job.sampling[i] };

            oracle_sample(&want, at, &in[i], &input);
        }
        job.out = map_of(&want, type, chance_between(&random, 0, 2) * 4);
        net_play(net_resize_launch(&job), &job);
        map_is_near(&job.out, &want, 18 * PLACE + SMALLEST, unit_of(type), "resize");
        map_free(&job.out);
        values_free(&want);
        for (int32_t i = 0; i < job.count; i++) {
            map_free(&job.in[i]);
            values_free(&in[i]);
        }
    }
}

/* Sums and products are rounded twice: to float32, and to the map's type. */
static void pairs_are_added_and_multiplied(void **state)
{
    chance random = { 83 };

    (void)state;
    for (int32_t round = 0; round < 20 * TYPES; round++) {
        int32_t type = type_of(round), n = chance_between(&random, 1, 2), h = chance_between(&random, 2, 20);
        int32_t w = chance_between(&random, 2, 30), c = chance_between(&random, 1, 40);
        plan_node node = { .op = round % 2 ? PLAN_OP_MULTIPLY : PLAN_OP_ADD };
        plan_input input = { .channels = c, .sampling = PLAN_HALF_PIXEL };
        tensor a = values_make(n, h, w, c, type, 3, &random), b = values_make(n, h / 2, w, c, type, 3, &random);
        tensor there = values_make(n, h, w, c, type, 3, NULL), want = values_make(n, h, w, c, type, 3, NULL);
        oracle_call call = { .node = &node, .in = { a, there }, .out = want };
        net_pair job = { map_of(&a, type, 0), map_of(&b, type, 3), map_of(&a, type, 8), NET_HALF_PIXEL,
                         round % 2 };

        oracle_sample(&there, 0, &b, &input);
        oracle_of_two(&call);
        net_play(net_pair_launch(&job), &job);
        map_is_near(&job.out, &want, 18 * PLACE + SMALLEST, unit_of(type), "sum or product");
        map_free(&job.a);
        map_free(&job.b);
        map_free(&job.out);
        values_free(&a);
        values_free(&b);
        values_free(&there);
        values_free(&want);
    }
}

/* The mean and the variance of up to 4096 numbers are sums of at most 256 float32 numbers in a row, and the
 * normed number is at most sqrt(c). */
static void norms_are_those_of_the_sum(void **state)
{
    static const int32_t channels[] = { 32, 128, 96, 17, 256, 512, 1000, 1024, 2048, 3072, 4096 };
    chance random = { 84 };

    (void)state;
    for (int32_t round = 0; round < 22 * TYPES; round++) {
        int32_t type = type_of(round), c = channels[round / 2 % 11], n = chance_between(&random, 1, 2);
        int32_t h = chance_between(&random, 1, 5), w = chance_between(&random, 1, 7);
        bool sum = round % 4 > 1;
        tensor a = values_make(n, h, w, c, type, 4, &random), b = values_make(n, h, w, c, type, 4, &random);
        tensor weight = values_make(1, 1, 1, c, NET_FLOAT, 2, &random);
        tensor bias = values_make(1, 1, 1, c, NET_FLOAT, 2, &random),
               want = values_make(n, h, w, c, type, 0, NULL);
        oracle_call call = { .in = { a }, .kernel = weight.at, .bias = bias.at, .out = want };
        net_norm job = { .in = map_of(&a, type, round % 3 * 4), .weight = weight.at, .bias = bias.at };

        job.out = map_of(&a, type, 0);
        if (sum) {
            job.add = map_of(&b, type, 8);
            job.sum = map_of(&a, type, 16);
            for (size_t i = 0; i < tensor_count(&a); i++)
                a.at[i] += b.at[i];
        }
        oracle_norm(&call);
        net_play(net_norm_launch(&job), &job);
        map_is_near(&job.out, &want, 256 * 0x1p-24 * sqrt(c) + SMALLEST, unit_of(type), "norm");
        if (sum)
            map_is_near(&job.sum, &a, SMALLEST, unit_of(type), "sum before a norm");
        map_free(&job.in);
        map_free(&job.out);
        map_free(&job.add);
        map_free(&job.sum);
        values_free(&a);
        values_free(&b);
        values_free(&weight);
        values_free(&bias);
        values_free(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#if defined(__x86_64__)
        cmocka_unit_test(halves_are_those_of_the_processor),
#endif
        cmocka_unit_test(pictures_become_numbers_exactly),
        cmocka_unit_test(hidden_colours_lie_under_grey),
        cmocka_unit_test(inputs_are_resized_and_laid_side_by_side),
        cmocka_unit_test(pairs_are_added_and_multiplied),
        cmocka_unit_test(norms_are_those_of_the_sum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

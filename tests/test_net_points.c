/* The rest of the network's blocks for devices, run here by one thread, beside the oracle and src/matte:
 * pooling, merging, softmax, transitions, the pyramid, SICA's maps, means, extremes, mattes.
 *
 * u is half a unit in the last place of 1 of the maps' type, which rounding a result costs; what goes before is
 * float32. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/memory.h"
#include "matte/matte.h"
#include "support/canvas.h"
#include "support/net_values.h"

#define TYPES 3
#define SMALLEST 0x1p-25
#define PLACE 0x1p-15 /* of the step between two pixels: test_net_blocks.c */

static int32_t type_of(int32_t round)
{
    net_falling = round / TYPES % 2;
    return round % TYPES;
}

static void windows_are_pooled(void **state)
{
    chance random = { 100 };

    (void)state;
    for (int32_t round = 0; round < 16 * TYPES; round++) {
        int32_t type = type_of(round), n = chance_between(&random, 1, 2), c = chance_between(&random, 1, 40);
        int32_t h = chance_between(&random, 3, 30), w = chance_between(&random, 3, 20);
        int32_t kernel = chance_between(&random, 1, 3), stride = chance_between(&random, 1, 2);
        int32_t pad = chance_between(&random, 0, kernel - 1);
        plan_node node = { .kernel_h = kernel,
                           .kernel_w = kernel,
                           .stride = stride,
                           .pad_h = pad,
                           .pad_w = pad,
                           .flags = round % 4 == 0   ? PLAN_POOL_MAX
                                    : round % 4 == 1 ? PLAN_POOL_INSIDE
                                                     : 0 };
        tensor in = values_make(n, h, w, c, type, 3, &random);
        tensor want = values_make(n, (h - 1 + pad) / stride + 1, (w - 1 + pad) / stride + 1, c, type, 0, NULL);
        net_pool job = {
            .kernel = kernel, .stride = stride, .pad = pad, .largest = round % 4 == 0, .inside = round % 4 == 1
        };

        oracle_pool(&(oracle_call){ .node = &node, .in = { in }, .out = want });
        job.in = map_of(&in, type, 8);
        job.out = map_of(&want, type, 3);
        net_play(net_pool_launch(&job), &job);
        map_is_near(&job.out, &want, job.largest ? 0 : 3 * 10 * 0x1p-24 + SMALLEST,
                    job.largest ? 0 : unit_of(type), "pool");
        map_free(&job.in);
        map_free(&job.out);
        values_free(&in);
        values_free(&want);
    }
}

static void quarters_are_merged_exactly(void **state)
{
    chance random = { 101 };

    (void)state;
    for (int32_t round = 0; round < 8 * TYPES; round++) {
        int32_t type = type_of(round), n = chance_between(&random, 1, 2), c = chance_between(&random, 1, 40);
        int32_t h = chance_between(&random, 1, 15), w = chance_between(&random, 1, 20);
        tensor in = values_make(n, h, w, c, type, 3, &random);
        tensor want = values_make(n, (h + 1) / 2, (w + 1) / 2, 4 * c, type, 0, NULL);
        net_simple job = { .in = map_of(&in, type, 0), .out = map_of(&want, type, 8) };

        oracle_merge(&(oracle_call){ .in = { in }, .out = want });
        net_play(net_merge_launch(&job), &job);
        map_is_near(&job.out, &want, 0, 0, "merge");
        map_free(&job.in);
        map_free(&job.out);
        values_free(&in);
        values_free(&want);
    }
}

/* A share is at most 1; its exponent is off by 2^-22, of numbers of up to 4 times 2. */
static void channels_become_shares(void **state)
{
    chance random = { 102 };

    (void)state;
    for (int32_t round = 0; round < 6 * TYPES; round++) {
        int32_t type = type_of(round), c = chance_between(&random, 1, 20), h = chance_between(&random, 1, 20);
        plan_node node = { .scale = { 2 } };
        tensor in = values_make(2, h, 7, c, type, 4, &random), want = values_make(2, h, 7, c, type, 0, NULL);
        net_simple job = { .in = map_of(&in, type, 1), .out = map_of(&want, type, 2), .scale = 2 };

        oracle_softmax(&(oracle_call){ .node = &node, .in = { in }, .out = want });
        net_play(net_softmax_launch(&job), &job);
        map_is_near(&job.out, &want, 0x1p-19 + SMALLEST, unit_of(type), "softmax");
        map_free(&job.in);
        map_free(&job.out);
        values_free(&in);
        values_free(&want);
    }
}

static void transitions_are_found(void **state)
{
    static const int32_t windows[] = { 5, 9, 17, 1, 3 };
    chance random = { 103 };

    (void)state;
    for (int32_t round = 0; round < 6 * TYPES; round++) {
        int32_t type = type_of(round), h = chance_between(&random, 1, 40), w = chance_between(&random, 1, 40);
        plan_node node = { .window = windows[round % 5] };
        tensor in = values_make(2, h, w, 1, type, 1.1f, &random), want = values_make(2, h, w, 1, type, 0, NULL);
        net_simple job = { .window = windows[round % 5] };

        for (size_t i = 0; i < tensor_count(&in); i++)
            in.at[i] *= chance_one_in(&random, 40) ? 4.0f : 0.5f;
        oracle_transition(&(oracle_call){ .node = &node, .in = { in }, .out = want });
        job.in = map_of(&in, type, 0);
        job.out = map_of(&want, type, 0);
        net_play(net_transition_launch(&job), &job);
        map_is_near(&job.out, &want, 0, 0, "transition");
        map_free(&job.in);
        map_free(&job.out);
        values_free(&in);
        values_free(&want);
    }
}

/* 16 products with weights whose sum is 1.03. */
static void the_pyramid_is_climbed(void **state)
{
    chance random = { 104 };

    (void)state;
    for (int32_t round = 0; round < 8 * TYPES; round++) {
        int32_t type = type_of(round), h = chance_between(&random, 2, 20), w = chance_between(&random, 2, 20);
        tensor coarse = values_make(2, h, w, 1, type, 8, &random),
               want = values_make(2, 2 * h, 2 * w, 1, type, 0, NULL);
        tensor residual = values_make(2, 2 * h - round % 2 * 3, 2 * w - round % 2, 1, type, 8, &random);
        tensor there = values_make(2, 2 * h, 2 * w, 1, type, 0, NULL);
        plan_input input = { .channels = 1, .sampling = PLAN_CORNERS };
        net_expand job = { map_of(&coarse, type, 0), map_of(&residual, type, 7), map_of(&want, type, 0) };

        oracle_sample(&there, 0, &residual, &input);
        oracle_expand_add(&(oracle_call){ .in = { coarse, there }, .out = want });
        net_play(net_expand_launch(&job), &job);
        map_is_near(&job.out, &want, 16 * PLACE + 8 * 20 * 0x1p-24 + SMALLEST, unit_of(type), "pyramid");
        map_free(&job.coarse);
        map_free(&job.residual);
        map_free(&job.out);
        values_free(&coarse);
        values_free(&residual);
        values_free(&want);
        values_free(&there);
    }
}

/* A sigmoid changes by at most a quarter of what its logit does, and a map lies within 1. */
static void maps_are_made_of_two_logits(void **state)
{
    chance random = { 105 };

    (void)state;
    for (int32_t round = 0; round < 8 * TYPES; round++) {
        int32_t type = type_of(round), h = chance_between(&random, 1, 40), w = chance_between(&random, 1, 40);
        bool five = round % 2;
        float thresholds[2] = { 0.5f + 0.01f * (float)round, 0.45f };
        tensor from[2], there[2], want = values_make(2, h, w, five ? 5 : 3, type, 0, NULL);
        oracle_call call = { .kernel = thresholds, .out = want };
        net_sica_maps job = { .out = map_of(&want, type, five ? 3 : 5),
                              .thresholds = { thresholds[0], thresholds[1] } };

        for (int32_t i = 0; i < 2; i++) {
            plan_input input = { .channels = 1, .sampling = PLAN_HALF_PIXEL };

            from[i] = values_make(2, i ? h : (h + 1) / 2, i ? w : (w + 1) / 2, 1, type, 9, &random);
            there[i] = values_make(2, h, w, 1, type, 0, NULL);
            oracle_sample(&there[i], 0, &from[i], &input);
            call.in[i] = there[i];
        }
        job.saliency = map_of(&from[0], type, 0);
        if (five)
            job.laplacian = map_of(&from[1], type, 1);
        oracle_sica_maps(&call);
        net_play(net_sica_maps_launch(&job), &job);
        map_is_near(&job.out, &want, 18 * PLACE / 4 + 0x1p-21, unit_of(type), "maps");
        map_free(&job.saliency);
        map_free(&job.laplacian);
        map_free(&job.out);
        for (int32_t i = 0; i < 2; i++) {
            values_free(&from[i]);
            values_free(&there[i]);
        }
        values_free(&want);
    }
}

/* At most 1024 additions in a row, then 6. */
static void means_and_extremes_take_two_steps(void **state)
{
    chance random = { 106 };

    (void)state;
    for (int32_t round = 0; round < 8 * TYPES; round++) {
        int32_t type = type_of(round), n = chance_between(&random, 1, 3),
                c = chance_between(&random, 1, round % 4 ? 9 : 600);
        int32_t h = chance_between(&random, 1, round % 4 ? 150 : 20),
                w = chance_between(&random, 1, round % 4 ? 150 : 20);
        tensor in = values_make(n, h, w, c, type, 3, &random),
               want = values_make(n, 1, 1, c, NET_FLOAT, 0, NULL);
        tensor ends = values_make(n, 1, 1, 2, NET_FLOAT, 0, NULL),
               slice = values_make(n, h, w, 1, type, 0, NULL);
        net_simple mean = { .in = map_of(&in, type, 1), .out = map_of(&want, NET_FLOAT, 1) };
        net_extremes job = { .logits = mean.in };
        plan_input first = { .channels = 1 };

        oracle_mean(&(oracle_call){ .in = { in }, .out = want });
        oracle_sample(&slice, 0, &in, &first);
        oracle_extremes(&(oracle_call){ .in = { slice }, .out = ends });
        mean.scratch = malloc(net_mean_bytes(&mean));
        job.scratch = malloc(net_extremes_bytes(&job));
        job.out = calloc((size_t)n, 2 * sizeof *job.out);
        for (int32_t step = 0; step < NET_MEAN_STEPS; step++)
            net_play(net_mean_launch(&mean, step), &mean);
        for (int32_t step = 0; step < NET_EXTREMES_STEPS; step++)
            net_play(net_extremes_launch(&job, step), &job);
        map_is_near(&mean.out, &want, 3 * 1030 * 0x1p-24, 0, "mean");
        assert_memory_equal(job.out, ends.at, (size_t)n * 2 * sizeof *job.out);
        free(mean.scratch);
        free(job.scratch);
        free(job.out);
        map_free(&mean.in);
        map_free(&mean.out);
        values_free(&in);
        values_free(&want);
        values_free(&ends);
        values_free(&slice);
    }
}

static void mattes_are_the_cpus_to_the_byte(void **state)
{
    chance random = { 107 };

    (void)state;
    for (int32_t round = 0; round < 24; round++) {
        int32_t h = chance_between(&random, 1, 40), w = chance_between(&random, 1, 40);
        int32_t width = round % 6 ? chance_between(&random, 1, 90) : w,
                height = round % 6 ? chance_between(&random, 1, 90) : h;
        tensor logits = values_make(2, h, w, 1, NET_FLOAT, round % 2 ? 6 : 90, &random);
        matte_logits second = { .data = logits.at + h * w, .width = w, .height = h };
        canvas picture = canvas_make(width, height, round % 3 ? INSPYR_RGBA8 : INSPYR_RGB8, round % 4);
        canvas alpha = canvas_make(width, height, INSPYR_GREY8, 0),
               want = canvas_make(width, height, INSPYR_RGBA8, 0);
        canvas got = canvas_make(width, height, INSPYR_GREY8, 5),
               composed = canvas_make(width, height, INSPYR_RGBA8, 3);
        net_matte job = { .logits = map_of(&logits, NET_FLOAT, round % 2),
                          .picture = picture.view.data,
                          .picture_pitch = picture.view.stride,
                          .picture_bytes = round % 3 ? 4 : 3,
                          .index = 1,
                          .width = width,
                          .height = height };
        inspyr_allocator allocator;

        net_falling = round % 2;
        canvas_fill(&picture, &random);
        assert_int_equal(memory_import(&allocator, NULL, NULL), INSPYR_OK);
        assert_int_equal(matte_alpha(&alpha.view, NULL, &second, &picture.view, NULL, &allocator, NULL),
                         INSPYR_OK);
        matte_rgba(&want.view, &picture.view, &alpha.view, NULL);
        job.alpha = got.view.data;
        job.pitch = got.view.stride;
        net_play(net_matte_launch(&job), &job);
        assert_true(canvas_same(&got, &alpha));
        job.rgba = composed.view.data;
        job.pitch = composed.view.stride;
        net_play(net_matte_launch(&job), &job);
        assert_true(canvas_same(&composed, &want));
        map_free(&job.logits);
        values_free(&logits);
        canvas_free(&picture);
        canvas_free(&alpha);
        canvas_free(&want);
        canvas_free(&got);
        canvas_free(&composed);
    }
}

/* (p - least) / (largest - least + 1e-8), rounded to a level: off by at most one. */
static void stretched_mattes_go_from_end_to_end(void **state)
{
    chance random = { 108 };
    tensor logits = values_make(1, 30, 20, 1, NET_FLOAT, 2, &random),
           ends = values_make(1, 1, 1, 2, NET_FLOAT, 0, NULL);
    unsigned char alpha[600];
    net_matte job = {
        .logits = map_of(&logits, NET_FLOAT, 0), .alpha = alpha, .pitch = 20, .width = 20, .height = 30
    };
    double low, range;

    (void)state;
    oracle_extremes(&(oracle_call){ .in = { logits }, .out = ends });
    job.extremes = ends.at;
    net_play(net_matte_launch(&job), &job);
    low = 1 / (1 + exp(-(double)ends.at[0]));
    range = 1 / (1 + exp(-(double)ends.at[1])) - low + 1e-8;
    for (int32_t i = 0; i < 600; i++) {
        double level = 255 * (1 / (1 + exp(-(double)logits.at[i])) - low) / range;

        assert_true(fabs(alpha[i] - level) < 0.5001);
    }
    map_free(&job.logits);
    values_free(&logits);
    values_free(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_pooled),
        cmocka_unit_test(quarters_are_merged_exactly),
        cmocka_unit_test(channels_become_shares),
        cmocka_unit_test(transitions_are_found),
        cmocka_unit_test(the_pyramid_is_climbed),
        cmocka_unit_test(maps_are_made_of_two_logits),
        cmocka_unit_test(means_and_extremes_take_two_steps),
        cmocka_unit_test(mattes_are_the_cpus_to_the_byte),
        cmocka_unit_test(stretched_mattes_go_from_end_to_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

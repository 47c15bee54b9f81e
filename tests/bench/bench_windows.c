/* bench_windows.c - attention kernels by themselves, on one thread, for every kernel set and type that the
 * processor has: nanoseconds per head and window, and per axial line, the best of several runs. Multiply-
 * accumulates of the two products count as two operations. */
#include <string.h>

#include "base/clock.h"
#include "bench.h"
#include "net/plain/kernels.h"

#define RUNS 9
#define HEADS 4
#define CHANNELS 32 /* of a head */
#define ACROSS 4    /* windows, each way */

static float *random_words(size_t count, rows_type type)
{
    float *words = aligned_alloc(64, (count + KERNELS_BLOCK) / KERNELS_BLOCK * 64);
    uint32_t seed = 1;

    if (!words)
        exit(1);
    for (size_t i = 0; i < count; i++) {
        float x;

        seed = seed * 1664525 + 1013904223;
        x = (float)(seed >> 8) / (1 << 23) - 1;
        memcpy(&words[i], &x, sizeof x);
        if (type == ROWS_BF16) { /* twice the upper half */
            uint32_t bits;

            memcpy(&bits, &x, sizeof bits);
            bits = bits >> 16 | (bits & 0xffff0000);
            memcpy(&words[i], &bits, sizeof bits);
        }
    }
    return words;
}

static rows_grid grid_of(int32_t side, int32_t channels, rows_type type)
{
    int32_t pixel = (int32_t)words_of(type, (size_t)channels);
    rows_grid g = { .pitch = (size_t)side * (size_t)pixel,
                    .ring = side,
                    .height = side,
                    .width = side,
                    .pixel = pixel,
                    .type = type };

    g.data = random_words(g.pitch * (size_t)side + KERNELS_BLOCK, type);
    return g;
}

static double windows_ms(const plain_kernels *k, window_call *call, int32_t windows)
{
    double start = clock_ms();

    for (call->head = 0; call->head < HEADS; call->head++) {
        k->window_bias(call);
        for (int32_t i = 0; i < windows * windows; i++) {
            call->y = i / windows * call->node->window;
            call->x = i % windows * call->node->window;
            k->window(call);
        }
    }
    return clock_ms() - start;
}

/* beyond: tokens by which the grid of windows is larger than the picture. */
static void bench_windows(const plain_kernels *k, int32_t side, int32_t beyond, bool moved, rows_type type)
{
    int32_t size = side * ACROSS, tokens = side * side, channels = HEADS * CHANNELS;
    plan_node n = { .op = PLAN_OP_WINDOW, .window = side, .shift = moved ? side / 2 : 0, .heads = HEADS };
    window_call call = { .node = &n,
                         .in = grid_of(size - beyond, 3 * channels, type),
                         .out = grid_of(size - beyond, channels, type),
                         .table = random_words((size_t)(4 * tokens), ROWS_F32),
                         .bias = random_words((size_t)(3 * channels), ROWS_F32),
                         .each = CHANNELS,
                         .height = size,
                         .width = size,
                         .scratch = random_words((size_t)(tokens + 256) * (size_t)(tokens + 256), ROWS_F32) };
    double best = windows_ms(k, &call, ACROSS), each, inside = (double)(size - beyond) / size;

    for (int i = 1; i < RUNS; i++) {
        double ms = windows_ms(k, &call, ACROSS);

        best = ms < best ? ms : best;
    }
    each = best / (HEADS * ACROSS * ACROSS);
    printf("  %-12s %s  %2d x %-2d%s%s %8.0f ns  %6.1f GFLOP/s\n", k->name, type ? "bf16" : "f32 ", (int)side,
           (int)side, moved ? ", moved" : "       ", beyond ? ", beyond" : "        ", 1e6 * each,
           4e-6 * tokens * tokens * CHANNELS * inside * inside / each);
    free(call.in.data);
    free(call.out.data);
    free((float *)(uintptr_t)call.table);
    free((float *)(uintptr_t)call.bias);
    free(call.scratch);
}

#define AXIAL_CHANNELS 64
#define AXIAL_QK 8

static double raw_ms(const plain_kernels *k, const raw_axial *a, float *scratch)
{
    double start = clock_ms();

    for (int32_t i = 0; i < a->lines; i++)
        k->raw_gather(a, i);
    k->raw_scores(a, 0, (int32_t)raw_rows(a->length));
    for (int32_t i = 0; i < a->lines; i++)
        k->raw_values(a, i, scratch);
    return clock_ms() - start;
}

static double lines_ms(const plain_kernels *k, axial_line *line, const raw_axial *a)
{
    double start = clock_ms();

    for (int32_t i = 0; i < a->lines; i++) {
        line->stacked = grid_row(&a->stacked, i);
        line->t = grid_row(&a->t, i);
        line->out = grid_row(&a->out, i);
        k->axial(line);
    }
    return clock_ms() - start;
}

static void bench_axial(const plain_kernels *k, int32_t size, rows_type type)
{
    size_t wide = whole_blocks((size_t)size), depth = (size_t)size * AXIAL_QK;
    raw_axial a = { .t = grid_of(size, AXIAL_CHANNELS, type),
                    .stacked = grid_of(size, AXIAL_CHANNELS + 2 * AXIAL_QK, type),
                    .out = grid_of(size, AXIAL_CHANNELS, type),
                    .qk = AXIAL_QK,
                    .channels = AXIAL_CHANNELS,
                    .length = size,
                    .lines = size,
                    .gamma = 0.5f,
                    .queries = random_words(raw_rows(size) * raw_pitch(depth), ROWS_F32),
                    .keys = random_words(wide * depth, ROWS_F32),
                    .scores = random_words(raw_rows(size) * wide, ROWS_F32) };
    float *scratch = random_words((AXIAL_CHANNELS + AXIAL_QK + 2) * wide, ROWS_F32);
    axial_line line = { .t_type = type,
                        .stacked_type = type,
                        .out_type = type,
                        .t_step = (size_t)a.t.pixel,
                        .stacked_step = (size_t)a.stacked.pixel,
                        .out_step = (size_t)a.out.pixel,
                        .key = AXIAL_QK,
                        .value = 2 * AXIAL_QK,
                        .length = size,
                        .qk = AXIAL_QK,
                        .channels = AXIAL_CHANNELS,
                        .gamma = 0.5f,
                        .scratch = scratch };
    double raw = raw_ms(k, &a, scratch), lines = lines_ms(k, &line, &a);
    double flops = 2e-6 * size * size * (AXIAL_CHANNELS + AXIAL_QK);

    for (int i = 1; i < RUNS; i++) {
        double ms = raw_ms(k, &a, scratch);

        raw = ms < raw ? ms : raw;
        ms = lines_ms(k, &line, &a);
        lines = ms < lines ? ms : lines;
    }
    raw /= size;
    lines /= size;
    printf("  %-12s %s  %3d  line %8.0f ns  %6.1f GFLOP/s   raw line %8.0f ns  %6.1f GFLOP/s\n", k->name,
           type ? "bf16" : "f32 ", (int)size, 1e6 * lines, flops / lines, 1e6 * raw, flops / raw);
    free(a.t.data);
    free(a.stacked.data);
    free(a.out.data);
    free(a.queries);
    free(a.keys);
    free(a.scores);
    free(scratch);
}

int main(void)
{
    const plain_kernels *last = NULL;

    for (int level = 0; level <= KERNELS_BEST; level++) {
        const plain_kernels *k = plain_kernels_select(level);

        for (rows_type type = ROWS_F32; k != last && type <= (level == 3 ? ROWS_BF16 : ROWS_F32); type++) {
            bench_windows(k, 12, 0, false, type);
            bench_windows(k, 12, 0, true, type);
            bench_windows(k, 12, 8, false, type);
            bench_windows(k, 7, 0, false, type);
            bench_axial(k, 128, type);
            bench_axial(k, 256, type);
        }
        last = k;
    }
    return 0;
}

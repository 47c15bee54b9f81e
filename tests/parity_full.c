/* A full-size checkpoint against what the reference package computed with it: parity_full.sh makes both.
 *
 *     parity_full CHECKPOINT RECORDED [THREADS [bf16|int8]] */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/network.h"
#include "support/fixture.h"
#include "support/parity.h"

static void compare(const fixture *recorded, const parity_run *run, const char *name)
{
    plan_id id = plan_find(run->p, name);
    float *want = fixture_numbers(recorded, NULL, "square/%s", name), *got = parity_value(run, id);

    printf("  %s: %.1e of the largest\n", name, parity_difference(got, want, parity_count(run->p, id)));
    free(want);
    free(got);
}

/* Alpha as the reference hands it out: the sigmoid, stretched to 0..1. */
static void compare_alpha(const fixture *recorded, const parity_run *run, size_t count)
{
    float *want = fixture_numbers(recorded, NULL, "square/output");
    double low = 1 / (1 + exp(-(double)run->extremes[0][0])),
           high = 1 / (1 + exp(-(double)run->extremes[0][1]));
    double most = 0, sum = 0;
    size_t beyond = 0;

    for (size_t i = 0; i < count; i++) {
        double alpha = (1 / (1 + exp(-(double)run->logits[i])) - low) / (high - low + 1e-8);
        double off = fabs(alpha - (double)want[i]);

        most = fmax(most, off);
        sum += off;
        beyond += off > 1.0 / 255;
    }
    printf(
        "  alpha: off by more than 1/255 at %zu of %zu pixels (%.4f %%), by %.1e at most, by %.1e on average\n",
        beyond, count, 100.0 * (double)beyond / (double)count, most, sum / (double)count);
    free(want);
}

/* Not stretched, which would enlarge what rounding does to the extremes. */
static void compare_sigmoid(const fixture *recorded, const parity_run *run, size_t count)
{
    float *want = fixture_numbers(recorded, NULL, "square/d0");
    double most = 0, sum = 0;

    for (size_t i = 0; i < count; i++) {
        double off = fabs(1 / (1 + exp(-(double)run->logits[i])) - 1 / (1 + exp(-(double)want[i])));

        most = fmax(most, off);
        sum += off;
    }
    printf("  sigmoid of d0: off by %.1e at most, %.1e on average\n", most, sum / (double)count);
    free(want);
}

static void run_all(const fixture *checkpoint, const fixture *recorded, const network_config *config,
                    int32_t threads, inspyr_precision precision, uint32_t flags)
{
    static const char *const maps[] = { "d3", "p2", "p1", "p0", "d0" };
    inspyr_allocator allocator = fixture_allocator();
    int32_t shape[4];
    float *input = fixture_numbers(recorded, shape, "square/input");
    inspyr_pool *pool;
    inspyr_error error;
    parity_run run;
    plan *p, *lowered;
    double start;
    clock_t spent;

    if (plan_create(&p, &allocator, &error) ||
        network_record(p, config,
                       (network_size){ .n = shape[0], .h = shape[1], .w = shape[2], .numbers = true },
                       &error) ||
        weights_match(checkpoint->tensors, p, &error) || inspyr_pool_open(&pool, threads, NULL, &error))
        fail_msg("%s", error.message);
    lowered = parity_lower(p, &engine_plain, precision);
    parity_open_in(&run, &engine_plain, precision, lowered, checkpoint->tensors, pool, flags);
    parity_submit(&run, NULL, (const float *const[]){ input });
    start = clock_ms();
    spent = clock();
    parity_submit(&run, NULL, (const float *const[]){ input });
    printf("%d x %d, %d threads, %s: %.2f s (%.2f s of processor), %zu MB\n", (int)shape[2], (int)shape[1],
           (int)inspyr_pool_width(pool), engine_plain.instructions(), (clock_ms() - start) / 1000,
           (double)(clock() - spent) / CLOCKS_PER_SEC, engine_plain.run_bytes(run.run) >> 20);
    for (size_t i = 0; flags && i < sizeof maps / sizeof *maps; i++)
        compare(recorded, &run, maps[i]);
    compare_alpha(recorded, &run, (size_t)shape[1] * (size_t)shape[2]);
    compare_sigmoid(recorded, &run, (size_t)shape[1] * (size_t)shape[2]);
    parity_close(&run);
    inspyr_pool_free(pool);
    plan_free(lowered);
    plan_free(p);
    free(input);
}

int main(int argc, char **argv)
{
    network_config config;
    fixture checkpoint, recorded;
    inspyr_precision precision = INSPYR_PRECISION_EXACT;
    const char *base;
    inspyr_error error;

    if (argc < 3 || !fixture_open(&checkpoint, argv[1]) || !fixture_open(&recorded, argv[2])) {
        fprintf(stderr, "parity_full CHECKPOINT RECORDED [THREADS [bf16|int8]]\n");
        return 2;
    }
    base = weights_metadata(recorded.tensors, "base_size");
    if (network_configure(&config, checkpoint.tensors, &(network_hints){ .base_w = base ? atoi(base) : 0 },
                          &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (argc > 4 && !strcmp(argv[4], "bf16"))
        precision = INSPYR_PRECISION_BF16;
    if (argc > 4 && !strcmp(argv[4], "int8"))
        precision = INSPYR_PRECISION_INT8;
    run_all(&checkpoint, &recorded, &config, argc > 3 ? atoi(argv[3]) : 0, precision, 0);
    if (config.base_w <= 384) /* with every value kept, 1024 needs 12 GB */
        run_all(&checkpoint, &recorded, &config, 1, precision, ENGINE_KEEP_VALUES);
    fixture_close(&checkpoint);
    fixture_close(&recorded);
    return 0;
}

/* bench_network.c - the built-in network on the plain engine: medians of one pass, for every instruction set of
 * this processor and one and two threads, and where the time goes. Multiply-accumulates count as two
 * operations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench.h"
#include "net/lower.h"
#include "net/model.h"
#include "net/plain/kernels.h"

#define RUNS 15

static double pass_ms(engine_run *run, const engine_io *io)
{
    double times[RUNS];
    inspyr_error error;

    must(engine_plain.run(run, io, &error), &error);
    for (int i = 0; i < RUNS; i++) {
        double start = clock_ms();

        must(engine_plain.run(run, io, &error), &error);
        times[i] = clock_ms() - start;
    }
    return median(times, RUNS);
}

static double cost_of(const plan *p)
{
    double total = 0;

    for (int32_t j = 0; j < p->node_count; j++)
        total += plan_cost(p, &p->nodes[j]);
    return total;
}

/* Milliseconds per pass and the rate, by module: the first word of the weights' names. */
static void print_profile(const plan *p, const double *ms)
{
    static const char *const groups[] = { "backbone",   "context",    "decoder",
                                          "attention2", "attention1", "attention0" };
    double time[7] = { 0 }, cost[7] = { 0 };
    size_t current = 0;

    for (int32_t j = 0; j < p->node_count; j++) {
        const plan_node *n = &p->nodes[j];

        for (size_t g = 0; n->weights >= 0 && g < 6; g++)
            if (!strncmp(p->weights[n->weights].parts[0].name, groups[g], strlen(groups[g])))
                current = g;
        time[current] += ms[j] / (RUNS + 1);
        cost[current] += plan_cost(p, n);
    }
    for (size_t g = 0; g < 6; g++)
        printf("  %-10s %7.2f ms  %6.1f GFLOP/s\n", groups[g], time[g], 2e-6 * cost[g] / time[g]);
}

static void bench(inspyr_model *m, const plan *p, int32_t width, int level, bool profile)
{
    inspyr_error error;
    inspyr_pool *pool;
    engine_host host = m->host;
    engine_run *run;
    model_pass *pass;
    double ms;

    must(inspyr_pool_open(&pool, width, NULL, &error), &error);
    host.pool = pool;
    must(model_pass_take(&pass, m, 1, (pass_size){ 0, 0, false }, &error), &error);
    memset(pass->picture, 100, (size_t)pass->w * (size_t)pass->h * 3);
    const engine_io io = { .picture = pass->picture, .logits = pass->logits, .extremes = pass->extremes };

    must(engine_plain.compile(&run, &host, m->packed, p, ENGINE_AT_MOST(level) | (profile ? ENGINE_PROFILE : 0),
                              &error),
         &error);
    ms = pass_ms(run, &io);
    printf("%-8s %d thread%s %7.1f ms  %6.1f GFLOP/s  %5.1f MB\n", plain_kernels_select(level)->name,
           (int)width, width > 1 ? "s" : " ", ms, 2e-6 * cost_of(p) / ms,
           (double)engine_plain.run_bytes(run) / 1e6);
    if (profile) {
        double *each = calloc((size_t)p->node_count, sizeof *each);

        engine_plain.profile(run, each);
        print_profile(p, each);
        free(each);
    }
    engine_plain.destroy(run);
    model_pass_give(pass);
    inspyr_pool_free(pool);
}

int main(void)
{
    inspyr_error error;
    inspyr_model *m;
    plan *recorded, *p;

    must(inspyr_model_load(&m, NULL, NULL, &error), &error);
    must(plan_create(&recorded, &m->host.allocator, &error), &error);
    must(network_record(recorded, &m->config,
                        (network_size){ .n = 1, .h = m->config.base_h, .w = m->config.base_w }, &error),
         &error);
    must(plan_lower(&p, recorded, &engine_plain, &m->host, &error), &error);
    printf("%d x %d, %.2f GMAC\n", (int)m->config.base_w, (int)m->config.base_h, cost_of(p) / 1e9);
    for (int level = 0; level <= KERNELS_BEST; level++)
        if (!level || plain_kernels_select(level) != plain_kernels_select(level - 1))
            for (int32_t width = 1; width <= 2; width++)
                bench(m, p, width, level, false);
    printf("by module, one thread:\n");
    bench(m, p, 1, KERNELS_BEST, true);
    plan_free(recorded);
    plan_free(p);
    inspyr_model_free(m);
    return 0;
}

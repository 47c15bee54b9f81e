/* bench_hosts.c - four models in four threads of a host, against the same passes one after the other: how much
 * throughput is lost to threads that get into each other's way. Once with a pool that all share, once with one
 * each, which makes four times as many threads as processors. The three take turns. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "bench.h"

#define MODELS 4
#define PASSES 5 /* of each model in a round */
#define ROUNDS 5
#define SIDE 384

static unsigned char picture[SIDE * SIDE * 3];

typedef struct host {
    pthread_t thread;
    inspyr_pool *pool; /* its own */
    inspyr_model *shared, *own;
    inspyr_model *working; /* one of them */
    float matte[SIDE * SIDE];
} host;

static void *work(void *user)
{
    host *h = user;
    const inspyr_view in = { picture, SIDE * 3, SIDE, SIDE, INSPYR_RGB8, 0 };
    const inspyr_view out = { h->matte, SIDE * sizeof *h->matte, SIDE, SIDE, INSPYR_GREYF32, 0 };
    inspyr_error error;

    for (int i = 0; i < PASSES; i++)
        must(inspyr_matte(h->working, &in, &out, 1, NULL, &error), &error);
    return NULL;
}

static double one_after_the_other(host *hosts)
{
    double start = clock_ms();

    for (int i = 0; i < MODELS; i++) {
        hosts[i].working = hosts[i].shared;
        work(&hosts[i]);
    }
    return clock_ms() - start;
}

static double at_once(host *hosts, bool own)
{
    double start = clock_ms();

    for (int i = 0; i < MODELS; i++) {
        hosts[i].working = own ? hosts[i].own : hosts[i].shared;
        if (pthread_create(&hosts[i].thread, NULL, work, &hosts[i])) {
            fputs("no thread could be started\n", stderr);
            exit(1);
        }
    }
    for (int i = 0; i < MODELS; i++)
        pthread_join(hosts[i].thread, NULL);
    return clock_ms() - start;
}

static inspyr_model *model_with(inspyr_pool *pool)
{
    inspyr_load_options options;
    inspyr_model *m;
    inspyr_error error;

    inspyr_load_options_init(&options);
    options.pool = pool;
    must(inspyr_model_load(&m, NULL, &options, &error), &error);
    must(inspyr_model_warmup(m, NULL, &error), &error);
    return m;
}

static void print(const char *what, double ms, double alone)
{
    printf("%-34s %7.1f pictures/s, %5.1f %% lost\n", what, MODELS * PASSES / ms * 1e3, 100 * (1 - alone / ms));
}

int main(void)
{
    static host hosts[MODELS];
    double alone[ROUNDS], shared[ROUNDS], own[ROUNDS], usual;
    inspyr_pool *pool;
    inspyr_error error;

    must(inspyr_pool_open(&pool, 0, NULL, &error), &error);
    for (size_t i = 0; i < sizeof picture; i++)
        picture[i] = (unsigned char)(i * 7 % 251);
    for (int i = 0; i < MODELS; i++) {
        must(inspyr_pool_open(&hosts[i].pool, 0, NULL, &error), &error);
        hosts[i].shared = model_with(pool);
        hosts[i].own = model_with(hosts[i].pool);
    }
    for (int i = 0; i < ROUNDS; i++) {
        alone[i] = one_after_the_other(hosts);
        shared[i] = at_once(hosts, false);
        own[i] = at_once(hosts, true);
    }
    usual = median(alone, ROUNDS);
    printf("%d models, %d threads a pool, %d x %d, medians of %d rounds of %d pictures each\n", MODELS,
           (int)inspyr_pool_width(pool), SIDE, SIDE, ROUNDS, PASSES);
    print("one after the other", usual, usual);
    print("in four threads, one pool", median(shared, ROUNDS), usual);
    print("in four threads, a pool each", median(own, ROUNDS), usual);
    for (int i = 0; i < MODELS; i++) {
        inspyr_model_free(hosts[i].shared);
        inspyr_model_free(hosts[i].own);
        inspyr_pool_free(hosts[i].pool);
    }
    inspyr_pool_free(pool);
    return 0;
}

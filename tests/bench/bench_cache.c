/* bench_cache.c - how often a cache has what is asked for, beside one that drops what was used longest ago; and
 * what looking, keeping, naming and sealing cost. usage: bench_cache */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "run/cache/cache.h"
#include "run/cache/envelope.h"
#include "run/cache/s3fifo.h"
#include "tests/bench/lru.h"
#include "tests/support/chance.h"

#define PICTURES 20000 /* that come again */
#define KEYS 400000    /* with those that come once */
#define REQUESTS 300000

typedef struct trace {
    const char *name;
    double alpha;    /* of Zipf's law */
    int once, burst; /* of `burst` requests, so many are for pictures that never come again */
} trace;

static const trace traces[] = { { "Zipf 0.7", 0.7, 0, 1 },
                                { "Zipf 0.9", 0.9, 0, 1 },
                                { "Zipf 1.1", 1.1, 0, 1 },
                                { "Zipf 0.9, half of all come once", 0.9, 1, 2 },
                                { "Zipf 0.9, crawls of 5000", 0.9, 5000, 20000 } };

static double law[PICTURES];
static int requests[REQUESTS];
static size_t costs[KEYS];

static int picture_of(double share)
{
    int low = 0, high = PICTURES - 1;

    while (low < high) {
        const int middle = (low + high) / 2;

        if (law[middle] < share)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void make_trace(const trace *t)
{
    chance random = { 1 };
    double sum = 0;
    int next = PICTURES;

    for (int i = 0; i < PICTURES; i++)
        law[i] = sum += pow(i + 1, -t->alpha);
    for (int i = 0; i < KEYS; i++)
        costs[i] = (size_t)chance_between(&random, 50, 1000) * 1024;
    for (int i = 0; i < REQUESTS; i++)
        requests[i] = i % t->burst < t->once ? next++ : picture_of(sum * chance_bits(&random) / 4294967296.0);
}

static double hits_of_s3(size_t limit)
{
    static s3_fifo order;
    static s3_node nodes[KEYS];
    static bool there[KEYS];
    int hits = 0;

    s3_begin(&order, limit);
    memset(there, 0, sizeof there);
    for (int i = 0; i < REQUESTS; i++) {
        s3_node *node = &nodes[requests[i]], *gone;

        if (there[requests[i]]) {
            s3_hit(node);
            hits++;
            continue;
        }
        while (s3_bytes(&order) + costs[requests[i]] > limit && (gone = s3_evict(&order)))
            there[gone - nodes] = false;
        node->cost = costs[requests[i]];
        node->mark = (uint64_t)requests[i];
        s3_insert(&order, node);
        there[requests[i]] = true;
    }
    return (double)hits / REQUESTS;
}

static double hits_of_lru(size_t limit)
{
    int hits = 0;
    lru l;

    lru_begin(&l, KEYS, limit);
    for (int i = 0; i < REQUESTS; i++)
        hits += lru_get(&l, requests[i], costs[requests[i]]);
    lru_end(&l);
    return (double)hits / REQUESTS;
}

static void print_hits(void)
{
    static const int megabytes[] = { 64, 256, 1024 };

    printf("hits, S3-FIFO and LRU, of %d requests for %d pictures of 50 to 1000 KB\n", REQUESTS, PICTURES);
    for (size_t t = 0; t < sizeof traces / sizeof *traces; t++) {
        make_trace(&traces[t]);
        printf("%-32s", traces[t].name);
        for (size_t i = 0; i < sizeof megabytes / sizeof *megabytes; i++)
            printf("  %4d MiB: %.3f %.3f", megabytes[i], hits_of_s3((size_t)megabytes[i] << 20),
                   hits_of_lru((size_t)megabytes[i] << 20));
        printf("\n");
    }
}

static cache_key numbered(int number)
{
    cache_key key = { { 0 }, { 0 } };

    memcpy(key.recipe, &number, sizeof number);
    return key;
}

static void print_times(void)
{
    const size_t size = 500000, large = 2000000;
    unsigned char *bytes = calloc(1, large + ENVELOPE_HEAD);
    const envelope e = { .ttl_ms = 1 };
    inspyr_cache_options options;
    inspyr_cache *cache;
    key_source source;
    cache_found found;
    double start;
    int hits = 0;

    inspyr_cache_options_init(&options);
    if (!bytes || inspyr_cache_open(&cache, &options, NULL))
        abort();
    start = clock_ms();
    for (int i = 0; i < 2000; i++) {
        const cache_key key = numbered(i);

        cache_put(cache, INSPYR_CACHE_RESULTS, &key, bytes, size);
    }
    printf("put of 500 KB into a full pool: %.1f us\n", (clock_ms() - start) / 2000 * 1000);
    start = clock_ms();
    for (int i = 0; i < 200000; i++) {
        const cache_key key = numbered(1800 + i % 100);

        hits += cache_get(cache, INSPYR_CACHE_RESULTS, &key, &found);
        inspyr_bytes_free(&found.bytes);
    }
    printf("get from memory: %.2f us (%d hits)\n", (clock_ms() - start) / 200000 * 1000, hits);
    start = clock_ms();
    for (int i = 0; i < 20; i++)
        key_source_bytes(&source, NULL, bytes, large);
    printf("name of a file of 2 MB: %.2f ms\n", (clock_ms() - start) / 20);
    start = clock_ms();
    for (int i = 0; i < 20; i++)
        envelope_seal(bytes, large, &e, NULL);
    printf("seal of 2 MB: %.2f ms\n", (clock_ms() - start) / 20);
    inspyr_cache_free(cache);
    free(bytes);
}

int main(void)
{
    print_hits();
    print_times();
    return 0;
}

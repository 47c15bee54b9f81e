/* The engine "onednn" against the oracle, on random plans; and what it leaves alone. */
#include <dlfcn.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/plugin.h"
#include "base/sanitized.h"
#include "net/plain/plain.h"
#include "oracle/oracle.h"
#include "support/fixture.h"
#include "support/parity.h"
#include "support/random_plans.h"
#include "support/scarce.h"
#include "support/tensors.h"

#define BOUND 2e-5                  /* as in test_engines.c */
#define SEEDS (SANITIZED ? 10 : 40) /* as in scenes.h */
#define POOLS 3

static const products_table *products;
static inspyr_pool *pools[POOLS]; /* widths 1, 2, 3 */
static int32_t tiles;             /* nodes that the plug-in multiplied */

typedef struct scene {
    plan *p, *lowered;
    fixture weights;
    random_data data;
} scene;

static scene make(random_kind kind, uint64_t seed, int32_t n, int32_t first)
{
    scene s = { .p = random_plan(kind, seed, n) };

    parity_subject("%s %d", random_name(kind), (int)seed);
    s.lowered = parity_lower(s.p, &engine_onednn, INSPYR_PRECISION_EXACT);
    tensors_for_plan(&s.weights, s.p, seed);
    s.data = random_data_for(s.p, seed, first);
    return s;
}

static void discard(scene *s)
{
    random_data_free(&s->data);
    fixture_close(&s->weights);
    plan_free(s->lowered);
    plan_free(s->p);
}

static void begin(parity_run *r, const engine_kind *engine, const scene *s, inspyr_pool *pool, uint32_t flags)
{
    parity_open(r, engine, s->lowered, s->weights.tensors, pool, flags);
    parity_submit(r, s->data.picture, (const float *const *)s->data.inputs);
}

static void every_plan(void (*check)(random_kind kind, uint64_t seed))
{
    for (random_kind kind = 0; kind < RANDOM_COMMON; kind++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++)
            check(kind, seed);
}

static void agrees(random_kind kind, uint64_t seed)
{
    scene s = make(kind, seed, 1 + (int32_t)seed / 4 % 3, 0);
    parity_run want, got;

    begin(&want, &engine_oracle, &s, NULL, 0);
    begin(&got, &engine_onednn, &s, NULL, ENGINE_KEEP_VALUES);
    parity_agree_everywhere(&got, &want, BOUND);
    for (int32_t j = 0; j < s.lowered->node_count; j++)
        tiles += got.run->nodes[j].tile.made != NULL;
    parity_close(&got);
    parity_close(&want);
    discard(&s);
}

static void it_agrees_with_the_oracle_at_every_node(void **state)
{
    (void)state;
    tiles = 0;
    every_plan(agrees);
    print_message("%d convolutions by the plug-in\n", (int)tiles);
    assert_true(tiles > 50);
}

/* Both round inputs and weights to bf16 and sum in float32; what they hand on is rounded again, and a sum that
 * lies between two numbers of bf16 may go either way. */
#define BOUND_BF16 2e-2

static void agrees_in_bf16(random_kind kind, uint64_t seed)
{
    scene s = make(kind, seed, 1, 0);
    parity_run want, got;

    parity_open_in(&want, &engine_plain, INSPYR_PRECISION_BF16, s.lowered, s.weights.tensors, NULL,
                   ENGINE_KEEP_VALUES);
    parity_submit(&want, s.data.picture, (const float *const *)s.data.inputs);
    parity_open_in(&got, &engine_onednn, INSPYR_PRECISION_BF16, s.lowered, s.weights.tensors, NULL,
                   ENGINE_KEEP_VALUES);
    parity_submit(&got, s.data.picture, (const float *const *)s.data.inputs);
    parity_agree_everywhere(&got, &want, BOUND_BF16);
    for (int32_t j = 0; j < s.lowered->node_count; j++)
        tiles += got.run->nodes[j].tile.made != NULL && got.run->nodes[j].tile.source == ROWS_BF16;
    parity_close(&got);
    parity_close(&want);
    discard(&s);
}

static void it_agrees_with_the_plain_engine_in_bf16(void **state)
{
    (void)state;
    if (!engine_onednn.has(INSPYR_PRECISION_BF16))
        skip();
    tiles = 0;
    every_plan(agrees_in_bf16);
    print_message("%d convolutions of bf16 by the plug-in\n", (int)tiles);
    assert_true(tiles > 10);
}

static size_t logits(const parity_run *r)
{
    return parity_count(r->p, r->p->nodes[r->p->node_count - 1].in[0].value);
}

static void same_bits_however_it_is_run(random_kind kind, uint64_t seed)
{
    scene s = make(kind, seed, 2, 0);
    parity_run kept, got;

    begin(&kept, &engine_onednn, &s, NULL, ENGINE_KEEP_VALUES);
    for (int i = 0; i < POOLS; i++) {
        begin(&got, &engine_onednn, &s, pools[i], 0);
        parity_equal("logits", got.logits, kept.logits, logits(&got));
        parity_close(&got);
    }
    for (int32_t k = 0; k < 2; k++) {
        scene one = make(kind, seed, 1, k);

        begin(&got, &engine_onednn, &one, pools[1], 0);
        parity_equal("alone", got.logits, kept.logits + (size_t)k * logits(&got), logits(&got));
        parity_close(&got);
        discard(&one);
    }
    parity_close(&kept);
    discard(&s);
}

static void neither_threads_nor_batch_nor_kept_values_change_a_bit(void **state)
{
    (void)state;
    every_plan(same_bits_however_it_is_run);
}

/* Packed weights as another process finds them: bytes that must not be written to. */
static void the_same_bits_come_from_exported_weights(void **state)
{
    int32_t taken = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene s = make(RANDOM_CONV, seed, 1, 0);
        parity_run want, got;
        size_t size;
        const void *bytes;
        void *copy;
        bool found = false;

        begin(&want, &engine_onednn, &s, NULL, 0);
        bytes = engine_onednn.save(want.packed, &size);
        copy = aligned_alloc(64, (size + 63) / 64 * 64);
        memcpy(copy, bytes, size);
        got = want;
        assert_true(engine_onednn.restore(&got.packed, &want.host, s.lowered, copy, size));
        assert_int_equal(engine_onednn.compile(&got.run, &want.host, got.packed, s.lowered, 0, NULL),
                         INSPYR_OK);
        got.logits = malloc(logits(&want) * sizeof *got.logits);
        got.extremes = malloc(sizeof *got.extremes);
        parity_submit(&got, s.data.picture, (const float *const *)s.data.inputs);
        parity_equal("imported", got.logits, want.logits, logits(&want));
        assert_memory_equal(copy, bytes, size);
        parity_close(&got);
        for (int32_t i = 0; !found && i < want.packed->count; i++)
            if (want.packed->units[i].made) {
                ((unsigned char *)copy)[want.packed->units[i].kernel * sizeof(float)] ^= 1;
                found = true;
            }
        taken += found;
        assert_int_equal(engine_onednn.restore(&got.packed, &want.host, s.lowered, copy, size), !found);
        engine_onednn.unpack(got.packed);
        parity_close(&want);
        free(copy);
        discard(&s);
    }
    assert_true(taken > 5);
}

static inspyr_status with_scarce_memory(const scene *s, int fails_at)
{
    scarce memory;
    engine_host host = { .allocator = scarce_allocator(&memory, fails_at),
                         .pool = pools[1],
                         .products = products };
    engine_packed *packed = NULL;
    engine_run *run = NULL;
    inspyr_status status = engine_onednn.pack(&packed, &host, s->lowered, s->weights.tensors, NULL);

    if (!status)
        status = engine_onednn.compile(&run, &host, packed, s->lowered, 0, NULL);
    engine_onednn.destroy(run);
    engine_onednn.unpack(packed);
    assert_int_equal(memory.balance, 0);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    scene s = make(RANDOM_CONV, 4, 1, 0);
    inspyr_status status;

    (void)state;
    for (int nth = 0; (status = with_scarce_memory(&s, nth)) != INSPYR_OK; nth++)
        assert_int_equal(status, INSPYR_ERR_MEMORY);
    discard(&s);
}

static int32_t threads_of_the_process(void)
{
    int32_t count = 0;
    char line[128];
    FILE *status = fopen("/proc/self/status", "r");

    while (status && fgets(line, sizeof line, status))
        (void)sscanf(line, "Threads: %" SCNd32, &count);
    if (status)
        fclose(status);
    return count;
}

/* The runtime of OpenMP is that of the plug-in: there is one for everybody. */
static void a_program_keeps_its_number_of_threads_and_gets_none(void **state)
{
    void *openmp = dlopen("libgomp.so.1", RTLD_NOW | RTLD_NOLOAD);
    void (*set)(int);
    int (*get)(void);
    scene s = make(RANDOM_CONV, 4, 1, 0);
    int32_t before = threads_of_the_process();
    parity_run r;

    (void)state;
    if (!openmp)
        skip();
    *(void **)&set = dlsym(openmp, "omp_set_num_threads");
    *(void **)&get = dlsym(openmp, "omp_get_max_threads");
    set(3);
    begin(&r, &engine_onednn, &s, NULL, 0);
    parity_close(&r);
    assert_int_equal(get(), 3);
    assert_int_equal(threads_of_the_process(), before);
    discard(&s);
    dlclose(openmp);
}

static int open_all(void **state)
{
    static const plugin_wanted wanted = { "onednn", PRODUCTS_ABI, sizeof(products_table), "dnnl_version" };
    char text[PRODUCTS_TEXT];
    inspyr_error error;
    const void *table;

    (void)state;
    if (plugin_find(&table, &wanted, &error) || (products = table)->open(text, &error)) {
        print_message("skipped: %s\n", error.message);
        exit(77);
    }
    print_message("%s\n", text);
    parity_products(products);
    for (int i = 0; i < POOLS; i++)
        if (inspyr_pool_open(&pools[i], i + 1, NULL, NULL))
            return -1;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    for (int i = 0; i < POOLS; i++)
        inspyr_pool_free(pools[i]);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_agrees_with_the_oracle_at_every_node),
        cmocka_unit_test(it_agrees_with_the_plain_engine_in_bf16),
        cmocka_unit_test(neither_threads_nor_batch_nor_kept_values_change_a_bit),
        cmocka_unit_test(the_same_bits_come_from_exported_weights),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_program_keeps_its_number_of_threads_and_gets_none),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}

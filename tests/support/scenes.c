#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "oracle/oracle.h"
#include "support/scenes.h"
#include "support/tensors.h"

inspyr_pool *scene_pools[SCENE_POOLS];

scene scene_make_for(const engine_kind *engine, random_kind kind, uint64_t seed, int32_t n, int32_t first)
{
    scene s = { .p = random_plan(kind, seed, n) };

    s.lowered = parity_lower(s.p, engine, INSPYR_PRECISION_EXACT);
    tensors_for_plan(&s.weights, s.p, seed);
    s.data = random_data_for(s.p, seed, first);
    return s;
}

scene scene_make(random_kind kind, uint64_t seed, int32_t n, int32_t first)
{
    return scene_make_for(&engine_plain, kind, seed, n, first);
}

void scene_discard(scene *s)
{
    random_data_free(&s->data);
    fixture_close(&s->weights);
    plan_free(s->lowered);
    plan_free(s->p);
}

void scene_begin(parity_run *r, const engine_kind *engine, const plan *p, const scene *s, inspyr_pool *pool,
                 uint32_t flags)
{
    parity_open(r, engine, p, s->weights.tensors, pool, flags);
    parity_submit(r, s->data.picture, (const float *const *)s->data.inputs);
}

size_t scene_logits(const parity_run *r)
{
    return parity_count(r->p, r->p->nodes[r->p->node_count - 1].in[0].value);
}

void scene_same_output(const parity_run *a, const parity_run *b)
{
    int32_t n = a->p->values[a->p->value_count - 1].n;

    parity_equal("logits", a->logits, b->logits, scene_logits(a));
    parity_equal("extremes", a->extremes[0], b->extremes[0], 2 * (size_t)n);
}

void scene_every_plan(void (*check)(random_kind kind, uint64_t seed), random_kind first, random_kind end)
{
    for (random_kind kind = first; kind < end; kind++)
        for (uint64_t seed = 1; seed <= SCENE_SEEDS; seed++) {
            parity_subject("%s %d", random_name(kind), (int)seed);
            check(kind, seed);
        }
}

int scene_open_pools(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_POOLS; i++)
        if (inspyr_pool_open(&scene_pools[i], i + 1, NULL, NULL))
            return -1;
    return 0;
}

int scene_close_pools(void **state)
{
    (void)state;
    for (int i = 0; i < SCENE_POOLS; i++)
        inspyr_pool_free(scene_pools[i]);
    return 0;
}

void scene_agrees(const engine_kind *engine, inspyr_precision precision, random_kind kind, uint64_t seed,
                  double bound)
{
    scene s = scene_make_for(engine, kind, seed, 1 + (int32_t)seed / 4 % 3, 0);
    parity_run want, got;

    scene_begin(&want, &engine_oracle, s.lowered, &s, NULL, 0);
    parity_open_in(&got, engine, precision, s.lowered, s.weights.tensors, scene_pools[1], ENGINE_KEEP_VALUES);
    parity_submit(&got, s.data.picture, (const float *const *)s.data.inputs);
    parity_agree_everywhere(&got, &want, bound);
    parity_close(&got);
    parity_close(&want);
    scene_discard(&s);
}

void scene_agrees_by_node(const engine_kind *engine, inspyr_precision precision, random_kind kind,
                          uint64_t seed, double bound)
{
    scene s = scene_make_for(engine, kind, seed, 1 + (int32_t)seed / 4 % 3, 0);
    float **made = calloc((size_t)s.lowered->value_count, sizeof *made);
    parity_run want, got;

    assert_non_null(made);
    parity_open_in(&got, engine, precision, s.lowered, s.weights.tensors, scene_pools[1], ENGINE_KEEP_VALUES);
    parity_submit(&got, s.data.picture, (const float *const *)s.data.inputs);
    for (plan_id id = 0; id < s.lowered->value_count; id++)
        if (s.lowered->nodes[s.lowered->values[id].node].op != PLAN_OP_OUTPUT)
            made[id] = parity_value(&got, id);
    parity_open(&want, &engine_oracle, s.lowered, s.weights.tensors, NULL, 0);
    oracle_follow(want.run, made);
    parity_submit(&want, s.data.picture, (const float *const *)s.data.inputs);
    parity_agree_everywhere(&got, &want, bound);
    parity_close(&want);
    parity_close(&got);
    for (plan_id id = 0; id < s.lowered->value_count; id++)
        free(made[id]);
    free(made);
    scene_discard(&s);
}

void scene_same_again(const engine_kind *engine, random_kind kind, uint64_t seed)
{
    scene s = scene_make_for(engine, kind, seed, 2, 0);
    parity_run kept, got;

    scene_begin(&kept, engine, s.lowered, &s, NULL, ENGINE_KEEP_VALUES);
    scene_begin(&got, engine, s.lowered, &s, NULL, 0);
    scene_same_output(&got, &kept);
    parity_submit(&got, s.data.picture, (const float *const *)s.data.inputs);
    scene_same_output(&got, &kept);
    parity_close(&got);
    parity_close(&kept);
    scene_discard(&s);
}

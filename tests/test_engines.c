/* The plain engine against the oracle, on random plans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/lower.h"
#include "oracle/oracle.h"
#include "support/fixture.h"
#include "support/parity.h"
#include "support/scarce.h"
#include "support/scenes.h"

/* Of the largest absolute value. Half of it is used, by resizes: their positions are float32, as in the
 * reference, which on noise 65 pixels high is worth 1.1e-5. */
#define BOUND 2e-5
#define LEVELS 4 /* of ENGINE_AT_MOST(); the processor may have fewer */

static void lowered_is_the_same(random_kind kind, uint64_t seed)
{
    engine_kind plain = engine_plain;
    parity_run a, b;
    scene s;

    plain.wants_fold = NULL;
    s = scene_make_for(&plain, kind, seed, 2, 0);
    scene_begin(&a, &engine_oracle, s.p, &s, NULL, 0);
    scene_begin(&b, &engine_oracle, s.lowered, &s, NULL, 0);
    scene_same_output(&a, &b);
    parity_close(&a);
    parity_close(&b);
    scene_discard(&s);
}

static void lowering_changes_no_bit(void **state)
{
    (void)state;
    scene_every_plan(lowered_is_the_same, 0, RANDOM_KINDS);
}

/* Savings change the order of sums. */
static void saves_and_agrees(random_kind kind, uint64_t seed)
{
    scene s = scene_make(kind, seed, 2, 0);
    parity_run want, got;

    scene_begin(&want, &engine_oracle, s.p, &s, NULL, 0);
    scene_begin(&got, &engine_oracle, s.lowered, &s, NULL, 0);
    parity_agree("logits", got.logits, want.logits, scene_logits(&got), BOUND);
    for (plan_id id = 0; id < s.p->value_count; id++) {
        const char *name = s.p->values[id].name;
        plan_id other = name ? plan_find(s.lowered, name) : -1;
        float *a, *b;

        if (other < 0)
            continue;
        a = parity_value(&got, other);
        b = parity_value(&want, id);
        parity_agree(name, a, b, parity_count(s.p, id), BOUND);
        free(a);
        free(b);
    }
    parity_close(&want);
    parity_close(&got);
    scene_discard(&s);
}

static void savings_are_exact(void **state)
{
    (void)state;
    scene_every_plan(saves_and_agrees, RANDOM_SICA, RANDOM_SICA + 1);
}

static void agrees(random_kind kind, uint64_t seed)
{
    scene s = scene_make(kind, seed, 1 + (int32_t)seed / 4 % 3, 0);
    parity_run want, got;

    scene_begin(&want, &engine_oracle, s.lowered, &s, NULL, 0);
    for (uint32_t level = 0; level < LEVELS; level++) {
        parity_subject("%s %d at level %d", random_name(kind), (int)seed, (int)level);
        scene_begin(&got, &engine_plain, s.lowered, &s, NULL, ENGINE_KEEP_VALUES | ENGINE_AT_MOST(level));
        parity_agree_everywhere(&got, &want, BOUND);
        parity_close(&got);
    }
    parity_close(&want);
    scene_discard(&s);
}

static void the_plain_engine_agrees_with_the_oracle_at_every_node(void **state)
{
    (void)state;
    scene_every_plan(agrees, 0, RANDOM_COMMON);
}

static void same_bits_however_it_is_run(random_kind kind, uint64_t seed)
{
    scene s = scene_make(kind, seed, 1 + (int32_t)seed / 4 % 3, 0);

    for (uint32_t level = 0; level < LEVELS; level++) {
        parity_run kept, got;

        scene_begin(&kept, &engine_plain, s.lowered, &s, NULL, ENGINE_KEEP_VALUES | ENGINE_AT_MOST(level));
        for (int i = 0; i < SCENE_POOLS; i++) {
            scene_begin(&got, &engine_plain, s.lowered, &s, scene_pools[i], ENGINE_AT_MOST(level));
            scene_same_output(&got, &kept);
            parity_submit(&got, s.data.picture, (const float *const *)s.data.inputs);
            scene_same_output(&got, &kept);
            parity_close(&got);
        }
        parity_close(&kept);
    }
    scene_discard(&s);
}

static void neither_threads_nor_kept_values_nor_an_earlier_run_change_a_bit(void **state)
{
    (void)state;
    scene_every_plan(same_bits_however_it_is_run, 0, RANDOM_COMMON);
}

static void same_kept_values(random_kind kind, uint64_t seed)
{
    scene s = scene_make(kind, seed, 2, 0);
    parity_run want, got;

    scene_begin(&want, &engine_plain, s.lowered, &s, NULL, ENGINE_KEEP_VALUES);
    scene_begin(&got, &engine_plain, s.lowered, &s, scene_pools[2], ENGINE_KEEP_VALUES);
    parity_agree_everywhere(&got, &want, 0);
    parity_close(&got);
    parity_close(&want);
    scene_discard(&s);
}

static void values_of_a_batch_can_be_kept_with_a_pool(void **state)
{
    (void)state;
    scene_every_plan(same_kept_values, 0, RANDOM_COMMON);
}

static void same_bits_alone(random_kind kind, uint64_t seed)
{
    scene both = scene_make(kind, seed, 2, 0);
    parity_run together, alone;

    scene_begin(&together, &engine_plain, both.lowered, &both, scene_pools[1], 0);
    for (int32_t k = 0; k < 2; k++) {
        scene one = scene_make(kind, seed, 1, k);

        scene_begin(&alone, &engine_plain, one.lowered, &one, scene_pools[1], 0);
        parity_equal("logits", alone.logits, together.logits + (size_t)k * scene_logits(&alone),
                     scene_logits(&alone));
        parity_equal("extremes", alone.extremes[0], together.extremes[k], 2);
        parity_close(&alone);
        scene_discard(&one);
    }
    parity_close(&together);
    scene_discard(&both);
}

static void a_picture_gives_the_same_bits_alone_and_in_a_batch(void **state)
{
    (void)state;
    scene_every_plan(same_bits_alone, 0, RANDOM_COMMON);
}

static void is_refused(random_kind kind, uint64_t seed)
{
    scene s = scene_make(kind, seed, 1, 0);
    engine_host host = { .allocator = fixture_allocator() };
    engine_packed *packed;
    engine_run *run = NULL;
    inspyr_error error = { 0 };

    assert_int_equal(engine_plain.pack(&packed, &host, s.lowered, s.weights.tensors, NULL), INSPYR_OK);
    assert_int_equal(engine_plain.compile(&run, &host, packed, s.lowered, 0, &error), INSPYR_ERR_UNSUPPORTED);
    assert_non_null(strstr(error.message, "grouped"));
    assert_null(run);
    engine_plain.unpack(packed);
    scene_discard(&s);
}

static void the_plain_engine_says_by_name_what_it_does_not_have(void **state)
{
    (void)state;
    scene_every_plan(is_refused, RANDOM_COMMON, RANDOM_KINDS);
}

/* The run and what it is made from, with an allocator that fails once; INSPYR_OK where that is never reached.
 */
static inspyr_status with_scarce_memory(const scene *s, int fails_at)
{
    scarce memory;
    engine_host host = { .allocator = scarce_allocator(&memory, fails_at), .pool = scene_pools[1] };
    float *logits_of = malloc(parity_count(s->lowered, s->lowered->value_count - 2) * sizeof *logits_of);
    float extremes[2][2];
    engine_io io = { .picture = s->data.picture,
                     .inputs = (const float *const *)s->data.inputs,
                     .logits = logits_of,
                     .extremes = extremes };
    engine_packed *packed = NULL;
    engine_run *run = NULL;
    int asked;
    inspyr_status status = engine_plain.pack(&packed, &host, s->lowered, s->weights.tensors, NULL);

    if (status == INSPYR_OK)
        status = engine_plain.compile(&run, &host, packed, s->lowered, 0, NULL);
    asked = memory.asked;
    if (status == INSPYR_OK)
        status = engine_plain.run(run, &io, NULL);
    assert_int_equal(memory.asked, asked);
    engine_plain.destroy(run);
    engine_plain.unpack(packed);
    assert_int_equal(memory.balance, 0);
    free(logits_of);
    return status;
}

static void every_allocation_may_fail_and_a_run_makes_none(void **state)
{
    (void)state;
    for (random_kind kind = 0; kind < RANDOM_COMMON; kind++) {
        scene s = scene_make(kind, 4, 2, 0);
        inspyr_status status;

        for (int nth = 0; (status = with_scarce_memory(&s, nth)) != INSPYR_OK; nth++)
            assert_int_equal(status, INSPYR_ERR_MEMORY);
        scene_discard(&s);
    }
}

typedef struct patience {
    int left;
    float last;
} patience;

static int go_on_for_a_while(void *user, float fraction)
{
    patience *p = user;

    assert_true(fraction >= p->last && fraction <= 1);
    p->last = fraction;
    return p->left-- == 0;
}

static void a_run_ends_when_its_caller_has_had_enough(void **state)
{
    static const engine_kind *const engines[2] = { &engine_oracle, &engine_plain };
    scene s = scene_make(RANDOM_CONV, 4, 1, 0);

    (void)state;
    for (int i = 0; i < 2; i++) {
        parity_run r;
        patience p = { .left = 0 };
        engine_io io = { .inputs = (const float *const *)s.data.inputs,
                         .go_on = go_on_for_a_while,
                         .user = &p };

        scene_begin(&r, engines[i], s.lowered, &s, NULL, 0);
        io.logits = r.logits;
        io.extremes = r.extremes;
        assert_int_equal(engines[i]->run(r.run, &io, NULL), INSPYR_ERR_CANCELLED);
        assert_int_equal(p.left, -1);
        parity_close(&r);
    }
    scene_discard(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lowering_changes_no_bit),
        cmocka_unit_test(savings_are_exact),
        cmocka_unit_test(the_plain_engine_agrees_with_the_oracle_at_every_node),
        cmocka_unit_test(neither_threads_nor_kept_values_nor_an_earlier_run_change_a_bit),
        cmocka_unit_test(values_of_a_batch_can_be_kept_with_a_pool),
        cmocka_unit_test(a_picture_gives_the_same_bits_alone_and_in_a_batch),
        cmocka_unit_test(the_plain_engine_says_by_name_what_it_does_not_have),
        cmocka_unit_test(every_allocation_may_fail_and_a_run_makes_none),
        cmocka_unit_test(a_run_ends_when_its_caller_has_had_enough),
    };
    return cmocka_run_group_tests(tests, scene_open_pools, scene_close_pools);
}

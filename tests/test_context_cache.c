#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>

#include "run/context/matte_pack.h"
#include "support/canvas.h"
#include "support/fixture.h"
#include "support/jobs.h"
#include "support/played_store.h"

typedef struct scene {
    playing p;
    inspyr_cache *cache;
    inspyr_context *c;
    inspyr_encode_options encode;
    inspyr_cutout_options cutout;
    inspyr_request r;
} scene;

static void begin(scene *s, const inspyr_cache_hooks *hooks, uint64_t flags)
{
    inspyr_context_options o;
    inspyr_cache_options cache;

    inspyr_cache_options_init(&cache);
    cache.hooks = hooks;
    assert_int_equal(inspyr_cache_open(&s->cache, &cache, NULL), INSPYR_OK);
    inspyr_context_options_init(&o);
    o.flags = INSPYR_CONTEXT_WAIT | flags;
    o.cache = s->cache;
    playing_begin(&s->p);
    s->c = playing_open(&s->p, &o);
    matte_request(&s->r, &s->cutout);
    inspyr_encode_options_init(&s->encode);
    s->encode.file = INSPYR_FILE_PAM;
    s->r.encode = &s->encode;
}

static void end(scene *s)
{
    assert_int_equal(inspyr_context_drain(s->c, -1, NULL), INSPYR_OK);
    inspyr_context_free(s->c);
    inspyr_cache_free(s->cache);
    playing_end(&s->p);
}

/* All results of a job are of this origin, and good; it is freed, and nothing of it can be joined any more. */
static void expect_origin(const scene *s, inspyr_job *job, inspyr_origin origin)
{
    inspyr_job_result result;
    size_t count = poll_of(job).result_count;

    assert_int_equal(inspyr_job_wait(job, -1, NULL), INSPYR_OK);
    inspyr_job_result_init(&result);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(inspyr_job_result_get(job, i, &result, NULL), INSPYR_OK);
        assert_int_equal(result.origin, origin);
        assert_true(result.bytes_size > 0);
        assert_int_equal(result.network_width, origin == INSPYR_ORIGIN_COMPUTE ? 64 : 0);
    }
    inspyr_job_free(job);
    while (status_of(s->c).memory_reserved)
        ;
}

static void what_was_made_once_is_there_when_submit_returns(void **state)
{
    inspyr_job *job;
    scene s;

    (void)state;
    begin(&s, NULL, 0);
    s.r.effects = "color,popart";
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    job = submitted(s.c, 9, &s.r);
    assert_int_equal(poll_of(job).state, INSPYR_JOB_DONE);
    expect_origin(&s, job, INSPYR_ORIGIN_L1);
    assert_int_equal(s.p.passes, 1);
    end(&s);
}

static void a_matte_that_was_made_serves_every_other_look(void **state)
{
    scene s;

    (void)state;
    begin(&s, NULL, 0);
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    s.cutout.output = INSPYR_OUTPUT_COLOUR;
    s.cutout.colour = 0x102030;
    s.r.effects = "color";
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_L1);
    s.r.encode = NULL;
    s.cutout.output = INSPYR_OUTPUT_MAP;
    expect_shade(submitted(s.c, 9, &s.r), 9);
    assert_int_equal(s.p.passes, 1);
    end(&s);
}

static uint64_t entries(const scene *s, inspyr_cache_pool pool)
{
    inspyr_cache_stats stats;

    inspyr_cache_stats_init(&stats);
    assert_int_equal(inspyr_cache_statistics(s->cache, pool, &stats, NULL), INSPYR_OK);
    return stats.entries;
}

static void requests_may_neither_look_nor_leave_anything(void **state)
{
    scene s;

    (void)state;
    begin(&s, NULL, 0);
    s.r.flags = INSPYR_REQUEST_NO_STORE;
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    assert_int_equal(entries(&s, INSPYR_CACHE_MATTES), 0);
    assert_int_equal(entries(&s, INSPYR_CACHE_RESULTS), 0);
    s.r.flags = INSPYR_REQUEST_NO_LOOKUP;
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    s.r.flags = 0;
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_L1);
    assert_int_equal(s.p.passes, 3);
    end(&s);
}

static void a_context_without_cache_neither_reads_nor_writes_it(void **state)
{
    inspyr_cache_stats stats;
    scene s;

    (void)state;
    begin(&s, NULL, INSPYR_CONTEXT_NO_CACHE);
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    inspyr_cache_stats_init(&stats);
    assert_int_equal(inspyr_cache_statistics(s.cache, INSPYR_CACHE_MATTES, &stats, NULL), INSPYR_OK);
    assert_int_equal(stats.entries + stats.misses + stats.hits, 0);
    end(&s);
}

static void the_second_level_serves_another_process_by_its_workers(void **state)
{
    played_store store;
    inspyr_cache_hooks hooks;
    scene s;

    (void)state;
    played_begin(&store);
    hooks = played_hooks(&store);
    begin(&s, &hooks, 0);
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_COMPUTE);
    assert_int_equal(inspyr_cache_flush(s.cache, 10000, NULL), INSPYR_OK);
    assert_int_equal(inspyr_cache_purge(s.cache, NULL), INSPYR_OK);
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_L2);
    expect_origin(&s, submitted(s.c, 9, &s.r), INSPYR_ORIGIN_L1);
    assert_int_equal(s.p.passes, 1);
    end(&s);
    played_end(&store);
}

static void metrics_know_hits_and_what_was_computed(void **state)
{
    inspyr_bytes text;
    inspyr_metrics m;
    scene s;

    (void)state;
    begin(&s, NULL, 0);
    s.r.client_class = "phone";
    for (int i = 0; i < 10; i++)
        expect_origin(&s, submitted(s.c, 9, &s.r), i ? INSPYR_ORIGIN_L1 : INSPYR_ORIGIN_COMPUTE);
    s.cutout.threshold = 0.5f; /* without its flag */
    assert_int_equal(submit_status(s.c, 9, &s.r), INSPYR_ERR_ARGUMENT);
    inspyr_metrics_init(&m);
    assert_int_equal(inspyr_context_metrics(s.c, &m, NULL), INSPYR_OK);
    assert_int_equal(m.requests, 11);
    assert_int_equal(m.ok, 10);
    assert_int_equal(m.invalid, 1);
    assert_int_equal(m.computed, 1);
    assert_int_equal(m.from_memory, 9);
    assert_int_equal(m.warm, 1);
    assert_int_equal(m.cached, 9);
    assert_int_equal(m.inferences, 1);
    assert_int_equal(m.queue_items, 0);
    assert_int_equal(m.state, INSPYR_STATE_READY);
    assert_int_equal(inspyr_context_metrics_text(&text, s.c, NULL), INSPYR_OK);
    assert_true(text.size > 1000);
    inspyr_bytes_free(&text);
    end(&s);
}

static void a_matte_comes_back_as_it_was_packed(void **state)
{
    inspyr_allocator a = fixture_allocator();
    chance dice = { 5 };

    (void)state;
    for (int i = 0; i < 60; i++) {
        canvas c = canvas_make(chance_between(&dice, 1, 90), chance_between(&dice, 1, 90), INSPYR_GREY8, 0);
        backend_found found = { { 1, 2, 3, 4, 0.25f, i % 2 }, 384, 96, 0, 0 }, back;
        inspyr_image *alpha;
        inspyr_bytes bytes;

        if (i % 3)
            canvas_fill_matte(&c, &dice);
        else
            canvas_fill(&c, &dice);
        assert_int_equal(matte_pack(&bytes, &c.view, &found, &a, NULL, NULL), INSPYR_OK);
        assert_true(matte_unpack(&alpha, &back, bytes.data, bytes.size, &a));
        for (int32_t y = 0; y < c.view.height; y++)
            assert_memory_equal(view_row(&c.view, y), view_row(&alpha->view, y), (size_t)c.view.width);
        assert_int_equal(back.subject.x, 1);
        assert_int_equal(back.subject.height, 4);
        assert_true(back.subject.coverage == 0.25f);
        assert_int_equal(back.subject.none, i % 2);
        assert_int_equal(back.network_width, 384);
        assert_int_equal(back.network_height, 96);
        inspyr_image_free(alpha);
        for (int k = 0; k < 50; k++) { /* damage is noticed, or at least does no harm */
            size_t at = (size_t)chance_between(&dice, 0, (int32_t)bytes.size - 1);
            unsigned char *byte = (unsigned char *)bytes.data + at, was = *byte;

            *byte = (unsigned char)chance_bits(&dice);
            if (matte_unpack(&alpha, &back, bytes.data, chance_one_in(&dice, 2) ? at : bytes.size, &a))
                inspyr_image_free(alpha);
            *byte = was;
        }
        inspyr_bytes_free(&bytes);
        canvas_free(&c);
    }
}

/* Whoever can write to a store without a secret can do this. */
static void replace_matte(const scene *s, const char *name, int32_t width, int32_t height)
{
    const inspyr_allocator a = fixture_allocator();
    const backend_found found = { { 0, 0, width, height, 0.5f, 0 }, 64, 64, 0, 0 };
    canvas c = canvas_make(width, height, INSPYR_GREY8, 0);
    inspyr_bytes bytes;
    cache_key key;

    assert_true(key_parse(&key, name));
    assert_int_equal(matte_pack(&bytes, &c.view, &found, &a, NULL, NULL), INSPYR_OK);
    cache_put(s->cache, INSPYR_CACHE_MATTES, &key, bytes.data, bytes.size);
    inspyr_bytes_free(&bytes);
    canvas_free(&c);
}

static void leave_to_the_store(const scene *s)
{
    while (status_of(s->c).memory_reserved) /* a flight that can still be joined */
        ;
    assert_int_equal(inspyr_cache_flush(s->cache, 10000, NULL), INSPYR_OK);
    assert_int_equal(inspyr_cache_purge(s->cache, NULL), INSPYR_OK);
}

static void a_matte_of_another_size_than_its_picture_is_made_anew(void **state)
{
    static const int32_t sizes[][2] = { { 2, 3 }, { 3, 1 }, { 1, 2 }, { 60, 40 } };
    played_store store;
    inspyr_cache_hooks hooks;
    scene s;

    (void)state;
    played_begin(&store);
    hooks = played_hooks(&store);
    begin(&s, &hooks, 0);
    s.r.encode = NULL;
    expect_shade(submitted(s.c, 9, &s.r), 9); /* of 3 x 2 */
    leave_to_the_store(&s);
    assert_int_equal(store.count, 1);
    for (int i = 0; i < 4; i++) {
        replace_matte(&s, store.entries[0].name, sizes[i][0], sizes[i][1]);
        leave_to_the_store(&s);
        expect_shade(submitted(s.c, 9, &s.r), 9);
        leave_to_the_store(&s);
        assert_int_equal(s.p.passes, 2 + i);
    }
    expect_shade(submitted(s.c, 9, &s.r), 9); /* whose matte took the place of the other */
    assert_int_equal(s.p.passes, 5);
    end(&s);
    played_end(&store);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_made_once_is_there_when_submit_returns),
        cmocka_unit_test(a_matte_that_was_made_serves_every_other_look),
        cmocka_unit_test(requests_may_neither_look_nor_leave_anything),
        cmocka_unit_test(a_context_without_cache_neither_reads_nor_writes_it),
        cmocka_unit_test(the_second_level_serves_another_process_by_its_workers),
        cmocka_unit_test(metrics_know_hits_and_what_was_computed),
        cmocka_unit_test(a_matte_comes_back_as_it_was_packed),
        cmocka_unit_test(a_matte_of_another_size_than_its_picture_is_made_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

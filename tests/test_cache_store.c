#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run/cache/envelope.h"
#include "support/store_scene.h"

#define ROOM 3

static void what_memory_lost_the_store_has(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 3);
    assert_int_equal(scene_tier(&s, 1), CACHE_STORE);
    assert_int_equal(scene_tier(&s, 1), CACHE_MEMORY);
    assert_int_equal(scene_tier(&s, 7), CACHE_NONE);
    assert_int_equal(scene_stats(&s).store_puts, 3);
    assert_int_equal(scene_stats(&s).store_hits, 1);
    assert_int_equal(scene_stats(&s).store_misses, 1);
    assert_int_equal(s.store.ttl_ms, 10000);
    assert_true(s.store.budget_ns > 0 && s.store.budget_ns <= LONG_MS * MS);
    assert_false(pthread_equal(s.store.reader, pthread_self()) ||
                 pthread_equal(s.store.writer, pthread_self()));
    scene_end(&s);
}

static void whatever_the_store_changes_is_a_miss_and_is_removed(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 1);
    for (s.store.flips = 0; s.store.flips < ENVELOPE_HEAD + 1000; s.store.flips += 13) {
        const int bit = s.store.flips;

        assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
        assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
        assert_int_equal(s.store.count, 0);
        assert_int_equal(scene_stats(&s).store_corrupt, bit / 13 + 1);
        cache_fill(s.cache, POOL, 0, 1000);
        assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
        assert_int_equal(inspyr_cache_purge(s.cache, NULL), INSPYR_OK);
    }
    s.store.flips = -1;
    s.store.cut = 1;
    assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    assert_int_equal(scene_stats(&s).breaker_open, 0);
    scene_end(&s);
}

static void an_entry_is_of_its_pool_alone(void **state)
{
    const cache_key key = key_numbered(0, 10);
    cache_found found;
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 1);
    assert_false(cache_get(s.cache, INSPYR_CACHE_MATTES, &key, &found));
    assert_int_equal(cache_stats_of(s.cache, INSPYR_CACHE_MATTES).store_corrupt, 1);
    scene_end(&s);
}

static void age_counts_from_the_first_put_on(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 2);
    cache_time_pass(&s.time, 9000);
    assert_int_equal(scene_tier(&s, 0), CACHE_STORE);
    cache_time_pass(&s.time, 999);
    assert_int_equal(scene_tier(&s, 0), CACHE_MEMORY);
    assert_int_equal(scene_tier(&s, 1), CACHE_STORE);
    cache_time_pass(&s.time, 1);
    assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    assert_int_equal(scene_tier(&s, 1), CACHE_NONE);
    assert_int_equal(scene_stats(&s).stale, 2);
    assert_int_equal(scene_stats(&s).store_stale, 2);
    assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
    assert_int_equal(s.store.count, 0);
    scene_end(&s);
}

static void what_waits_to_be_put_has_a_bound_and_the_oldest_goes(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    s.options.queue_bytes = 10 * KB;
    scene_stock(&s, 0);
    played_set(&s.store, &s.store.hangs_put, true);
    cache_fill(s.cache, POOL, 0, 1000);
    played_wait(&s.store, &s.store.puts, 1);
    for (int i = 1; i < 21; i++) {
        cache_fill(s.cache, POOL, i, 1000);
        assert_true(scene_stats(&s).queue_bytes <= 10 * KB);
    }
    cache_fill(s.cache, POOL, 30, 10 * KB);
    assert_int_equal(inspyr_cache_flush(s.cache, 1, NULL), INSPYR_ERR_LIMIT);
    played_set(&s.store, &s.store.hangs_put, false);
    assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
    assert_int_equal(scene_stats(&s).queue_bytes, 0);
    assert_true(s.store.count > 5 && s.store.count < 10);
    assert_int_equal(scene_stats(&s).store_puts, s.store.count);
    assert_int_equal(scene_stats(&s).store_puts + scene_stats(&s).store_dropped, 22);
    assert_int_equal(inspyr_cache_purge(s.cache, NULL), INSPYR_OK);
    assert_int_equal(scene_tier(&s, 0), CACHE_STORE);
    assert_int_equal(scene_tier(&s, 1), CACHE_NONE);
    assert_int_equal(scene_tier(&s, 20), CACHE_STORE);
    assert_int_equal(scene_tier(&s, 30), CACHE_NONE);
    scene_end(&s);
}

static void purging_drops_what_waits(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 0);
    played_set(&s.store, &s.store.hangs_put, true);
    for (int i = 0; i < 5; i++)
        cache_fill(s.cache, POOL, i, 1000);
    played_wait(&s.store, &s.store.puts, 1);
    assert_int_equal(inspyr_cache_purge(s.cache, NULL), INSPYR_OK);
    played_set(&s.store, &s.store.hangs_put, false);
    assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
    assert_int_equal(s.store.puts, 1);
    assert_int_equal(scene_stats(&s).store_dropped, 4);
    scene_end(&s);
}

static void a_picture_is_removed_behind_its_own_puts(void **state)
{
    const int picture = 1;
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 0);
    played_set(&s.store, &s.store.hangs_put, true);
    for (int i = 5; i < 25; i++)
        cache_fill(s.cache, POOL, i, 1000);
    assert_int_equal(inspyr_cache_forget(s.cache, &picture, sizeof picture, NULL), INSPYR_OK);
    played_set(&s.store, &s.store.hangs_put, false);
    assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
    assert_int_equal(s.store.count, 10);
    assert_int_equal(strlen(s.store.removed), 2 + 64 + 1);
    for (int i = 5; i < 25; i++)
        assert_int_equal(scene_tier(&s, i), i / 10 == picture ? CACHE_NONE : CACHE_MEMORY);
    scene_end(&s);
}

static void what_is_found_most_often_warms_the_next_process(void **state)
{
    char names[ROOM][INSPYR_CACHE_NAME_MAX];
    const char *texts[ROOM];
    uint64_t hits[ROOM];
    size_t count, found;
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 5);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j <= i; j++)
            scene_tier(&s, i);
    assert_int_equal(inspyr_cache_popular(s.cache, names, hits, ROOM, &count, NULL), INSPYR_OK);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < ROOM; i++) {
        assert_int_equal(hits[i], 5 - i);
        texts[i] = names[i];
    }
    assert_int_equal(inspyr_cache_purge(s.cache, NULL), INSPYR_OK);
    assert_int_equal(inspyr_cache_warm(s.cache, texts, ROOM, &found, NULL), INSPYR_OK);
    assert_int_equal(found, ROOM);
    for (int i = 0; i < 5; i++)
        assert_int_equal(scene_tier(&s, i), i < 2 ? CACHE_STORE : CACHE_MEMORY);
    names[1][5] = 'X';
    assert_int_equal(inspyr_cache_warm(s.cache, texts, 2, &found, NULL), INSPYR_ERR_ARGUMENT);
    scene_end(&s);
}

static void each_hook_may_be_missing(void **state)
{
    (void)state;
    for (int missing = 0; missing < 8; missing++) {
        store_scene s;

        scene_begin(&s);
        s.hooks.get = missing & 1 ? NULL : s.hooks.get;
        s.hooks.put = missing & 2 ? NULL : s.hooks.put;
        s.hooks.remove = missing & 4 ? NULL : s.hooks.remove;
        scene_stock(&s, 1);
        assert_int_equal(scene_tier(&s, 0), missing & 3 ? CACHE_NONE : CACHE_STORE);
        assert_int_equal(inspyr_cache_forget(s.cache, "x", 1, NULL), INSPYR_OK);
        assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
        assert_int_equal(s.store.removes, missing & 4 ? 0 : 1);
        scene_end(&s);
    }
}

static void what_was_sealed_with_another_secret_is_a_miss(void **state)
{
    char texts[2][20] = { "0123456789abcdef", "0123456789abcdeF" };
    const inspyr_bytes a = { texts[0], 16, NULL, NULL }, b = { texts[1], 16, NULL, NULL };
    const struct {
        const inspyr_bytes *theirs, *ours;
    } cases[] = { { &a, &a }, { NULL, &a }, { &a, NULL }, { &b, &a } };

    (void)state;
    for (int i = 0; i < 4; i++) {
        store_scene s;

        scene_begin(&s);
        s.options.secret = cases[i].theirs;
        scene_stock(&s, 1);
        inspyr_cache_free(s.cache);
        s.store.closed = 0;
        s.options.secret = cases[i].ours;
        s.cache = cache_opened(&s.options);
        assert_int_equal(scene_tier(&s, 0),
                         i ? CACHE_NONE : CACHE_STORE); /* under one name, as a forger would */
        assert_int_equal(scene_stats(&s).store_corrupt, i > 0);
        scene_end(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_memory_lost_the_store_has),
        cmocka_unit_test(whatever_the_store_changes_is_a_miss_and_is_removed),
        cmocka_unit_test(an_entry_is_of_its_pool_alone),
        cmocka_unit_test(age_counts_from_the_first_put_on),
        cmocka_unit_test(what_waits_to_be_put_has_a_bound_and_the_oldest_goes),
        cmocka_unit_test(purging_drops_what_waits),
        cmocka_unit_test(a_picture_is_removed_behind_its_own_puts),
        cmocka_unit_test(what_is_found_most_often_warms_the_next_process),
        cmocka_unit_test(each_hook_may_be_missing),
        cmocka_unit_test(what_was_sealed_with_another_secret_is_a_miss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

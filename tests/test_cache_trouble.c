#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/chance.h"
#include "support/scarce.h"
#include "support/store_scene.h"

static void a_store_that_fails_is_left_alone_and_tried_again(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 2);
    played_set(&s.store, &s.store.fails, true);
    for (int i = 0; i < 10; i++)
        assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    assert_int_equal(s.store.gets, 3);
    assert_int_equal(scene_stats(&s).store_failures, 3);
    assert_int_equal(scene_stats(&s).store_skipped, 7);
    assert_int_equal(scene_stats(&s).breaker_open, 1);
    assert_true(scene_said(&s, "not read"));
    cache_time_pass(&s.time, 1000);
    assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    assert_int_equal(s.store.gets, 4);
    played_set(&s.store, &s.store.fails, false);
    cache_time_pass(&s.time, 999);
    assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    cache_time_pass(&s.time, 1);
    assert_int_equal(scene_tier(&s, 0), CACHE_STORE);
    assert_int_equal(scene_tier(&s, 1), CACHE_STORE);
    assert_int_equal(scene_stats(&s).breaker_open, 0);
    scene_end(&s);
}

static void a_store_that_takes_nothing_is_not_offered_more(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 0);
    played_set(&s.store, &s.store.fails, true);
    for (int i = 0; i < 8; i++)
        cache_fill(s.cache, POOL, i, 1000);
    assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
    assert_int_equal(s.store.puts, 3);
    assert_int_equal(scene_stats(&s).store_dropped, 5);
    assert_int_equal(scene_stats(&s).breaker_open, 1);
    assert_int_equal(scene_tier(&s, 0), CACHE_MEMORY);
    assert_int_equal(inspyr_cache_forget(s.cache, "x", 1, NULL), INSPYR_OK);
    assert_int_equal(inspyr_cache_flush(s.cache, LONG_MS, NULL), INSPYR_OK);
    assert_int_equal(s.store.removes, 1); /* even so: somebody wants a picture to be gone */
    scene_end(&s);
}

static void what_is_to_be_forgotten_is_even_if_the_cache_ends_at_once(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 0);
    assert_int_equal(inspyr_cache_forget(s.cache, "x", 1, NULL), INSPYR_OK);
    inspyr_cache_free(s.cache);
    s.cache = NULL;
    assert_int_equal(s.store.removes, 1);
    scene_end(&s);
}

static void a_store_that_hangs_costs_one_caller_its_budget(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    s.options.get_timeout_ms = 1;
    s.options.breaker_failures = 1000;
    scene_stock(&s, 1);
    played_set(&s.store, &s.store.hangs_get, true);
    assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    while (!scene_stats(&s)
                .store_skipped) /* until the reader is in the hook: the first callers may be too early */
        assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    for (int i = 0; i < 100; i++)
        assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
    assert_int_equal(played_count(&s.store, &s.store.gets), 1);
    assert_int_equal(scene_stats(&s).store_skipped, 101);
    played_set(&s.store, &s.store.hangs_get, false);
    played_wait(&s.store, &s.store.ended, 2);
    while (scene_tier(&s, 0) == CACHE_NONE) /* a budget of a millisecond may be missed more than once */
        continue;
    scene_end(&s);
}

static void who_waits_in_vain_has_seen_a_failure(void **state)
{
    store_scene s;

    (void)state;
    scene_begin(&s);
    s.options.get_timeout_ms = 1;
    s.options.breaker_failures = 2;
    scene_stock(&s, 1);
    while (scene_stats(&s).store_timeouts < 2) { /* while the reader is late, it is not asked again */
        played_set(&s.store, &s.store.hangs_get, true);
        assert_int_equal(scene_tier(&s, 0), CACHE_NONE);
        played_set(&s.store, &s.store.hangs_get, false);
    }
    assert_int_equal(scene_stats(&s).breaker_open, 1);
    scene_end(&s);
}

static void no_memory_is_a_miss_and_leaves_nothing(void **state)
{
    (void)state;
    for (int nth = 0;; nth++) {
        scarce memory;
        const inspyr_allocator allocator = scarce_allocator(&memory, nth);
        inspyr_status status;
        store_scene s;

        scene_begin(&s);
        s.options.allocator = &allocator;
        status = inspyr_cache_open(&s.cache, &s.options, NULL);
        for (int i = 0; !status && i < 3; i++) {
            cache_fill(s.cache, POOL, 0, 1000);
            status = inspyr_cache_flush(s.cache, LONG_MS, NULL);
            scene_tier(&s, 0);
            scene_tier(&s, 1);
        }
        if (s.cache)
            scene_end(&s);
        else
            played_end(&s.store);
        assert_int_equal(memory.balance, 0);
        if (memory.asked <= nth)
            break;
        assert_true(status == INSPYR_OK || status == INSPYR_ERR_MEMORY);
    }
}

static void a_child_leaves_its_parents_store_alone(void **state)
{
    store_scene s;
    int status;
    pid_t child;

    (void)state;
    scene_begin(&s);
    scene_stock(&s, 1);
    child = fork();
    if (!child) {
        bool wrong = scene_tier(&s, 0) != CACHE_NONE ||
                     inspyr_cache_flush(s.cache, 1, NULL) != INSPYR_ERR_FORKED ||
                     inspyr_cache_warm(s.cache, NULL, 0, NULL, NULL) != INSPYR_ERR_FORKED;

        inspyr_cache_free(s.cache);
        _exit(wrong || s.store.closed);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    assert_int_equal(scene_tier(&s, 0), CACHE_STORE);
    scene_end(&s);
}

typedef struct crowd {
    inspyr_cache *cache;
    pthread_t thread;
    uint64_t seed;
    bool wrong;
} crowd;

static void *use(void *user)
{
    crowd *me = user;
    chance random = { me->seed };

    for (int i = 0; i < 300; i++) {
        const int number = chance_between(&random, 0, 40);
        const cache_key key = key_numbered(number, 10);
        cache_found found;

        if (!cache_get(me->cache, POOL, &key, &found))
            cache_fill(me->cache, POOL, number, 1000);
        else
            me->wrong = me->wrong || found.bytes.size != 1000 || *(unsigned char *)found.bytes.data != number;
        inspyr_bytes_free(&found.bytes);
        if (i % 50 == 25)
            me->wrong = me->wrong || inspyr_cache_purge(me->cache, NULL) ||
                        inspyr_cache_forget(me->cache, &number, sizeof number, NULL);
    }
    return NULL;
}

static void eight_threads_share_a_store_in_trouble(void **state)
{
    crowd all[8];
    store_scene s;

    (void)state;
    scene_begin(&s);
    s.options.get_timeout_ms = 20;
    s.options.queue_bytes = 20 * KB;
    s.cache = cache_opened(&s.options);
    for (uint64_t i = 0; i < 8; i++) {
        all[i] = (crowd){ .cache = s.cache, .seed = i };
        assert_int_equal(pthread_create(&all[i].thread, NULL, use, &all[i]), 0);
    }
    for (int i = 0; i < 20; i++) {
        played_set(&s.store, i % 2 ? &s.store.hangs_get : &s.store.fails, true);
        played_wait(&s.store, &s.store.ended, 5 * i < 50 ? 5 * i : 50);
        played_set(&s.store, i % 2 ? &s.store.hangs_get : &s.store.fails, false);
        cache_time_pass(&s.time, 1000);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(all[i].thread, NULL);
        assert_false(all[i].wrong);
    }
    scene_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_that_fails_is_left_alone_and_tried_again),
        cmocka_unit_test(a_store_that_takes_nothing_is_not_offered_more),
        cmocka_unit_test(what_is_to_be_forgotten_is_even_if_the_cache_ends_at_once),
        cmocka_unit_test(a_store_that_hangs_costs_one_caller_its_budget),
        cmocka_unit_test(who_waits_in_vain_has_seen_a_failure),
        cmocka_unit_test(no_memory_is_a_miss_and_leaves_nothing),
        cmocka_unit_test(a_child_leaves_its_parents_store_alone),
        cmocka_unit_test(eight_threads_share_a_store_in_trouble),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

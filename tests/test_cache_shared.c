#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/caches.h"
#include "support/chance.h"
#include "support/scarce.h"

static void no_memory_is_a_miss_and_leaves_nothing(void **state)
{
    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        const inspyr_allocator allocator = scarce_allocator(&s, nth);
        inspyr_cache_options o = cache_options_of(NULL);
        inspyr_cache *c;
        inspyr_status status;

        o.allocator = &allocator;
        status = inspyr_cache_open(&c, &o, NULL);
        for (int i = 0; !status && i < 100; i++) {
            cache_fill(c, INSPYR_CACHE_MATTES, i, 100);
            assert_true(cache_has(c, INSPYR_CACHE_MATTES, i) ||
                        cache_stats_of(c, INSPYR_CACHE_MATTES).rejections == 1);
        }
        inspyr_cache_free(c);
        assert_int_equal(s.balance, 0);
        assert_int_equal(s.misaligned, 0);
        if (s.asked <= nth)
            break;
        assert_true(status == INSPYR_OK || status == INSPYR_ERR_MEMORY);
    }
}

static void a_child_has_no_part_in_its_parents_cache(void **state)
{
    inspyr_cache *c = cache_opened(NULL);
    int status;
    pid_t child;

    (void)state;
    cache_fill(c, INSPYR_CACHE_MATTES, 1, 100);
    child = fork();
    if (!child) {
        inspyr_cache_stats stats;
        bool wrong = cache_has(c, INSPYR_CACHE_MATTES, 1);

        cache_fill(c, INSPYR_CACHE_MATTES, 2, 100);
        inspyr_cache_stats_init(&stats);
        wrong = wrong || inspyr_cache_statistics(c, INSPYR_CACHE_MATTES, &stats, NULL) != INSPYR_ERR_FORKED ||
                inspyr_cache_purge(c, NULL) != INSPYR_ERR_FORKED ||
                inspyr_cache_relieve(c, 1, NULL) != INSPYR_ERR_FORKED ||
                inspyr_cache_forget(c, "x", 1, NULL) != INSPYR_ERR_FORKED;
        inspyr_cache_free(c);
        _exit(wrong);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    assert_true(cache_has(c, INSPYR_CACHE_MATTES, 1));
    inspyr_cache_free(c);
}

typedef struct crowd {
    inspyr_cache *cache;
    pthread_t thread;
    uint64_t seed, asked;
    bool wrong;
} crowd;

/* Every entry is its number, over and over. */
static void *use(void *user)
{
    crowd *me = user;
    chance random = { me->seed };

    for (int i = 0; i < 3000; i++) {
        const int number = chance_between(&random, 0, 60);
        const cache_key key = key_numbered(number, 10);
        cache_found found;

        me->asked++;
        if (!cache_get(me->cache, INSPYR_CACHE_MATTES, &key, &found))
            cache_fill(me->cache, INSPYR_CACHE_MATTES, number, 20 * KB);
        for (size_t at = 0; at < found.bytes.size; at += 997)
            me->wrong = me->wrong || ((unsigned char *)found.bytes.data)[at] != number;
        if (i % 100 == 50) {
            const int picture = chance_between(&random, 0, 5);

            me->wrong = me->wrong || inspyr_cache_forget(me->cache, &picture, sizeof picture, NULL) ||
                        inspyr_cache_resize(me->cache, INSPYR_CACHE_MATTES,
                                            (size_t)chance_between(&random, 300, 1000) * KB, NULL) ||
                        inspyr_cache_relieve(me->cache, 0.1, NULL);
        }
        inspyr_bytes_free(&found.bytes);
    }
    return NULL;
}

static void eight_threads_share_a_cache(void **state)
{
    inspyr_cache_options o = cache_options_of(NULL);
    inspyr_cache *c = cache_opened(&o);
    uint64_t asked = 0;
    inspyr_cache_stats s;
    crowd all[8];

    (void)state;
    for (uint64_t i = 0; i < 8; i++) {
        all[i] = (crowd){ .cache = c, .seed = i };
        assert_int_equal(pthread_create(&all[i].thread, NULL, use, &all[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(all[i].thread, NULL);
        assert_false(all[i].wrong);
        asked += all[i].asked;
    }
    s = cache_stats_of(c, INSPYR_CACHE_MATTES);
    assert_int_equal(s.hits + s.misses, asked);
    assert_int_equal(s.pinned_bytes, 0);
    inspyr_cache_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory_is_a_miss_and_leaves_nothing),
        cmocka_unit_test(a_child_has_no_part_in_its_parents_cache),
        cmocka_unit_test(eight_threads_share_a_cache),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#define _XOPEN_SOURCE 700 /* nftw */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "support/chance.h"
#include "support/store_place.h"

/* Puts until it is killed. */
static void write_for_ever(place *p, uint64_t seed)
{
    inspyr_cache_options o = cache_options_of(NULL);
    chance random = { seed };
    inspyr_cache *c;

    place_settle(p, 300 * KB);
    o.hooks = &p->hooks;
    if (inspyr_cache_open(&c, &o, NULL))
        _exit(1);
    for (;;) {
        const int number = chance_between(&random, 0, 20);

        cache_fill(c, POOL, number, KB * (size_t)(1 + number));
        if (inspyr_cache_flush(c, LONG_MS, NULL))
            _exit(1);
    }
}

/* INSPYR_SOAK=1: a thousand rounds. */
static void whoever_is_killed_while_writing_leaves_no_damage(void **state)
{
    const int rounds = getenv("INSPYR_SOAK") ? 1000 : 20;
    int found_at_all = 0;
    chance random = { 1 };
    place p;

    (void)state;
    place_begin(&p, 300 * KB);
    for (int round = 0; round < rounds; round++) {
        const struct timespec pause = { 0, chance_between(&random, 500000, 8000000) };
        inspyr_cache_options o = cache_options_of(NULL);
        place reader = p;
        inspyr_cache *c;
        pid_t child = fork();
        int status;

        if (!child)
            write_for_ever(&reader, (uint64_t)round);
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        place_settle(&reader, 300 * KB);
        o.hooks = &reader.hooks;
        o.get_timeout_ms = LONG_MS;
        c = cache_opened(&o);
        for (int i = 0; i <= 20; i++) {
            const cache_key key = key_numbered(i, 10);
            cache_found found;

            if (cache_get(c, POOL, &key, &found)) {
                found_at_all++;
                assert_int_equal(found.bytes.size, KB * (size_t)(1 + i));
                for (size_t at = 0; at < found.bytes.size; at++)
                    assert_int_equal(((unsigned char *)found.bytes.data)[at], i);
            }
            inspyr_bytes_free(&found.bytes);
        }
        assert_int_equal(cache_stats_of(c, POOL).store_corrupt, 0);
        assert_int_equal(cache_stats_of(c, POOL).store_failures, 0);
        inspyr_cache_free(c);
    }
    assert_true(found_at_all > rounds / 2);
    print_message("%d rounds, %d entries found\n", rounds, found_at_all);
    place_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_is_killed_while_writing_leaves_no_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

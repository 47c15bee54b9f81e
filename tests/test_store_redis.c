#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/caches.h"
#include "support/redis_server.h"

#define POOL INSPYR_CACHE_RESULTS
#define LONG_MS 600000

static redis_server server;

static inspyr_cache_hooks hooks_with(int port, const char *prefix, int timeout_ms)
{
    inspyr_cache_redis_options o;
    inspyr_cache_hooks hooks;
    char address[64];

    inspyr_cache_redis_options_init(&o);
    inspyr_cache_hooks_init(&hooks);
    o.prefix = prefix;
    o.command_timeout_ms = o.connect_timeout_ms = timeout_ms;
    snprintf(address, sizeof address, "redis://127.0.0.1:%d/0", port);
    assert_int_equal(inspyr_cache_redis_open(&hooks, address, &o, NULL), INSPYR_OK);
    return hooks;
}

static const char *name_of(int number)
{
    static char name[INSPYR_CACHE_NAME_MAX];
    const cache_key key = key_numbered(number, 10);

    key_name(name, &key);
    return name;
}

static void bytes_of_any_kind_come_back(void **state)
{
    inspyr_cache_hooks hooks = hooks_with(server.port, NULL, LONG_MS);
    unsigned char *bytes = malloc(300000);
    inspyr_bytes back;

    (void)state;
    for (int i = 0; i < 300000; i++)
        bytes[i] = (unsigned char)(i * i >> 3);
    for (size_t size = 0; size <= 300000; size = size * 7 + 1) {
        assert_int_equal(hooks.put(hooks.user, name_of(1), bytes, size, 60000), 0);
        assert_int_equal(hooks.get(hooks.user, name_of(1), &back, LONG_MS * MS), 1);
        assert_int_equal(back.size, size);
        assert_memory_equal(back.data, bytes, size);
        inspyr_bytes_free(&back);
    }
    assert_int_equal(hooks.get(hooks.user, name_of(2), &back, LONG_MS * MS), 0);
    free(bytes);
    hooks.close(hooks.user);
}

static void entries_expire_a_little_apart(void **state)
{
    inspyr_cache_hooks hooks = hooks_with(server.port, NULL, LONG_MS);
    long long first = 0;
    int differ = 0;

    (void)state;
    for (int i = 0; i < 20; i++) {
        char line[300];
        long long left;

        assert_int_equal(hooks.put(hooks.user, name_of(i), "x", 1, 100000000), 0);
        snprintf(line, sizeof line, "PTTL inspyr:%s", name_of(i));
        left = strtoll(redis_server_tell(server.port, line) + 1, NULL, 10);
        assert_true(left > 89000000 && left <= 100000000);
        first = i ? first : left;
        differ += left / 100000 != first / 100000;
    }
    assert_true(differ > 10);
    hooks.close(hooks.user);
}

static void a_name_or_a_picture_is_removed_when_asked(void **state)
{
    inspyr_cache_hooks odd = hooks_with(server.port, "a*[b]?\\", LONG_MS);
    inspyr_cache_hooks hooks = hooks_with(server.port, "axby:", LONG_MS);
    char prefix[INSPYR_CACHE_NAME_MAX];
    inspyr_bytes bytes;

    (void)state;
    for (int i = 0; i < 500; i++) {
        assert_int_equal(odd.put(odd.user, name_of(i), "x", 1, 60000), 0);
        assert_int_equal(hooks.put(hooks.user, name_of(i), "x", 1, 60000), 0);
    }
    assert_int_equal(odd.remove(odd.user, name_of(5)), 0);
    snprintf(prefix, sizeof prefix, "%.*s", 2 + 64 + 1, name_of(15));
    assert_int_equal(odd.remove(odd.user, prefix), 0);
    for (int i = 0; i < 500; i++) {
        const int there = i != 5 && i / 10 != 1;

        assert_int_equal(odd.get(odd.user, name_of(i), &bytes, LONG_MS * MS), there);
        if (there)
            inspyr_bytes_free(&bytes);
        assert_int_equal(hooks.get(hooks.user, name_of(i), &bytes, LONG_MS * MS), 1);
        inspyr_bytes_free(&bytes);
    }
    assert_int_equal(odd.remove(odd.user, "1/"), 0);
    assert_int_equal(odd.get(odd.user, name_of(200), &bytes, LONG_MS * MS), 0);
    odd.close(odd.user);
    hooks.close(hooks.user);
}

static void what_is_over_8_mib_is_not_stored(void **state)
{
    inspyr_cache_hooks hooks = hooks_with(server.port, NULL, LONG_MS);
    const size_t most = (size_t)8 << 20;
    unsigned char *bytes = calloc(1, most + 1);
    inspyr_bytes back;

    (void)state;
    assert_int_equal(hooks.put(hooks.user, name_of(700), bytes, most, 60000), 0);
    assert_int_equal(hooks.get(hooks.user, name_of(700), &back, LONG_MS * MS), 1);
    assert_int_equal(back.size, most);
    inspyr_bytes_free(&back);
    assert_int_equal(hooks.put(hooks.user, name_of(701), bytes, most + 1, 60000), 0);
    assert_int_equal(hooks.get(hooks.user, name_of(701), &back, LONG_MS * MS), 0);
    free(bytes);
    hooks.close(hooks.user);
}

static void a_server_that_comes_back_is_found_again(void **state)
{
    redis_server other = server;
    inspyr_cache_hooks hooks;
    inspyr_bytes bytes;

    (void)state;
    assert_true(redis_server_start(&other, NULL));
    hooks = hooks_with(other.port, NULL, LONG_MS);
    assert_int_equal(hooks.put(hooks.user, name_of(1), "x", 1, 60000), 0);
    assert_string_equal(redis_server_tell(other.port, "CLIENT KILL TYPE normal"), ":1");
    assert_int_equal(hooks.get(hooks.user, name_of(1), &bytes, LONG_MS * MS), 1);
    inspyr_bytes_free(&bytes);
    redis_server_stop(&other);
    assert_int_equal(hooks.get(hooks.user, name_of(1), &bytes, LONG_MS * MS), -1);
    assert_int_equal(hooks.put(hooks.user, name_of(1), "x", 1, 60000), -1);
    assert_int_equal(hooks.remove(hooks.user, name_of(1)), -1);
    assert_int_equal(hooks.remove(hooks.user, "1/"), -1);
    hooks.close(hooks.user);
}

static void a_server_that_wants_a_password_is_in_trouble(void **state)
{
    redis_server other;
    inspyr_cache_hooks hooks;
    inspyr_bytes bytes;

    (void)state;
    assert_true(redis_server_start(&other, "sesame"));
    hooks = hooks_with(other.port, NULL, LONG_MS);
    assert_int_equal(hooks.get(hooks.user, name_of(1), &bytes, LONG_MS * MS), -1);
    assert_int_equal(hooks.put(hooks.user, name_of(1), "x", 1, 60000), -1);
    hooks.close(hooks.user);
    redis_server_stop(&other);
}

static void no_fault_of_the_wire_fails_a_request(void **state)
{
    static const redis_fault faults[] = { FAULT_SILENT, FAULT_SLOW, FAULT_LIES,
                                          FAULT_CUTS,   FAULT_SHUT, FAULT_BABBLE };

    (void)state;
    for (size_t f = 0; f < sizeof faults / sizeof *faults; f++) {
        cache_time time = { 5 * MS, 1000000 * MS };
        inspyr_cache_options o = cache_options_of(&time);
        inspyr_cache_hooks hooks;
        inspyr_cache_stats stats;
        inspyr_cache *c;
        redis_wire wire;
        int found = 0;

        redis_wire_open(&wire, &server);
        hooks = hooks_with(wire.port, "wire:", 60);
        o.hooks = &hooks;
        o.get_timeout_ms = LONG_MS; /* the store's own limits have to do */
        o.breaker_failures = 2;
        c = cache_opened(&o);
        for (int round = 0; round < 8; round++) {
            const bool faulty = round % 2;

            wire.fault = faulty ? (int)faults[f] : FAULT_NONE;
            cache_time_pass(&time, 10000); /* whatever the breaker thought */
            for (int i = 0; i < 4; i++) {
                const cache_key key = key_numbered(round / 2 * 4 + i, 10);
                cache_found out;

                if (!faulty)
                    cache_fill(c, POOL, round / 2 * 4 + i, 3000);
                assert_int_equal(inspyr_cache_flush(c, LONG_MS, NULL), INSPYR_OK);
                assert_int_equal(inspyr_cache_purge(c, NULL), INSPYR_OK);
                if (cache_get(c, POOL, &key, &out)) {
                    assert_int_equal(out.bytes.size, 3000);
                    for (int at = 0; at < 3000; at++)
                        assert_int_equal(((unsigned char *)out.bytes.data)[at],
                                         (unsigned char)(round / 2 * 4 + i));
                    found++;
                }
                inspyr_bytes_free(&out.bytes);
            }
        }
        stats = cache_stats_of(c, POOL);
        assert_true(stats.store_failures + stats.store_corrupt >= 4);
        if (faults[f] != FAULT_LIES) {
            assert_true(found >=
                        10); /* all that were asked for without a fault, but for a first try after one */
            assert_true(stats.store_skipped >= 4);
            assert_int_equal(stats.breaker_open, 1);
        }
        inspyr_cache_free(c);
        redis_wire_close(&wire);
    }
}

static void addresses_are_taken_or_refused_with_a_reason(void **state)
{
    static const struct {
        const char *address;
        inspyr_status status;
    } cases[] = {
        { "redis://localhost", INSPYR_OK },
        { "redis://localhost/", INSPYR_OK },
        { "redis://localhost:6380/3", INSPYR_OK },
        { "redis://[::1]:6380/3", INSPYR_OK },
        { "redis://[::1]", INSPYR_OK },
        { "", INSPYR_ERR_ARGUMENT },
        { "localhost", INSPYR_ERR_ARGUMENT },
        { "redis://", INSPYR_ERR_ARGUMENT },
        { "redis://:6379", INSPYR_ERR_ARGUMENT },
        { "redis://host:", INSPYR_ERR_ARGUMENT },
        { "redis://host:0", INSPYR_ERR_ARGUMENT },
        { "redis://host:65536", INSPYR_ERR_ARGUMENT },
        { "redis://host:99999999999", INSPYR_ERR_ARGUMENT },
        { "redis://host/x", INSPYR_ERR_ARGUMENT },
        { "redis://host/1?timeout=5", INSPYR_ERR_ARGUMENT },
        { "redis://[::1", INSPYR_ERR_ARGUMENT },
        { "redis://[::1]x", INSPYR_ERR_ARGUMENT },
        { "redis://user:sesame@host", INSPYR_ERR_UNSUPPORTED },
        { "rediss://host", INSPYR_ERR_UNSUPPORTED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        inspyr_cache_hooks hooks;
        inspyr_error error;

        inspyr_cache_hooks_init(&hooks);
        assert_int_equal(inspyr_cache_redis_open(&hooks, cases[i].address, NULL, &error), cases[i].status);
        assert_null(strstr(error.message, "sesame"));
        assert_true(!hooks.get == (cases[i].status != INSPYR_OK));
        if (hooks.close)
            hooks.close(hooks.user);
    }
}

static void without_the_plug_in_there_is_a_reason(void **state)
{
    const char *folders = getenv("INSPYR_PLUGIN_PATH");
    char before[500];
    inspyr_cache_hooks hooks;
    inspyr_error error;

    (void)state;
    snprintf(before, sizeof before, "%s", folders ? folders : "");
    setenv("INSPYR_PLUGIN_PATH", "/nowhere", 1);
    inspyr_cache_hooks_init(&hooks);
    assert_int_equal(inspyr_cache_redis_open(&hooks, "redis://localhost", NULL, &error), INSPYR_ERR_DEVICE);
    assert_string_not_equal(error.message, "");
    setenv("INSPYR_PLUGIN_PATH", before, 1);
}

int main(void)
{
    const struct CMUnitTest always[] = {
        cmocka_unit_test(without_the_plug_in_there_is_a_reason),
        cmocka_unit_test(addresses_are_taken_or_refused_with_a_reason),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_any_kind_come_back),
        cmocka_unit_test(entries_expire_a_little_apart),
        cmocka_unit_test(a_name_or_a_picture_is_removed_when_asked),
        cmocka_unit_test(what_is_over_8_mib_is_not_stored),
        cmocka_unit_test(a_server_that_comes_back_is_found_again),
        cmocka_unit_test(a_server_that_wants_a_password_is_in_trouble),
        cmocka_unit_test(no_fault_of_the_wire_fails_a_request),
    };
    int wrong = cmocka_run_group_tests(always, NULL, NULL);

    signal(SIGPIPE, SIG_IGN); /* a cache's threads block all signals; here the hooks are called directly */
    if (wrong || !redis_server_start(&server, NULL))
        return wrong ? wrong : 77;
    wrong = cmocka_run_group_tests(tests, NULL, NULL);
    redis_server_stop(&server);
    return wrong;
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/cache/cache_shelf.h"
#include "support/caches.h"
#include "support/chance.h"
#include "support/meter.h"

static void what_was_put_is_found_in_its_pool_alone(void **state)
{
    const cache_key key = key_numbered(7, 1);
    inspyr_cache *c = cache_opened(NULL);
    cache_found found;

    (void)state;
    cache_put(c, INSPYR_CACHE_MATTES, &key, "matte", 5);
    assert_false(cache_get(c, INSPYR_CACHE_RESULTS, &key, &found));
    assert_null(found.bytes.data);
    assert_true(cache_get(c, INSPYR_CACHE_MATTES, &key, &found));
    assert_int_equal(found.tier, CACHE_MEMORY);
    assert_int_equal(found.bytes.size, 5);
    assert_memory_equal(found.bytes.data, "matte", 5);
    inspyr_bytes_free(&found.bytes);
    inspyr_cache_free(c);
}

static void no_cache_has_nothing_and_keeps_nothing(void **state)
{
    const cache_key key = key_numbered(7, 1);
    cache_found found;

    (void)state;
    cache_put(NULL, INSPYR_CACHE_MATTES, &key, "matte", 5);
    assert_false(cache_get(NULL, INSPYR_CACHE_MATTES, &key, &found));
    assert_null(cache_secret(NULL));
    inspyr_cache_free(NULL);
}

static void an_entry_is_gone_when_its_time_is_over(void **state)
{
    cache_time time = { 5 * MS, 0 };
    inspyr_cache_options o = cache_options_of(&time);
    inspyr_cache *c;

    (void)state;
    o.ttl_ms = 1000;
    c = cache_opened(&o);
    cache_fill(c, INSPYR_CACHE_RESULTS, 1, 100);
    cache_time_pass(&time, 999);
    assert_true(cache_has(c, INSPYR_CACHE_RESULTS, 1));
    cache_time_pass(&time, 1);
    assert_false(cache_has(c, INSPYR_CACHE_RESULTS, 1));
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_RESULTS).stale, 1);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_RESULTS).entries, 0);
    cache_fill(c, INSPYR_CACHE_RESULTS, 1, 100);
    assert_true(cache_has(c, INSPYR_CACHE_RESULTS, 1));
    cache_time_pass(&time, 1000);
    cache_fill(c, INSPYR_CACHE_RESULTS, 1, 100); /* in the place of the old one, without looking first */
    assert_true(cache_has(c, INSPYR_CACHE_RESULTS, 1));
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_RESULTS).entries, 1);
    inspyr_cache_free(c);
}

static void an_entry_has_at_most_an_eighth_of_its_pool(void **state)
{
    inspyr_cache_options o = cache_options_of(NULL);
    const size_t most = 125 * KB - shelf_cost(0);
    inspyr_cache *c = cache_opened(&o);

    (void)state;
    cache_fill(c, INSPYR_CACHE_MATTES, 1, most);
    cache_fill(c, INSPYR_CACHE_MATTES, 2, most + 1);
    cache_fill(c, INSPYR_CACHE_MATTES, 3, 3000 * KB);
    assert_true(cache_has(c, INSPYR_CACHE_MATTES, 1));
    assert_false(cache_has(c, INSPYR_CACHE_MATTES, 2));
    assert_false(cache_has(c, INSPYR_CACHE_MATTES, 3));
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).rejections, 2);
    inspyr_cache_free(c);
}

static void a_pool_takes_what_it_says_and_stays_within_its_budget(void **state)
{
    meter m = { 0 };
    const inspyr_allocator allocator = meter_allocator(&m);
    inspyr_cache_options o = cache_options_of(NULL);
    chance random = { 1 };
    long long before;
    inspyr_cache *c;

    (void)state;
    o.allocator = &allocator;
    c = cache_opened(&o);
    before = m.now;
    for (int i = 0; i < 2000; i++) {
        inspyr_cache_stats s;

        cache_fill(c, INSPYR_CACHE_RESULTS, i, (size_t)chance_between(&random, 0, 30 * 1024));
        s = cache_stats_of(c, INSPYR_CACHE_RESULTS);
        assert_true(s.bytes <= s.limit);
        assert_true((long long)s.bytes >= m.now - before - (long long)(64 * KB)); /* the table of chains */
        assert_true((long long)s.bytes <= m.now - before);
    }
    assert_true(cache_stats_of(c, INSPYR_CACHE_RESULTS).bytes > 1900 * KB);
    inspyr_cache_free(c);
    assert_int_equal(m.now, 0);
}

static void bytes_stay_after_their_entry_and_after_the_cache(void **state)
{
    const cache_key key = key_numbered(1, 10);
    inspyr_cache_options o = cache_options_of(NULL);
    inspyr_cache *c = cache_opened(&o);
    inspyr_cache_stats s;
    cache_found found[2];

    (void)state;
    cache_fill(c, INSPYR_CACHE_MATTES, 1, 10 * KB);
    assert_true(cache_get(c, INSPYR_CACHE_MATTES, &key, &found[0]));
    assert_true(cache_get(c, INSPYR_CACHE_MATTES, &key, &found[1]));
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).pinned_bytes, 0);
    assert_int_equal(inspyr_cache_purge(c, NULL), INSPYR_OK);
    s = cache_stats_of(c, INSPYR_CACHE_MATTES);
    assert_int_equal(s.entries, 0);
    assert_int_equal(s.bytes, 0);
    assert_int_equal(s.pinned_bytes, shelf_cost(10 * KB));
    inspyr_bytes_free(&found[0].bytes);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).pinned_bytes, shelf_cost(10 * KB));
    inspyr_cache_free(c);
    for (size_t i = 0; i < 10 * KB; i++)
        assert_int_equal(((unsigned char *)found[1].bytes.data)[i], 1);
    inspyr_bytes_free(&found[1].bytes);
}

static void what_is_still_read_counts_as_taken(void **state)
{
    inspyr_cache_options o = cache_options_of(NULL);
    inspyr_cache *c = cache_opened(&o);
    cache_found held[12];
    int count = 0;

    (void)state;
    for (int i = 0; i < 12; i++) {
        const cache_key key = key_numbered(i, 10);

        cache_fill(c, INSPYR_CACHE_MATTES, i, 100 * KB);
        count += cache_get(c, INSPYR_CACHE_MATTES, &key, &held[count]);
    }
    assert_int_equal(count, 9); /* of 100 KB and a head each, in 1000 KB */
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).rejections, 3);
    while (count--)
        inspyr_bytes_free(&held[count].bytes);
    cache_fill(c, INSPYR_CACHE_MATTES, 20, 100 * KB);
    assert_true(cache_has(c, INSPYR_CACHE_MATTES, 20));
    inspyr_cache_free(c);
}

static void a_smaller_budget_holds_at_once(void **state)
{
    inspyr_cache_options o = cache_options_of(NULL);
    inspyr_cache *c = cache_opened(&o);

    (void)state;
    for (int i = 0; i < 15; i++)
        cache_fill(c, INSPYR_CACHE_MATTES, i, 60 * KB);
    assert_int_equal(inspyr_cache_resize(c, INSPYR_CACHE_MATTES, 500 * KB, NULL), INSPYR_OK);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).entries, 8);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).limit, 500 * KB);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).evictions, 7);
    cache_fill(c, INSPYR_CACHE_MATTES, 20, 63 * KB);
    assert_false(cache_has(c, INSPYR_CACHE_MATTES, 20));
    assert_int_equal(inspyr_cache_resize(c, INSPYR_CACHE_MATTES, 1000 * KB, NULL), INSPYR_OK);
    cache_fill(c, INSPYR_CACHE_MATTES, 20, 63 * KB);
    assert_true(cache_has(c, INSPYR_CACHE_MATTES, 20));
    inspyr_cache_free(c);
}

static void a_host_short_of_memory_gets_a_share_back(void **state)
{
    inspyr_cache_options o = cache_options_of(NULL);
    inspyr_cache *c = cache_opened(&o);

    (void)state;
    for (int i = 0; i < 16; i++) {
        cache_fill(c, INSPYR_CACHE_MATTES, i, 50 * KB);
        cache_fill(c, INSPYR_CACHE_RESULTS, i, 50 * KB);
    }
    assert_int_equal(inspyr_cache_relieve(c, 0.25, NULL), INSPYR_OK);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).entries, 12);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_RESULTS).entries, 12);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).limit, 1000 * KB);
    assert_int_equal(inspyr_cache_relieve(c, 1, NULL), INSPYR_OK);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).bytes, 0);
    assert_int_equal(inspyr_cache_relieve(c, 1.5, NULL), INSPYR_ERR_ARGUMENT);
    inspyr_cache_free(c);
}

static void a_picture_is_forgotten_with_all_that_was_made_of_it(void **state)
{
    const inspyr_view grey = { (void *)(uintptr_t) "\1\2\3\4\5\6", 3, 2, 2, INSPYR_GREY8, 0 };
    inspyr_cache *c = cache_opened(NULL);
    const int picture = 1;
    key_source source;
    cache_key key;

    (void)state;
    for (int i = 0; i < 30; i++)
        cache_fill(c, i % 2 ? INSPYR_CACHE_RESULTS : INSPYR_CACHE_MATTES, i, 100);
    assert_int_equal(inspyr_cache_forget(c, &picture, sizeof picture, NULL), INSPYR_OK);
    for (int i = 0; i < 30; i++)
        assert_int_equal(cache_has(c, i % 2 ? INSPYR_CACHE_RESULTS : INSPYR_CACHE_MATTES, i),
                         i < 10 || i >= 20);
    key_source_view(&source, NULL, &grey);
    key = key_numbered(1, 1);
    memcpy(key.source, source.digest, sizeof key.source);
    cache_put(c, INSPYR_CACHE_MATTES, &key, "x", 1);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).entries, 11);
    assert_int_equal(inspyr_cache_forget_view(c, &grey, NULL), INSPYR_OK);
    assert_int_equal(cache_stats_of(c, INSPYR_CACHE_MATTES).entries, 10);
    assert_int_equal(inspyr_cache_forget(c, NULL, 1, NULL), INSPYR_ERR_ARGUMENT);
    assert_int_equal(inspyr_cache_forget_view(c, NULL, NULL), INSPYR_ERR_ARGUMENT);
    inspyr_cache_free(c);
}

static void options_out_of_range_are_refused(void **state)
{
    const inspyr_bytes small = { (void *)(uintptr_t) "short", 5, NULL, NULL };
    inspyr_cache_options o = cache_options_of(NULL);
    inspyr_cache *c;

    (void)state;
    o.ttl_ms = -1;
    assert_int_equal(inspyr_cache_open(&c, &o, NULL), INSPYR_ERR_ARGUMENT);
    o.ttl_ms = INT64_MAX;
    assert_int_equal(inspyr_cache_open(&c, &o, NULL), INSPYR_ERR_ARGUMENT);
    o.ttl_ms = 0;
    o.secret = &small;
    assert_int_equal(inspyr_cache_open(&c, &o, NULL), INSPYR_ERR_ARGUMENT);
    o.secret = NULL;
    o.flags = 1;
    assert_int_equal(inspyr_cache_open(&c, &o, NULL), INSPYR_ERR_UNSUPPORTED);
    assert_null(c);
    assert_int_equal(inspyr_cache_resize(NULL, INSPYR_CACHE_MATTES, 1, NULL), INSPYR_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found_in_its_pool_alone),
        cmocka_unit_test(no_cache_has_nothing_and_keeps_nothing),
        cmocka_unit_test(an_entry_is_gone_when_its_time_is_over),
        cmocka_unit_test(an_entry_has_at_most_an_eighth_of_its_pool),
        cmocka_unit_test(a_pool_takes_what_it_says_and_stays_within_its_budget),
        cmocka_unit_test(bytes_stay_after_their_entry_and_after_the_cache),
        cmocka_unit_test(what_is_still_read_counts_as_taken),
        cmocka_unit_test(a_smaller_budget_holds_at_once),
        cmocka_unit_test(a_host_short_of_memory_gets_a_share_back),
        cmocka_unit_test(a_picture_is_forgotten_with_all_that_was_made_of_it),
        cmocka_unit_test(options_out_of_range_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run/cache/cache_popular.h"
#include "run/cache/cache_set.h"
#include "support/caches.h"
#include "support/chance.h"
#include "support/scarce.h"

static const cache_part three[3] = { { "first", 5 }, { "", 0 }, { "and last", 8 } };

static void a_set_is_found_whole_and_in_order(void **state)
{
    const cache_key members[3] = { key_numbered(0, 10), key_numbered(1, 10), key_numbered(2, 10) };
    inspyr_cache *c = cache_opened(NULL);
    cache_part parts[3];
    cache_found found;
    cache_key key, other;

    (void)state;
    key_set(&key, NULL, members, 3);
    key_set(&other, NULL, members, 2);
    assert_false(key_equal(&key, &other));
    cache_put_set(c, &key, three, 3);
    assert_true(cache_get_set(c, &key, parts, 3, &found));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(parts[i].size, three[i].size);
        assert_memory_equal(parts[i].bytes, three[i].bytes, three[i].size);
    }
    inspyr_bytes_free(&found.bytes);
    assert_false(cache_get_set(c, &key, parts, 2, &found));
    assert_false(cache_get_set(c, &other, parts, 2, &found));
    assert_null(found.bytes.data);
    cache_put_set(NULL, &key, three, 3);
    assert_false(cache_get_set(NULL, &key, parts, 3, &found));
    inspyr_cache_free(c);
}

static void bytes_that_are_no_set_are_none(void **state)
{
    static const unsigned char good[4 + 16 + 3] = { 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2 };
    unsigned char bytes[sizeof good + 1] = { 0 };
    cache_part parts[CACHE_SET_MOST + 1];

    (void)state;
    memcpy(bytes, good, sizeof good);
    assert_true(cache_set_open(parts, 2, bytes, sizeof good));
    assert_ptr_equal(parts[1].bytes, bytes + 21);
    for (size_t size = 0; size <= sizeof bytes; size++)
        assert_int_equal(cache_set_open(parts, 2, bytes, size), size == sizeof good);
    for (size_t bit = 0; bit < 8 * 20; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_false(cache_set_open(parts, 2, bytes, sizeof good));
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_false(cache_set_open(parts, 0, bytes, 4));
    assert_false(cache_set_open(parts, CACHE_SET_MOST + 1, bytes, sizeof good));
}

static void a_set_without_memory_is_not_kept(void **state)
{
    (void)state;
    for (int nth = 0;; nth++) {
        scarce s;
        const inspyr_allocator allocator = scarce_allocator(&s, nth);
        const cache_key key = key_numbered(1, 10);
        inspyr_cache_options o = cache_options_of(NULL);
        inspyr_cache *c;
        cache_part parts[3];
        cache_found found;

        o.allocator = &allocator;
        if (!inspyr_cache_open(&c, &o, NULL)) {
            cache_put_set(c, &key, three, 3);
            assert_int_equal(cache_get_set(c, &key, parts, 3, &found), s.asked <= nth);
            inspyr_bytes_free(&found.bytes);
        }
        inspyr_cache_free(c);
        assert_int_equal(s.balance, 0);
        if (s.asked <= nth)
            break;
    }
}

static void the_most_popular_are_never_lost_in_the_crowd(void **state)
{
    static popular p;
    static char names[POPULAR_MOST][INSPYR_CACHE_NAME_MAX];
    uint64_t hits[POPULAR_MOST], true_hits[10] = { 0 };
    chance random = { 1 };
    char name[INSPYR_CACHE_NAME_MAX];

    (void)state;
    popular_open(&p);
    for (int i = 0; i < 20000; i++) { /* ten of them come half the time, thousands once in a while */
        const int number = i % 2 ? chance_between(&random, 0, 9) : chance_between(&random, 10, 5000);
        const cache_key key = key_numbered(number, 1);

        if (number < 10)
            true_hits[number]++;
        popular_note(&p, &key);
    }
    assert_int_equal(popular_list(&p, names, hits, POPULAR_MOST), POPULAR_MOST);
    for (int i = 0; i < 10; i++) {
        const cache_key key = key_numbered(i, 1);
        int at = 0;

        key_name(name, &key);
        while (at < 10 && strcmp(names[at], name) != 0)
            at++;
        assert_true(at < 10 && hits[at] >= true_hits[i] && hits[at] <= true_hits[i] + 20000 / POPULAR_MOST);
        popular_forget(&p, key.source);
    }
    for (size_t i = 1; i < POPULAR_MOST; i++)
        assert_true(hits[i - 1] >= hits[i]);
    assert_int_equal(popular_list(&p, NULL, NULL, 0), POPULAR_MOST - 10);
    popular_close(&p);
}

static void who_was_pushed_out_comes_back_with_no_less(void **state)
{
    static popular p;
    static char names[POPULAR_MOST][INSPYR_CACHE_NAME_MAX];
    char name[INSPYR_CACHE_NAME_MAX];
    cache_key key;
    uint64_t hits[POPULAR_MOST];

    (void)state;
    popular_open(&p);
    for (int i = 0; i < 2 * POPULAR_MOST; i++) {
        key = key_numbered(i % POPULAR_MOST, 1);
        popular_note(&p, &key);
    }
    key = key_numbered(POPULAR_MOST, 1);
    popular_note(&p, &key);
    key = key_numbered(0, 1);
    popular_note(&p, &key);
    key_name(name, &key);
    assert_int_equal(popular_list(&p, names, hits, POPULAR_MOST), POPULAR_MOST);
    for (int i = 0; i < 2; i++)
        assert_int_equal(hits[i], 3);
    assert_true(!strcmp(names[0], name) || !strcmp(names[1], name));
    popular_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_set_is_found_whole_and_in_order),
        cmocka_unit_test(bytes_that_are_no_set_are_none),
        cmocka_unit_test(a_set_without_memory_is_not_kept),
        cmocka_unit_test(the_most_popular_are_never_lost_in_the_crowd),
        cmocka_unit_test(who_was_pushed_out_comes_back_with_no_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

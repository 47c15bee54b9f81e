#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "run/cache/breaker.h"
#include "run/cache/envelope.h"
#include "support/caches.h"

#define CONTENT 50
#define SEALED (ENVELOPE_HEAD + CONTENT)

static const inspyr_bytes secrets[2] = { { (void *)(uintptr_t) "0123456789abcdef", 16, NULL, NULL },
                                         { (void *)(uintptr_t) "0123456789abcdeF", 16, NULL, NULL } };

static envelope usual(void)
{
    return (envelope){ INSPYR_CACHE_RESULTS, key_numbered(1, 10), 1000000, 5000 };
}

static void seal(unsigned char sealed[SEALED], const hmac *secret)
{
    const envelope e = usual();

    for (int i = 0; i < CONTENT; i++)
        sealed[ENVELOPE_HEAD + i] = (unsigned char)i;
    envelope_seal(sealed, CONTENT, &e, secret);
}

static envelope_state opened(const unsigned char *sealed, size_t size, int64_t now_ms, const hmac *secret)
{
    envelope e = { .key = key_numbered(1, 10) };
    int64_t left;

    return envelope_open(&e, &left, sealed, size, now_ms, secret);
}

static void what_was_sealed_is_opened_with_all_that_it_said(void **state)
{
    const envelope want = usual();
    envelope e = { .key = want.key };
    unsigned char sealed[SEALED];
    int64_t left;

    (void)state;
    seal(sealed, NULL);
    assert_int_equal(envelope_open(&e, &left, sealed, SEALED, 1000400, NULL), ENVELOPE_GOOD);
    assert_int_equal(left, 4600);
    assert_int_equal(e.pool, want.pool);
    assert_int_equal(e.created_ms, want.created_ms);
    assert_int_equal(e.ttl_ms, want.ttl_ms);
    envelope_seal(sealed, 0, &want, NULL);
    assert_int_equal(envelope_open(&e, &left, sealed, ENVELOPE_HEAD, 1000400, NULL), ENVELOPE_GOOD);
}

static void a_change_of_any_bit_is_noticed(void **state)
{
    key_secret secret;

    (void)state;
    key_secret_begin(&secret, &secrets[0]);
    for (int keyed = 0; keyed < 2; keyed++) {
        const hmac *seals = keyed ? &secret.seals : NULL;
        unsigned char sealed[SEALED];

        seal(sealed, seals);
        for (size_t bit = 0; bit < 8 * SEALED; bit++) {
            sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_int_equal(opened(sealed, SEALED, 1000400, seals), ENVELOPE_WRONG);
            sealed[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        assert_int_equal(opened(sealed, SEALED, 1000400, seals), ENVELOPE_GOOD);
    }
}

static void no_length_but_its_own_is_taken(void **state)
{
    unsigned char sealed[SEALED + 1] = { 0 };

    (void)state;
    seal(sealed, NULL);
    for (size_t size = 0; size <= SEALED + 1; size++)
        assert_int_equal(opened(sealed, size, 1000400, NULL), size == SEALED ? ENVELOPE_GOOD : ENVELOPE_WRONG);
}

static void another_key_is_another_envelope(void **state)
{
    envelope e = { .key = key_numbered(2, 10) };
    unsigned char sealed[SEALED];
    int64_t left;

    (void)state;
    seal(sealed, NULL);
    assert_int_equal(envelope_open(&e, &left, sealed, SEALED, 1000400, NULL), ENVELOPE_WRONG);
    e.key = key_numbered(11, 10);
    assert_int_equal(envelope_open(&e, &left, sealed, SEALED, 1000400, NULL), ENVELOPE_WRONG);
}

static void a_seal_does_not_go_with_another_key(void **state)
{
    envelope e = { .key = key_numbered(2, 10) };
    unsigned char sealed[SEALED];
    int64_t left;

    (void)state;
    seal(sealed, NULL);
    memcpy(sealed + ENVELOPE_HEAD - SHA256_SIZE - sizeof e.key, &e.key, sizeof e.key);
    assert_int_equal(envelope_open(&e, &left, sealed, SEALED, 1000400, NULL), ENVELOPE_WRONG);
}

static void who_has_not_the_secret_seals_nothing(void **state)
{
    unsigned char sealed[SEALED];
    key_secret ours, theirs;

    (void)state;
    key_secret_begin(&ours, &secrets[0]);
    key_secret_begin(&theirs, &secrets[1]);
    seal(sealed, NULL);
    assert_int_equal(opened(sealed, SEALED, 1000400, &ours.seals), ENVELOPE_WRONG);
    seal(sealed, &theirs.seals);
    assert_int_equal(opened(sealed, SEALED, 1000400, &ours.seals), ENVELOPE_WRONG);
    assert_int_equal(opened(sealed, SEALED, 1000400, NULL), ENVELOPE_WRONG);
    seal(sealed, &ours.names);
    assert_int_equal(opened(sealed, SEALED, 1000400, &ours.seals), ENVELOPE_WRONG);
    seal(sealed, &ours.seals);
    assert_int_equal(opened(sealed, SEALED, 1000400, &ours.seals), ENVELOPE_GOOD);
}

static void age_is_what_the_stamp_says(void **state)
{
    unsigned char sealed[SEALED];

    (void)state;
    seal(sealed, NULL);
    assert_int_equal(opened(sealed, SEALED, 1004999, NULL), ENVELOPE_GOOD);
    assert_int_equal(opened(sealed, SEALED, 1005000, NULL), ENVELOPE_STALE);
    assert_int_equal(opened(sealed, SEALED, INT64_MAX / 2, NULL), ENVELOPE_STALE);
    /* A machine whose clock is a little behind takes it, one that is far behind does not keep it for ever. */
    assert_int_equal(opened(sealed, SEALED, 1000000 - ENVELOPE_AHEAD_MS, NULL), ENVELOPE_GOOD);
    assert_int_equal(opened(sealed, SEALED, 999999 - ENVELOPE_AHEAD_MS, NULL), ENVELOPE_STALE);
}

static void a_breaker_opens_after_so_many_failures_in_a_row(void **state)
{
    breaker b;

    (void)state;
    breaker_begin(&b, 3, 100);
    assert_false(breaker_result(&b, false, 1));
    assert_false(breaker_result(&b, false, 2));
    assert_false(breaker_result(&b, true, 3));
    assert_false(breaker_result(&b, false, 4));
    assert_false(breaker_result(&b, false, 5));
    assert_true(breaker_allows(&b, 6));
    assert_true(breaker_result(&b, false, 7));
    assert_false(breaker_allows(&b, 8));
    assert_false(breaker_allows(&b, 106));
}

static void a_breaker_lets_one_try_after_each_pause(void **state)
{
    breaker b;

    (void)state;
    breaker_begin(&b, 1, 100);
    assert_true(breaker_result(&b, false, 0));
    assert_true(breaker_allows(&b, 100));
    assert_false(breaker_allows(&b, 100));
    assert_false(breaker_allows(&b, 1000));
    assert_false(breaker_result(&b, false, 1000));
    assert_false(breaker_allows(&b, 1099));
    assert_true(breaker_allows(&b, 1100));
    assert_true(breaker_result(&b, true, 1100));
    assert_true(breaker_allows(&b, 1100));
    assert_true(breaker_allows(&b, 1100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_sealed_is_opened_with_all_that_it_said),
        cmocka_unit_test(a_change_of_any_bit_is_noticed),
        cmocka_unit_test(no_length_but_its_own_is_taken),
        cmocka_unit_test(another_key_is_another_envelope),
        cmocka_unit_test(a_seal_does_not_go_with_another_key),
        cmocka_unit_test(who_has_not_the_secret_seals_nothing),
        cmocka_unit_test(age_is_what_the_stamp_says),
        cmocka_unit_test(a_breaker_opens_after_so_many_failures_in_a_row),
        cmocka_unit_test(a_breaker_lets_one_try_after_each_pause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/json.h"

static json opened(const char *text)
{
    inspyr_error error;
    json root;

    if (json_open(&root, "it", text, strlen(text), &error))
        fail_msg("%s: %s", text, error.message);
    return root;
}

static void refuse(const char *text, size_t size, const char *reason)
{
    char *exact = malloc(size ? size : 1);
    inspyr_error error;
    json root;

    assert_non_null(exact);
    memcpy(exact, text, size);
    if (!json_open(&root, "it", exact, size, &error))
        fail_msg("accepted: %.*s", (int)size, text);
    if (reason && !strstr(error.message, reason))
        fail_msg("%.*s: %s", (int)size, text, error.message);
    assert_int_equal(root.kind, JSON_ABSENT);
    free(exact);
}

static void texts_that_are_not_json_are_refused_with_the_place(void **state)
{
    static const struct {
        const char *text, *reason;
    } wrong[] = {
        { "", "it: the end instead of a value at byte 0" },
        { "  ", "the end instead of a value at byte 2" },
        { "{", "no key in quotes at byte 1" },
        { "{a:1}", "no key in quotes" },
        { "{'a':1}", "no key in quotes" },
        { "{\"a\"}", "no colon behind a key" },
        { "{\"a\":}", "no value" },
        { "{\"a\":1", "no comma or brace" },
        { "{\"a\":1,}", "no key in quotes" },
        { "{\"a\":1 \"b\":2}", "no comma or brace" },
        { "{,}", "no key in quotes" },
        { "[1,]", "no value" },
        { "[1 2]", "no comma or bracket" },
        { "[1}", "no comma or bracket" },
        { "[", "the end instead of a value" },
        { "[1", "no comma or bracket" },
        { "[]]", "something behind the value at byte 2" },
        { "1 2", "something behind the value" },
        { "tru", "no value" },
        { "nul", "no value" },
        { "False", "no value" },
        { "NaN", "no value" },
        { "01", "begins with zero" },
        { "-", "no value" },
        { "+1", "no value" },
        { ".5", "no value" },
        { "1.", "no value" },
        { "1e", "no value" },
        { "1e+", "no value" },
        { "0x10", "something behind" },
        { "11111111111111111111111111111111111111111111111111111111111111111", "too many digits" },
        { "\"a", "a text without end" },
        { "\"a\\\"", "a text without end" },
        { "\"\\", "an unknown escape" },
        { "\"\\x\"", "an unknown escape" },
        { "\"\\'\"", "an unknown escape" },
        { "\"\\u12\"", "four hexadecimal digits" },
        { "\"\\u12g4\"", "four hexadecimal digits" },
        { "\"\\u0000\"", "NUL" },
        { "\"\\ud800\"", "surrogate" },
        { "\"\\ud800\\n\"", "surrogate" },
        { "\"\\ud800\\u0041\"", "surrogate" },
        { "\"\\udc00\\ud800\"", "surrogate" },
        { "\"\n\"", "control character" },
        { "\"\x80\"", "not UTF-8" },
        { "\"\xC0\x80\"", "not UTF-8" },
        { "\"\xC3\"", "not UTF-8" },
        { "\"\xE0\x80\xAF\"", "not UTF-8" },
        { "\"\xED\xA0\x80\"", "not UTF-8" },
        { "\"\xF4\x90\x80\x80\"", "not UTF-8" },
        { "\"\xF5\x80\x80\x80\"", "not UTF-8" },
        { "\"\xF0\x9F\x98", "not UTF-8" },
        { "\xEF\xBB\xBF{}", "no value" },
        { "{\"a\":1,\"b\":2,\"a\":3}", "a key for the second time" },
        { "{\"a\":1,\"\\u0061\":3}", "a key for the second time" },
        { "{\"x\":{\"\\u00e9\":1,\"\xC3\xA9\":3}}", "a key for the second time" },
        { "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "too many levels at byte 16" },
        { "/**/1", "no value" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        refuse(wrong[i].text, strlen(wrong[i].text), wrong[i].reason);
    refuse("\"a\0b\"", 5, "control character");
    refuse("1\0", 2, "something behind");
}

static void every_beginning_of_an_object_is_refused(void **state)
{
    static const char whole[] =
        "{\"a\" : [1, -2.5e-3, true, null], \"b\\n\\ud83d\\ude00\":{\"c\":\"\xC3\xA9\"},\"d\":false}";

    (void)state;
    opened(whole);
    for (size_t size = 0; size < sizeof whole - 1; size++)
        refuse(whole, size, NULL);
}

static void an_object_has_as_many_keys_as_the_limit_says(void **state)
{
    char text[16 * (JSON_KEYS + 2)] = "{";
    json root;

    (void)state;
    for (int i = 0; i <= JSON_KEYS; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\"k%d\":%d", i ? "," : "", i, i);
        if (i == JSON_KEYS - 1) {
            strcat(text, "}");
            assert_int_equal(json_count(opened(text)), JSON_KEYS);
            text[strlen(text) - 1] = '\0';
        }
    }
    strcat(text, "}");
    refuse(text, strlen(text), "too many keys");
    assert_int_equal(json_open_large(&root, "it", text, strlen(text), NULL), INSPYR_OK);
    assert_int_equal(json_count(root), JSON_KEYS + 1);
}

static void members_and_items_are_found(void **state)
{
    json root = opened(" {\"sizes\": [16, 24 ,[1,2],32], \"na\\u006de\" : \"x\", \"on\":true,\"off\":false} ");
    int64_t size = 0;
    bool on = false;

    (void)state;
    assert_int_equal(root.kind, JSON_OBJECT);
    assert_int_equal(json_count(root), 4);
    assert_int_equal(json_count(json_find(root, "sizes")), 4);
    assert_true(json_integer(json_at(json_find(root, "sizes"), 3), &size));
    assert_int_equal(size, 32);
    assert_int_equal(json_at(json_find(root, "sizes"), 2).kind, JSON_LIST);
    assert_int_equal(json_at(json_find(root, "sizes"), 4).kind, JSON_ABSENT);
    assert_true(json_is(json_find(root, "name"), "x"));
    assert_int_equal(json_find(root, "nam").kind, JSON_ABSENT);
    assert_int_equal(json_find(root, "names").kind, JSON_ABSENT);
    assert_true(json_bool(json_find(root, "on"), &on) && on);
    assert_true(json_bool(json_find(root, "off"), &on) && !on);
}

static void the_wrong_kind_is_answered_with_no(void **state)
{
    json root = opened("{\"text\":\"1\",\"number\":1,\"null\":null}");
    json nothing = json_find(root, "nothing");
    json text = json_find(root, "text");
    int64_t integer;
    double number;
    char out[8];
    bool yes;

    (void)state;
    assert_false(json_integer(text, &integer) || json_number(text, &number) || json_bool(text, &yes));
    assert_false(json_integer(nothing, &integer) || json_number(nothing, &number) || json_bool(nothing, &yes));
    assert_false(json_text(nothing, out, sizeof out) || json_is(nothing, ""));
    assert_false(json_text(json_find(root, "number"), out, sizeof out));
    assert_false(json_is(json_find(root, "null"), "null"));
    assert_int_equal(json_find(text, "1").kind, JSON_ABSENT);
    assert_int_equal(json_at(root, 0).kind, JSON_ABSENT);
    assert_int_equal(json_find(opened("[1]"), "").kind, JSON_ABSENT);
    assert_int_equal(json_count(nothing) + json_count(text), 0);
}

static void a_text_is_unescaped_into_utf8(void **state)
{
    json text = opened("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\ud83d\\ude00\x7F\xE2\x82\xAC\"");
    static const char want[] = "\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x7F\xE2\x82\xAC";
    char out[sizeof want];

    (void)state;
    assert_true(json_text(text, out, sizeof out));
    assert_string_equal(out, want);
    assert_true(json_is(text, want));
    assert_false(json_is(text, "\"\\/"));
    for (size_t room = 0; room < sizeof want; room++)
        assert_false(json_text(text, out, room));
    assert_true(json_text(opened("\"\""), out, 1));
    assert_false(json_text(opened("\"\""), out, 0));
}

static void integers_are_exact_or_refused(void **state)
{
    int64_t x = 0;

    (void)state;
    assert_true(json_integer(opened("9223372036854775807"), &x) && x == INT64_MAX);
    assert_true(json_integer(opened("-9223372036854775808"), &x) && x == INT64_MIN);
    assert_true(json_integer(opened("0"), &x) && x == 0);
    assert_false(json_integer(opened("9223372036854775808"), &x));
    assert_false(json_integer(opened("-9223372036854775809"), &x));
    assert_false(json_integer(opened("18446744073709551616"), &x));
    assert_false(json_integer(opened("1.0"), &x));
    assert_false(json_integer(opened("1e3"), &x));
}

static void numbers_are_those_of_the_c_library(void **state)
{
    static const char *const exact[] = { "0",       "-0.0", "0.25",   "0.5019607843137255",
                                         "-1.5e-3", "1E+5", "1e22",   "1e-22",
                                         "123456",  "0.1",  "2.5e10", "1e23",
                                         "0.003",   "3e-5", "16",     "0e999" };
    uint64_t seed = 1;
    char text[64];
    double x;

    (void)state;
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) {
        assert_true(json_number(opened(exact[i]), &x));
        assert_true(x == strtod(exact[i], NULL) && !signbit(x) == !signbit(strtod(exact[i], NULL)));
    }
    for (int i = 0; i < 20000; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        snprintf(text, sizeof text, "%llu.%04llue%d", (unsigned long long)(seed >> 40),
                 (unsigned long long)(seed >> 20 & 8191), (int)(seed >> 33 & 15) - 8);
        assert_true(json_number(opened(text), &x));
        assert_true(x == strtod(text, NULL));
        snprintf(text, sizeof text, "%.17ge%d", (double)(seed >> 12), (int)(seed >> 33 & 511) - 256);
        assert_true(json_number(opened(text), &x));
        assert_true(fabs(x / strtod(text, NULL) - 1) < 1e-14);
    }
}

static void numbers_beyond_a_double_are_refused(void **state)
{
    double x = 1;

    (void)state;
    assert_false(json_number(opened("1e309"), &x));
    assert_false(json_number(opened("-1e99999999999999999999"), &x));
    assert_true(json_number(opened("1e-99999999999999999999"), &x) && x == 0);
    assert_true(json_number(opened("0.000000000000000000000000000000000000000000000000001e51"), &x));
    assert_true(fabs(x - 1) < 1e-14);
    assert_true(json_number(opened("1000000000000000000000000000000000000000000000000000e-51"), &x));
    assert_true(fabs(x - 1) < 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_that_are_not_json_are_refused_with_the_place),
        cmocka_unit_test(every_beginning_of_an_object_is_refused),
        cmocka_unit_test(an_object_has_as_many_keys_as_the_limit_says),
        cmocka_unit_test(members_and_items_are_found),
        cmocka_unit_test(the_wrong_kind_is_answered_with_no),
        cmocka_unit_test(a_text_is_unescaped_into_utf8),
        cmocka_unit_test(integers_are_exact_or_refused),
        cmocka_unit_test(numbers_are_those_of_the_c_library),
        cmocka_unit_test(numbers_beyond_a_double_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

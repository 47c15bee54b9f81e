#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/md5.h"
#include "base/sha256.h"
#include "base/sha256_blocks.h"
#include "base/text.h"

#define MILLION 1000000

typedef struct vector {
    const char *text, *digest;
} vector;

/* Adds the text in pieces of the given size. */
static void md5_of(char out[33], const char *text, size_t size, size_t piece)
{
    unsigned char digest[MD5_SIZE];
    md5 m;

    md5_begin(&m);
    for (size_t at = 0; at < size; at += piece)
        md5_add(&m, text + at, size - at < piece ? size - at : piece);
    md5_end(digest, &m);
    for (int i = 0; i < MD5_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* mix: NULL: the fastest that there is. */
static void sha256_of(char out[65], const char *text, size_t size, size_t piece,
                      void (*mix)(uint32_t *state, const unsigned char *block))
{
    unsigned char digest[SHA256_SIZE];
    sha256 s;

    sha256_begin(&s);
    if (mix)
        s.mix = mix;
    for (size_t at = 0; at < size; at += piece)
        sha256_add(&s, text + at, size - at < piece ? size - at : piece);
    sha256_end(digest, &s);
    for (int i = 0; i < SHA256_SIZE; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

static void md5_is_that_of_rfc_1321(void **state)
{
    static const vector vectors[] = {
        { "", "d41d8cd98f00b204e9800998ecf8427e" },
        { "a", "0cc175b9c0f1b6a831c399e269772661" },
        { "abc", "900150983cd24fb0d6963f7d28e17f72" },
        { "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
        { "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
          "d174ab98d277d9f5a5611c2c9f419d9f" },
        { "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
          "57edf4a22be3c955ac49da2e2107b67a" },
    };
    char got[33];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        for (size_t piece = 1; piece <= 81; piece++) {
            md5_of(got, vectors[i].text, strlen(vectors[i].text), piece);
            assert_string_equal(got, vectors[i].digest);
        }
}

static void sha256_is_that_of_nist_in_c_and_by_instructions(void **state)
{
    static char million[MILLION];
    static const vector vectors[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
        { "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnop"
          "qr"
          "stnopqrstu",
          "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
    };
    char got[65];

    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        for (size_t piece = 1; piece <= 113; piece++) {
            sha256_of(got, vectors[i].text, strlen(vectors[i].text), piece, sha256_mix);
            assert_string_equal(got, vectors[i].digest);
            sha256_of(got, vectors[i].text, strlen(vectors[i].text), piece, NULL);
            assert_string_equal(got, vectors[i].digest);
        }
    memset(million, 'a', sizeof million);
    for (int fast = 0; fast < 2; fast++) {
        sha256_of(got, million, sizeof million, 4099, fast ? NULL : sha256_mix);
        assert_string_equal(got, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}

static void texts_for_messages_are_utf8_without_controls(void **state)
{
    static const char *const fine[] = { "",
                                        " ~",
                                        "\xC2\xA0",
                                        "\xDF\xBF",
                                        "\xE0\xA0\x80",
                                        "\xED\x9F\xBF",
                                        "\xEF\xBF\xBF",
                                        "\xF0\x90\x80\x80",
                                        "\xF4\x8F\xBF\xBF" };
    static const char *const wrong[] = { "\n",
                                         "a\x7F",
                                         "\xC2\x80",
                                         "\xC2\x9F",
                                         "\x80",
                                         "\xC0\xAF",
                                         "\xC1\x81",
                                         "\xE0\x9F\xBF",
                                         "\xE2\x82",
                                         "\xED\xA0\x80",
                                         "\xF0\x8F\xBF\xBF",
                                         "\xF4\x90\x80\x80",
                                         "\xF8\x88\x80\x80\x80",
                                         "\xFF",
                                         "\xC3(" };

    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_true(text_printable(fine[i], strlen(fine[i])));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(text_printable(wrong[i], strlen(wrong[i])));
    assert_false(text_printable("a\0b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(md5_is_that_of_rfc_1321),
        cmocka_unit_test(sha256_is_that_of_nist_in_c_and_by_instructions),
        cmocka_unit_test(texts_for_messages_are_utf8_without_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

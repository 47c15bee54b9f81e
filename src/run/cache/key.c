#include "run/cache/key.h"

#include <stdio.h>

#include "image/image.h"

#define HEX (2 * (size_t)KEY_DIGEST)

static void derive(hmac *out, const inspyr_bytes *secret, const char *purpose)
{
    unsigned char part[SHA256_SIZE];
    hmac h;

    hmac_begin(&h, secret->data, secret->size);
    hmac_add(&h, purpose, strlen(purpose));
    hmac_end(part, &h);
    hmac_begin(out, part, sizeof part);
}

void key_secret_begin(key_secret *out, const inspyr_bytes *secret)
{
    derive(&out->names, secret, "inspyr/names");
    derive(&out->seals, secret, "inspyr/seals");
}

void key_hash_begin(key_hash *h, const hmac *secret)
{
    h->keyed = secret;
    if (secret)
        h->as.keyed = *secret;
    else
        sha256_begin(&h->as.plain);
}

void key_hash_add(key_hash *h, const void *bytes, size_t size)
{
    if (h->keyed)
        hmac_add(&h->as.keyed, bytes, size);
    else
        sha256_add(&h->as.plain, bytes, size);
}

void key_hash_end(unsigned char out[KEY_DIGEST], key_hash *h)
{
    if (h->keyed)
        hmac_end(out, &h->as.keyed);
    else
        sha256_end(out, &h->as.plain);
}

static void add_number(key_hash *h, uint64_t number)
{
    unsigned char bytes[8];

    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    key_hash_add(h, bytes, sizeof bytes);
}

void key_hash_field(key_hash *h, const void *bytes, size_t size)
{
    add_number(h, size);
    key_hash_add(h, bytes, size);
}

void key_hash_number(key_hash *h, int64_t number)
{
    add_number(h, 8);
    add_number(h, (uint64_t)number);
}

void key_source_bytes(key_source *out, const key_secret *secret, const void *bytes, size_t size)
{
    key_hash h;

    out->kind = KEY_FILE;
    key_hash_begin(&h, secret ? &secret->names : NULL);
    key_hash_add(&h, bytes, size);
    key_hash_end(out->digest, &h);
}

void key_source_view(key_source *out, const key_secret *secret, const inspyr_view *picture)
{
    static const char domain[] = "inspyr/pixels";
    const size_t row = (size_t)picture->width * format_bytes(picture->format);
    key_hash h;

    out->kind = KEY_PIXELS;
    key_hash_begin(&h, secret ? &secret->names : NULL);
    key_hash_field(&h, domain, sizeof domain - 1);
    key_hash_number(&h, (int64_t)picture->format);
    key_hash_number(&h, picture->width);
    key_hash_number(&h, picture->height);
    for (int32_t y = 0; y < picture->height; y++)
        key_hash_add(&h, view_row(picture, y), row);
    key_hash_end(out->digest, &h);
}

static char *print_digest(char *out, const unsigned char digest[KEY_DIGEST])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < KEY_DIGEST; i++) {
        *out++ = digits[digest[i] >> 4];
        *out++ = digits[digest[i] & 15];
    }
    return out;
}

void key_prefix(char out[INSPYR_CACHE_NAME_MAX], const unsigned char source[KEY_DIGEST])
{
    char *end = print_digest(out + snprintf(out, 16, "%d/", KEY_SCHEMA), source);

    memcpy(end, "/", 2);
}

void key_name(char out[INSPYR_CACHE_NAME_MAX], const cache_key *key)
{
    key_prefix(out, key->source);
    *print_digest(out + strlen(out), key->recipe) = '\0';
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_digest(unsigned char out[KEY_DIGEST], const char *text)
{
    for (int i = 0; i < KEY_DIGEST; i++) {
        int high = digit_of(text[2 * i]), low = high < 0 ? -1 : digit_of(text[2 * i + 1]);

        if (low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

bool key_parse(cache_key *out, const char *name)
{
    char schema[16];
    size_t length = (size_t)snprintf(schema, sizeof schema, "%d/", KEY_SCHEMA);

    return !strncmp(name, schema, length) && parse_digest(out->source, name + length) &&
           name[length + HEX] == '/' && parse_digest(out->recipe, name + length + HEX + 1) &&
           !name[length + 2 * HEX + 1];
}

bool key_equal(const cache_key *a, const cache_key *b)
{
    return !memcmp(a, b, sizeof *a);
}

uint64_t key_mark(const cache_key *key)
{
    uint64_t source, recipe;

    memcpy(&source, key->source, sizeof source);
    memcpy(&recipe, key->recipe, sizeof recipe);
    return source ^ (recipe << 1 | recipe >> 63);
}

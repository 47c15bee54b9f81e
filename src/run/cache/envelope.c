#include "run/cache/envelope.h"

/* The last digit is the envelope's own version; KEY_SCHEMA stands behind it. */
static const char magic[8] = { 'I', 'N', 'S', 'P', 'Y', 'R', 'C', '1' };

#define AT_SCHEMA 8
#define AT_POOL 12
#define AT_LENGTH 16
#define AT_CREATED 24
#define AT_TTL 32
#define AT_KEY 40
#define AT_SEAL 104

_Static_assert(AT_SEAL == AT_KEY + sizeof(cache_key) && ENVELOPE_HEAD == AT_SEAL + SHA256_SIZE,
               "the head has no gaps");

static void write_number(unsigned char *at, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t read_number(const unsigned char *at, int bytes)
{
    uint64_t number = 0;

    for (int i = bytes; i--;)
        number = number << 8 | at[i];
    return number;
}

static void make_head(unsigned char *head, size_t size, const envelope *e)
{
    memcpy(head, magic, sizeof magic);
    write_number(head + AT_SCHEMA, KEY_SCHEMA, 4);
    write_number(head + AT_POOL, (uint64_t)e->pool, 4);
    write_number(head + AT_LENGTH, size, 8);
    write_number(head + AT_CREATED, (uint64_t)e->created_ms, 8);
    write_number(head + AT_TTL, (uint64_t)e->ttl_ms, 8);
    memcpy(head + AT_KEY, &e->key, sizeof e->key);
}

static void make_seal(unsigned char out[SHA256_SIZE], const unsigned char *sealed, size_t size,
                      const hmac *secret)
{
    key_hash h;

    key_hash_begin(&h, secret);
    key_hash_add(&h, sealed, AT_SEAL);
    key_hash_add(&h, sealed + ENVELOPE_HEAD, size);
    key_hash_end(out, &h);
}

void envelope_seal(unsigned char *sealed, size_t size, const envelope *e, const hmac *secret)
{
    make_head(sealed, size, e);
    make_seal(sealed + AT_SEAL, sealed, size, secret);
}

envelope_state envelope_open(envelope *e, int64_t *left_ms, const void *sealed, size_t size, int64_t now_ms,
                             const hmac *secret)
{
    const unsigned char *bytes = sealed;
    unsigned char head[AT_SEAL], seal[SHA256_SIZE], different = 0;
    int64_t age;

    *left_ms = 0;
    if (size < ENVELOPE_HEAD)
        return ENVELOPE_WRONG;
    e->pool = (inspyr_cache_pool)read_number(bytes + AT_POOL, 1);
    e->created_ms = (int64_t)read_number(bytes + AT_CREATED, 8);
    e->ttl_ms = (int64_t)read_number(bytes + AT_TTL, 8);
    make_head(head, size - ENVELOPE_HEAD, e);
    if (memcmp(head, bytes, sizeof head) != 0)
        return ENVELOPE_WRONG;
    make_seal(seal, bytes, size - ENVELOPE_HEAD, secret);
    /* In the same time wherever they differ: a seal is not to be found byte by byte. */
    for (int i = 0; i < SHA256_SIZE; i++)
        different |= seal[i] ^ bytes[AT_SEAL + i];
    if (different || e->pool > INSPYR_CACHE_RESULTS || e->ttl_ms < 0 || e->created_ms < 0)
        return ENVELOPE_WRONG;
    if (e->created_ms > now_ms + ENVELOPE_AHEAD_MS)
        return ENVELOPE_STALE;
    age = now_ms > e->created_ms ? now_ms - e->created_ms : 0;
    if (age >= e->ttl_ms)
        return ENVELOPE_STALE;
    *left_ms = e->ttl_ms - age;
    return ENVELOPE_GOOD;
}

/* key.h - by what an entry of a cache is known: "<schema>/<digest of the picture>/<digest of all else>".
 *
 * recipe.h makes the second digest. Nothing but these two builds keys, and a key is a type of its own: no
 * bytes, text or digest is taken for one by mistake. With a secret, digests are HMACs: names then tell nobody
 * which pictures were sent. Layer 4 (run). Threads: any. */
#ifndef INSPYR_RUN_KEY_H
#define INSPYR_RUN_KEY_H

#include <stdbool.h>

#include "base/hmac.h"
#include "inspyr_cache.h"

/* Of names, recipes and seals alike: entries of another one are never found. */
#define KEY_SCHEMA 1

#define KEY_DIGEST SHA256_SIZE

#define KEY_SECRET_LEAST 16
#define KEY_SECRET_MOST 4096

typedef enum key_kind {
    KEY_FILE = 1,  /* a file's bytes */
    KEY_PIXELS = 2 /* format, size and rows of a view */
} key_kind;

/* What was sent. */
typedef struct key_source {
    key_kind kind;
    unsigned char digest[KEY_DIGEST];
} key_source;

typedef struct cache_key {
    unsigned char source[KEY_DIGEST], recipe[KEY_DIGEST];
} cache_key;

/* A tenant's, ready for use; names and seals have one of their own each, so that no picture's name is ever the
 * seal of something. */
typedef struct key_secret {
    hmac names, seals;
} key_secret;

void key_secret_begin(key_secret *out, const inspyr_bytes *secret);

/* SHA-256, or HMAC-SHA-256 where `secret` (one of the two above) is not NULL. */
typedef struct key_hash {
    bool keyed;
    union {
        sha256 plain;
        hmac keyed;
    } as;
} key_hash;

void key_hash_begin(key_hash *h, const hmac *secret);
void key_hash_add(key_hash *h, const void *bytes, size_t size);
void key_hash_end(unsigned char out[KEY_DIGEST], key_hash *h);

/* A field: its length in eight bytes, the lowest first, and its bytes. A number is a field of eight bytes. */
void key_hash_field(key_hash *h, const void *bytes, size_t size);
void key_hash_number(key_hash *h, int64_t number);

/* secret: NULL for none, as everywhere below. bytes and picture are valid. */
void key_source_bytes(key_source *out, const key_secret *secret, const void *bytes, size_t size);
void key_source_view(key_source *out, const key_secret *secret, const inspyr_view *picture);

void key_name(char out[INSPYR_CACHE_NAME_MAX], const cache_key *key);

/* The part of a name that everything of one picture begins with. */
void key_prefix(char out[INSPYR_CACHE_NAME_MAX], const unsigned char source[KEY_DIGEST]);

/* false: not a name of this schema, in lower-case digits. */
bool key_parse(cache_key *out, const char *name);

bool key_equal(const cache_key *a, const cache_key *b);

/* 64 bits of it, for tables. */
uint64_t key_mark(const cache_key *key);

#endif

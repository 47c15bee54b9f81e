#include "base/hmac.h"

#include <string.h>

#define BLOCK 64

void hmac_begin(hmac *h, const void *secret, size_t size)
{
    unsigned char block[BLOCK] = { 0 };

    if (size > BLOCK) {
        sha256_begin(&h->inner);
        sha256_add(&h->inner, secret, size);
        sha256_end(block, &h->inner);
    } else if (size) {
        memcpy(block, secret, size);
    }
    for (int i = 0; i < BLOCK; i++)
        block[i] ^= 0x36;
    sha256_begin(&h->inner);
    sha256_add(&h->inner, block, BLOCK);
    for (int i = 0; i < BLOCK; i++)
        block[i] ^= 0x36 ^ 0x5c;
    sha256_begin(&h->outer);
    sha256_add(&h->outer, block, BLOCK);
}

void hmac_add(hmac *h, const void *bytes, size_t size)
{
    sha256_add(&h->inner, bytes, size);
}

void hmac_end(unsigned char out[SHA256_SIZE], hmac *h)
{
    unsigned char inner[SHA256_SIZE];

    sha256_end(inner, &h->inner);
    sha256_add(&h->outer, inner, sizeof inner);
    sha256_end(out, &h->outer);
}

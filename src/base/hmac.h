/* hmac.h - HMAC-SHA-256 of RFC 2104, piece by piece. Layer 1 (base). Threads: any, one per code. */
#ifndef INSPYR_BASE_HMAC_H
#define INSPYR_BASE_HMAC_H

#include "base/sha256.h"

typedef struct hmac {
    sha256 inner, outer;
} hmac;

void hmac_begin(hmac *h, const void *secret, size_t size);
void hmac_add(hmac *h, const void *bytes, size_t size);
void hmac_end(unsigned char out[SHA256_SIZE], hmac *h);

#endif
